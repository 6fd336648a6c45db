"""A picture that can be read by a program: each frame shows its own number as a row of black and white blocks.

The sound beeps at the start of each second. So a test can tell which source frame and which source second a result
shows, without a recording of many megabytes.
"""

from __future__ import annotations

import json
import struct
import subprocess
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

BLOCK = 16
BITS = 12
WIDTH, HEIGHT = BLOCK * BITS, 32
SAMPLE_RATE = 48_000
BEEP_S = 0.04
LOUD = 0.2

# Which frames a recorder under load delivers: about two of three, and nothing at all for more than a second.
ALL_FRAMES = "1"
SOME_FRAMES = "eq(n,0)+(lt(mod(n*37,100),60)*not(between(n,151,190)))"


@dataclass(frozen=True)
class Shown:
    """The frames of a file in order: when each appears and which number it shows."""

    times_s: list[float]
    numbers: list[int]

    def at(self, time_s: float) -> int:
        """The number on the screen at that time."""
        return self.numbers[max(0, bisect_right(self.times_s, time_s) - 1)]


def record(
    target: Path, *, frame_rate: Fraction, frames: str = ALL_FRAMES, duration_s: int = 20, sound: bool = True
) -> None:
    """Write a pattern as a browser would: H.264 without later references, times kept, key frames every 2 s."""
    picture = (
        f"color=s={WIDTH}x{HEIGHT}:r={frame_rate}:d={duration_s},"
        f"geq=lum='16+219*mod(floor(N/pow(2,floor(X/{BLOCK}))),2)':cb=128:cr=128,select='{frames}'"
    )
    beeps = f"aevalsrc='0.7*sin(2*PI*1000*t)*lt(mod(t,1),{BEEP_S})':s={SAMPLE_RATE}:d={duration_s}"
    inputs = ["-f", "lavfi", "-i", picture, *(("-f", "lavfi", "-i", beeps) if sound else ())]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "15", "-bf", "0", "-pix_fmt", "yuv420p"]
    coding += ["-force_key_frames", "expr:gte(t,n_forced*2)", "-fps_mode", "passthrough", "-c:a", "aac"]
    subprocess.run(["ffmpeg", "-y", "-v", "error", *inputs, *coding, str(target)], check=True, timeout=60)


@cache
def read_frames(path: Path) -> Shown:
    """Decode every frame with its own time. Kept: several tests look at the same file, and none changes it."""
    shown = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "frame=pts_time", "-of", "json", str(path)],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    times_s = [float(frame["pts_time"]) for frame in json.loads(shown.stdout)["frames"]]
    scaling = ["-vf", f"scale={WIDTH}:{HEIGHT}", "-fps_mode", "passthrough"]
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-an", *scaling, "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    size = WIDTH * HEIGHT
    numbers = [_number(raw.stdout[start : start + size]) for start in range(0, len(raw.stdout), size)]
    assert len(numbers) == len(times_s)
    return Shown(times_s, numbers)


def read_sound(path: Path) -> array[float]:
    """Mono samples at 48 kHz from time 0 on."""
    form = ["-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "f32le", "pipe:1"]
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-copyts", "-i", str(path), "-vn", *form], check=True, capture_output=True, timeout=60
    )
    return array("f", struct.unpack(f"<{len(raw.stdout) // 4}f", raw.stdout))


def beep_times_s(path: Path) -> list[float]:
    """When each beep begins: a loud sample after at least half a second without one."""
    onsets: list[float] = []
    last_loud = -SAMPLE_RATE
    for number, sample in enumerate(read_sound(path)):
        if abs(sample) > LOUD:
            if number - last_loud > SAMPLE_RATE // 4:
                onsets.append(number / SAMPLE_RATE)
            last_loud = number
    return onsets


def _number(frame: bytes) -> int:
    middle = WIDTH * (HEIGHT // 2)
    return sum((frame[middle + BLOCK * bit + BLOCK // 2] > 128) << bit for bit in range(BITS))
