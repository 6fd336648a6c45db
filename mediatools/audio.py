"""Sound for speech recognition."""

from __future__ import annotations

from pathlib import Path

import ffmpeg

from mediatools import encoding, process
from mediatools.source import file_url, reading_flags, reading_options, sniff_container

SPEECH_SAMPLE_RATE = 16_000


def read_speech_audio(video: Path, *, timeout_s: float) -> bytes:
    """The sound as little-endian 32 bit floats, mono, 16 kHz, sample 0 at time 0; b"" when there is no sound.

    Raises UnplayableMedia and the errors of process.run.
    """
    container = sniff_container(video)
    if not _has_sound(video, container, timeout_s=timeout_s):
        return b""
    return process.run(speech_argv(video, container), timeout_s=timeout_s).stdout


def speech_argv(video: Path, container: str) -> list[str]:
    """The command that writes the samples to stdout."""
    sound = ffmpeg.input(file_url(video), **reading_options(container))["a:0"]
    sound = sound.filter("aresample", SPEECH_SAMPLE_RATE, **{"async": 1, "first_pts": 0})
    return encoding.compile_argv(ffmpeg.output(sound, "pipe:1", f="f32le", ac=1))


def _has_sound(video: Path, container: str, *, timeout_s: float) -> bool:
    argv = ["ffprobe", "-v", "error", *reading_flags(container), "-select_streams", "a:0"]
    argv += ["-show_entries", "stream=index", "-of", "csv=p=0", file_url(video)]
    return process.run(argv, timeout_s=timeout_s).stdout.strip() != b""
