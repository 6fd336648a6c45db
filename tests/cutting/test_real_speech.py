"""Real speech through the real pipeline: what is cut by its words is what is heard."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jiwer
import numpy as np
import pytest
from django.conf import settings

from accounts.models import User
from cutting.services import Choice, make_cut
from mediatools.audio import write_speech_audio
from mediatools.probe import probe_prepared
from tests.factories import uploaded
from transcribe.cues import Word
from transcribe.engines.openai_whisper import OpenAIWhisper
from transcribe.selectors import cues_of, words_of
from transcribe.weights import resolve
from videos import files
from videos.models import Video
from videos.work.worker import work_until_idle

pytestmark = [pytest.mark.media, pytest.mark.django_db(transaction=True)]
EDGE_TOLERANCE_MS = 300


def talk_video(media_dir: Path, target: Path) -> Path:
    """The talk under a moving picture."""
    subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-i", str(media_dir / "talk.flac"), "-f", "lavfi"),
            *("-i", "testsrc2=size=320x180:rate=30", "-shortest", "-c:v", "libx264", "-preset", "ultrafast"),
            *("-pix_fmt", "yuv420p", "-c:a", "aac", str(target)),
        ],
        check=True,
    )
    return target


def plain(text: str) -> str:
    letters = "".join(char if char.isalnum() else " " for char in text.lower())
    return " ".join(letters.replace(" mr ", " mister ").split())


def heard_in(video: Video, target: Path) -> tuple[Word, ...]:
    """What the engine hears in the file, without knowing anything of its source."""
    with files.local_media(video, files.VIDEO_FILE) as path:
        write_speech_audio(path, target, probe_prepared(path))
    weights = resolve(settings.WHISPER_MODEL, settings.WHISPER_WEIGHTS_DIR)
    return OpenAIWhisper(weights).recognise(np.fromfile(target, dtype="<f4")).words


def test_two_of_four_sentences_are_cut_by_their_text(alice: User, media_dir: Path, tmp_path: Path) -> None:
    sentences = json.loads((media_dir / "talk.json").read_text(encoding="utf-8"))["sentences"]
    source = uploaded(alice, talk_video(media_dir, tmp_path / "talk.mp4"))
    work_until_idle(lambda: None)
    source.refresh_from_db()

    cut = make_cut(video=source, user=alice, choice=Choice(text=f"{sentences[1]['text']}\n{sentences[3]['text']}"))
    work_until_idle(lambda: None)
    cut.refresh_from_db()

    wanted = plain(f"{sentences[1]['text']} {sentences[3]['text']}")
    captions = words_of(cues_of(cut))
    heard = heard_in(cut, tmp_path / "speech.f32")
    assert jiwer.wer(wanted, plain(" ".join(word.text for word in captions))) <= 0.1
    assert jiwer.wer(wanted, plain(" ".join(word.text for word in heard))) <= 0.1
    for (start_ms, end_ms), sentence in zip(cut.cut_ranges, (sentences[1], sentences[3]), strict=True):
        assert abs(start_ms - sentence["start_ms"]) <= EDGE_TOLERANCE_MS
        assert abs(end_ms - sentence["end_ms"]) <= EDGE_TOLERANCE_MS
    kept_ms = sum(end_ms - start_ms for start_ms, end_ms in cut.cut_ranges)
    assert abs(cut.duration_ms - kept_ms) <= 40
    times = {plain(word.text): word.start_ms for word in heard}
    apart_ms = [abs(word.start_ms - times[plain(word.text)]) for word in captions if plain(word.text) in times]
    assert np.median(apart_ms) <= EDGE_TOLERANCE_MS, "captions stand where the words are heard"
