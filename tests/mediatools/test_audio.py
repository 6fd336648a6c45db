from __future__ import annotations

import tempfile
from array import array
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from mediatools.audio import speech_argv, write_speech_audio
from mediatools.probe import probe
from tests.mediatools import pattern
from tests.mediatools.examples import COPY_SAFE, reading_words

Make = Callable[..., Path]


def samples_of(video: Path) -> array[float]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "speech.f32"
        write_speech_audio(video, target, probe(video))
        return array("f", target.read_bytes())


def test_the_command() -> None:
    assert speech_argv(Path("/m/video.mp4"), Path("/m/speech.f32"), COPY_SAFE) == [
        *("ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error"),
        *reading_words("mov"),
        *("-i", "file:/m/video.mp4", "-filter_complex", "[0:1]aresample=16000:async=1:first_pts=0[s0]"),
        *("-map", "[s0]", "-f", "f32le", "-ac", "1", "-t", "35.000", "file:/m/speech.f32", "-y"),
    ]


def test_samples_lie_at_their_time(tmp_path: Path) -> None:
    pattern.record(tmp_path / "video.mp4", frame_rate=Fraction(10), duration_s=4)
    samples = samples_of(tmp_path / "video.mp4")
    assert len(samples) == pytest.approx(4 * 16_000, abs=400)
    for second in range(1, 4):
        assert max(samples[second * 16_000 - 4000 : second * 16_000 - 200]) < 0.05
        assert max(samples[second * 16_000 : second * 16_000 + 400]) > 0.5


def test_sound_that_starts_late_is_not_moved_to_the_start(tmp_path: Path, make: Make) -> None:
    pattern.record(tmp_path / "both.mp4", frame_rate=Fraction(10), duration_s=2)
    both = str(tmp_path / "both.mp4")
    inputs = ("-i", both, "-itsoffset", "0.5", "-i", both, "-map", "0:v", "-map", "1:a", "-c", "copy")
    samples = samples_of(make("late.mp4", *inputs))
    assert max(samples[:7000]) < 0.05
    assert max(samples[8000:8600]) > 0.5


def test_a_recording_of_a_browser_has_its_whole_sound(media_dir: Path) -> None:
    samples = samples_of(media_dir / "chromium-mp4-avc1-opus.mp4")
    assert len(samples) / 16_000 == pytest.approx(33.96, abs=0.1)
    assert max(samples) > 0.1


def test_a_silent_video_has_none(make: Make) -> None:
    video = make("silent.mp4", "-f", "lavfi", "-i", "testsrc=s=64x48:d=1", "-pix_fmt", "yuv420p")
    assert len(samples_of(video)) == 0
