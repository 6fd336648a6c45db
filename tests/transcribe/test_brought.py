from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.models import User
from mediatools.subtitles import Line
from tests.factories import make_clip, published
from transcribe import steps
from transcribe.brought import brought_words, cues_of_lines
from transcribe.cues import Word
from transcribe.models import Transcript
from transcribe.selectors import cues_of
from videos import files
from videos.models import StepTotal, Video

pytestmark = pytest.mark.django_db
SRT = "1\n00:00:00,200 --> 00:00:00,600\nA line written by hand\n\n"


class Work:
    def progress(self, percent: int) -> None:
        pass

    def cancelled(self) -> bool:
        return False


@pytest.fixture
def with_original(alice: User, tmp_path: Path) -> Callable[..., Video]:
    """A video whose original file has subtitles in that language."""

    def make(of_file: str = "ger", **details: str) -> Video:
        (tmp_path / "lines.srt").write_text(SRT)
        clip = make_clip(tmp_path / "clip.mp4", seconds=1)
        original = tmp_path / "original.mp4"
        words = ["-i", str(clip), "-i", str(tmp_path / "lines.srt"), "-c", "copy", "-c:s", "mov_text"]
        words += ["-metadata:s:s:0", f"language={of_file}", str(original)]
        subprocess.run(["ffmpeg", "-y", "-v", "error", *words], check=True)
        video = published(alice, **details)
        key = files.original_key(video.name, "mp4")
        files.put(original, key)
        files.put(Path(shutil.copy(clip, tmp_path / "copy.mp4")), files.media_key(video, files.VIDEO_FILE))
        Video.objects.filter(pk=video.pk).update(original_file=key, duration_ms=1000)
        video.refresh_from_db()
        return video

    return make


def test_subtitles_of_the_file_become_captions_and_nothing_is_guessed(
    with_original: Callable[..., Video], monkeypatch: pytest.MonkeyPatch
) -> None:
    def guess(*_arguments: object) -> None:
        raise AssertionError("Nobody wrote for a machine to guess.")

    monkeypatch.setattr(steps, "OpenAIWhisper", guess)
    video = with_original()

    steps.transcribe(video, Work())

    assert not StepTotal.objects.exists(), "nothing was heard"
    assert Transcript.objects.get(video=video).language == "de"
    (cue,) = cues_of(video)
    assert (cue.start_ms, cue.end_ms, cue.text) == (200, 600, "A line written by hand")
    assert [word.text for word in cue.words] == ["A", "line", "written", "by", "hand"]
    assert cue.words[0].start_ms == 200
    assert cue.words[-1].end_ms == 600


@pytest.mark.parametrize(("language", "wanted"), [("eng", "en"), ("gsw", "gsw"), ("und", "fr")])
def test_the_language_is_that_of_the_file_or_of_the_video(
    with_original: Callable[..., Video], language: str, wanted: str
) -> None:
    found = brought_words(with_original(language, language="fr"))
    assert found is not None
    assert found[0] == wanted


def test_where_the_original_is_gone_nothing_was_brought(with_original: Callable[..., Video]) -> None:
    video = with_original()
    files.stored_path(video.original_file).unlink()
    assert brought_words(video) is None
    video.original_file = ""
    assert brought_words(video) is None


def test_lines_end_where_the_next_begins_and_with_the_video() -> None:
    lines = [
        Line(0, 900, "one"),
        Line(500, 800, "two"),
        Line(500, 950, "both"),
        Line(900, 5000, "end"),
        Line(1200, 1300, ""),
    ]
    cues = cues_of_lines([*lines, Line(1500, 1600, "after")], 1000)
    assert [(cue.start_ms, cue.end_ms, cue.text) for cue in cues] == [
        (0, 500, "one"),
        (500, 900, "two both"),
        (900, 1000, "end"),
    ]
    assert cues[0].words == (Word(0, 500, "one"),)
