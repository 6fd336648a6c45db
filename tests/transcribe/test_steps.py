from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytest_django import Settings

from accounts.models import User
from mediatools.errors import ProgramCancelled
from tests.factories import make_clip, published
from transcribe import steps
from transcribe.cues import Word
from transcribe.engines.base import EngineError, OnProgress, Recognised, Samples
from transcribe.models import Transcript
from transcribe.selectors import cues_of
from transcribe.services import correct_cues
from transcribe.weights import Weights
from videos import files
from videos.errors import GiveUp
from videos.models import StepTotal, Video

pytestmark = pytest.mark.django_db


class Work:
    """Notes the progress that a handler reports."""

    def __init__(self) -> None:
        self.percents: list[int] = []
        self.is_cancelled = False

    def progress(self, percent: int) -> None:
        self.percents.append(percent)

    def cancelled(self) -> bool:
        return self.is_cancelled


class Parrot:
    """An engine that always hears the same."""

    name = "parrot"
    asked: list[tuple[int, str | None]] = []

    def __init__(self, _weights: Weights) -> None:
        pass

    def recognise(
        self, audio: Samples, *, language: str | None = None, on_progress: OnProgress | None = None
    ) -> Recognised:
        assert audio.dtype == np.float32
        self.asked.append((len(audio), language))
        if on_progress:
            on_progress(50)
        if len(audio) == 0:
            return Recognised("und", ())
        return Recognised(
            language or "en", (Word(100, 500, "Hello"), Word(600, 900, "there."), Word(2000, 2300, "Bye."))
        )


@pytest.fixture
def parrot(monkeypatch: pytest.MonkeyPatch) -> type[Parrot]:
    monkeypatch.setattr(steps, "OpenAIWhisper", Parrot)
    monkeypatch.setattr(steps, "resolve", lambda model, folder: Weights(Path(folder), model, None))
    Parrot.asked = []
    return Parrot


@pytest.fixture
def with_file(alice: User, tmp_path: Path) -> Callable[..., Video]:
    def make(*, audio: bool = True, **details: str) -> Video:
        video = published(alice, **details)
        clip = make_clip(tmp_path / "clip.mp4", seconds=1, audio=audio)
        files.put(Path(shutil.copy(clip, tmp_path / "copy.mp4")), files.media_key(video, files.VIDEO_FILE))
        return video

    return make


def test_it_writes_down_what_the_engine_hears(parrot: type[Parrot], with_file: Callable[..., Video]) -> None:
    video, work = with_file(), Work()

    steps.transcribe(video, work)
    steps.transcribe(video, work)

    assert [cue.text for cue in cues_of(video)] == ["Hello there.", "Bye."]
    transcript = Transcript.objects.get(video=video)
    assert (transcript.language, transcript.engine) == ("en", "parrot")
    assert work.percents == [50, 50]
    assert abs(parrot.asked[0][0] - 16_000) < 1600


def test_the_figures_tell_how_much_sound_was_heard(parrot: type[Parrot], with_file: Callable[..., Video]) -> None:
    video = with_file()
    for _ in range(2):
        steps.transcribe(video, Work())
    steps.transcribe(with_file(audio=False), Work())

    assert StepTotal.objects.get(kind="transcribe", state="done").heard_ms == pytest.approx(2000, abs=200)


def test_a_recording_without_sound_has_no_words(parrot: type[Parrot], with_file: Callable[..., Video]) -> None:
    video = with_file(audio=False)

    steps.transcribe(video, Work())

    assert Transcript.objects.get(video=video).language == "und"
    assert cues_of(video) == []


def test_the_language_of_the_video_goes_before_that_of_the_site(
    parrot: type[Parrot], with_file: Callable[..., Video], settings: Settings
) -> None:
    settings.WHISPER_LANGUAGE = "de"
    for language in ("", "fr"):
        steps.transcribe(with_file(language=language), Work())
    assert [language for _, language in parrot.asked] == ["de", "fr"]


def test_it_gives_up_with_the_sentence_of_the_engine(
    parrot: type[Parrot], with_file: Callable[..., Video], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> Recognised:
        raise EngineError("language_unknown", "Whisper does not know the language “xx”.")

    monkeypatch.setattr(Parrot, "recognise", refuse)
    with pytest.raises(GiveUp, match="does not know the language") as end:
        steps.transcribe(with_file(), Work())
    assert end.value.code == "language_unknown"
    assert not Transcript.objects.exists()


def test_it_gives_up_where_there_are_no_weights(
    with_file: Callable[..., Video], settings: Settings, tmp_path: Path
) -> None:
    settings.WHISPER_WEIGHTS_DIR = tmp_path / "none"
    with pytest.raises(GiveUp, match="There are no Whisper weights") as end:
        steps.transcribe(with_file(), Work())
    assert end.value.code == "weights_missing"


def test_it_gives_up_where_the_video_file_is_gone(parrot: type[Parrot], alice: User) -> None:
    with pytest.raises(GiveUp) as end:
        steps.transcribe(published(alice), Work())
    assert end.value.code == "video_missing"


def test_nobody_listens_on_to_a_video_that_was_deleted(parrot: type[Parrot], with_file: Callable[..., Video]) -> None:
    """The engine tells its progress after each piece; an hour of speech is not written down for nothing."""
    video, work = with_file(), Work()
    work.is_cancelled = True

    with pytest.raises(ProgramCancelled):
        steps.transcribe(video, work)

    assert not Transcript.objects.filter(video=video).exists()


class Swearing(Parrot):
    def recognise(
        self, audio: Samples, *, language: str | None = None, on_progress: OnProgress | None = None
    ) -> Recognised:
        return Recognised("en", (Word(0, 300, "Holy"), Word(300, 600, "shit!")))


@pytest.mark.parametrize(("hides", "text"), [(True, "Holy s***!"), (False, "Holy shit!")])
def test_a_passer_by_reads_no_strong_word_that_a_machine_heard_but_those_that_a_person_wrote(
    with_file: Callable[..., Video], settings: Settings, monkeypatch: pytest.MonkeyPatch, hides: bool, text: str
) -> None:
    monkeypatch.setattr(steps, "OpenAIWhisper", Swearing)
    monkeypatch.setattr(steps, "resolve", lambda *_arguments: None)
    settings.HIDE_STRONG_WORDS = hides
    video = with_file()

    steps.transcribe(video, Work())
    assert [cue.text for cue in cues_of(video)] == [text]

    correct_cues(video=video, texts={cues_of(video)[0].id: "Holy shit, indeed!"})
    assert [cue.text for cue in cues_of(video)] == ["Holy shit, indeed!"]


def test_strong_words_are_hidden_unless_a_site_says_otherwise(settings: Settings) -> None:
    assert settings.HIDE_STRONG_WORDS
