"""How pictures and sound are encoded, and how results are written: common to preparing and cutting."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

KEY_FRAME_INTERVAL_S = 2
MAX_SHORT_SIDE = 1080
MAX_LONG_SIDE = 1920
MIN_SIDE = 16
SAMPLE_RATE = 48_000
MAX_SOUND_DRIFT_S = 0.03
# Encoding may take this long: a fixed part and so many seconds for each second of video.
TIMEOUT_BASE_S = 60.0
TIMEOUT_FACTOR = 6.0
# Its colours are calculated in real numbers: 1080p of 60 frames a second took seven times as long as it plays on two
# processors that others shared.
HDR_TIMEOUT_FACTOR = 15.0
# Filled holes and rounding to whole frames lengthen a picture; this is plenty.
SPARE_MS = 1000


def picture_options(frame_rate: Fraction, *, quality: int) -> dict[str, str | int]:
    """H.264 that every browser plays and that can be cut into segments of KEY_FRAME_INTERVAL_S without encoding.

    No frames that refer to later ones (`bf 0`): packets then come in the order in which they are shown, so that
    nothing has to be shifted in HLS; measured on a 720p recording it also takes a quarter less time for 3 % more bytes
    at a higher likeness (SSIM). `quality` is x264's constant rate factor.
    """
    return {
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": quality,
        "bf": 0,
        "pix_fmt": "yuv420p",
        "r": f"{frame_rate.numerator}/{frame_rate.denominator}",
        "fps_mode": "cfr",
        "force_key_frames": f"expr:gte(t,n_forced*{KEY_FRAME_INTERVAL_S})",
        "sc_threshold": 0,
    }


def sound_options(channels: int) -> dict[str, str | int]:
    """AAC at 48 kHz: stereo, or mono where the source is."""
    return {"c:a": "aac", "b:a": "128k", "ar": SAMPLE_RATE, "ac": min(channels, 2)}


def continuous_sound(sound: Any) -> Any:
    """Sample n at n / SAMPLE_RATE seconds: silence where the recorder left holes, also at the start.

    Holes shorter than MAX_SOUND_DRIFT_S are let pass until they add up to it: browsers' times jitter by some ms.
    """
    return sound.filter("aresample", SAMPLE_RATE, **{"async": 1, "min_hard_comp": MAX_SOUND_DRIFT_S, "first_pts": 0})


def file_options() -> dict[str, str | int]:
    """A plain MP4 whose index stands first and that says nothing of where, when and with what it was recorded."""
    return {
        "f": "mp4",
        "movflags": "+faststart",
        "map_metadata": -1,
        "map_chapters": -1,
    }


def at_most(duration_ms: int) -> dict[str, str | int]:
    """An output is not longer than what was accepted, whatever ffmpeg makes of the times in a hostile file."""
    return {"t": f"{(duration_ms + SPARE_MS) / 1000:.3f}"}


def even_size(
    width: int, height: int, *, short_side: int = MAX_SHORT_SIDE, long_side: int = MAX_LONG_SIDE
) -> tuple[int, int]:
    """The largest size of about this shape that fits, with even sides as 4:2:0 needs them; never larger than given.

    Sides below MIN_SIDE become that long: decoders refuse smaller ones.
    """
    scale = min(1.0, short_side / min(width, height), long_side / max(width, height))
    return max(MIN_SIDE, int(width * scale) // 2 * 2), max(MIN_SIDE, int(height * scale) // 2 * 2)


def timeout_s(duration_ms: int, *, is_hdr: bool = False) -> float:
    """How long encoding so much video may take."""
    return TIMEOUT_BASE_S + (HDR_TIMEOUT_FACTOR if is_hdr else TIMEOUT_FACTOR) * duration_ms / 1000


def percent_of(duration_ms: int, on_progress: Callable[[int], None] | None) -> Callable[[int], None] | None:
    """Turn milliseconds done into percent; 100 is kept for when the result is in its place."""
    if on_progress is None:
        return None

    def report(done_ms: int) -> None:
        on_progress(max(0, min(99, done_ms * 100 // max(1, duration_ms))))

    return report


@contextmanager
def written_beside(target: Path) -> Iterator[Path]:
    """A place next to `target` to write to; renamed to it when all went well, deleted when not."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield beside
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def compile_argv(output: Any) -> list[str]:
    """The argv of an ffmpeg-python graph: overwriting, silent but for errors, never asking."""
    argv: list[str] = ffmpeg.compile(output, overwrite_output=True)
    return [argv[0], "-hide_banner", "-nostdin", "-loglevel", "error", *argv[1:]]
