"""Sound for speech recognition."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import ffmpeg

from mediatools import encoding, process
from mediatools.facts import MediaFacts
from mediatools.source import file_url, reading_options

SPEECH_SAMPLE_RATE = 16_000


def write_speech_audio(
    video: Path, target: Path, facts: MediaFacts, *, cancelled: Callable[[], bool] | None = None
) -> None:
    """Write the sound as little-endian 32 bit floats, mono, 16 kHz, sample 0 at time 0; nothing when there is none.

    To a file and not into memory: an hour is 230 MB, of which a reader who maps the file needs a window at a time.
    Raises the errors of process.run.
    """
    if facts.audio is None:
        target.touch()
        return
    process.run(speech_argv(video, target, facts), timeout_s=encoding.timeout_s(facts.duration_ms), cancelled=cancelled)


def speech_argv(video: Path, target: Path, facts: MediaFacts) -> list[str]:
    """The command that writes the samples."""
    assert facts.audio is not None
    sound = ffmpeg.input(file_url(video), **reading_options(facts.container))[str(facts.audio.index)]
    sound = sound.filter("aresample", SPEECH_SAMPLE_RATE, **{"async": 1, "first_pts": 0})
    options = {"f": "f32le", "ac": 1} | encoding.at_most(facts.duration_ms)
    return encoding.compile_argv(ffmpeg.output(sound, file_url(target), **options))
