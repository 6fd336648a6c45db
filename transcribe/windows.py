"""Where to cut a long recording into pieces short enough for one look of the speech engine. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transcribe.loudness import FRAME_MS, Levels, smoothed

LONGEST_MS = 29_000
"""Whisper looks at 30 s at a time."""

SHORTEST_MS = 18_000
"""A window this long may end at a pause; the later part of the range is searched for the best one."""

PAUSE_FRAMES = 30
"""A pause between phrases lasts some 300 ms: the quietest stretch of that length is where to cut."""


@dataclass(frozen=True)
class Window:
    """A stretch of the recording, in milliseconds from its start."""

    start_ms: int
    end_ms: int


def windows(loudness: Levels) -> list[Window]:
    """Stretches of at most 29 s that cover the whole recording, cut at the quietest places. Nothing is left out."""
    quiet = smoothed(loudness, PAUSE_FRAMES)
    longest, shortest = LONGEST_MS // FRAME_MS, SHORTEST_MS // FRAME_MS
    cuts = [0]
    while len(quiet) - cuts[-1] > longest:
        candidates = quiet[cuts[-1] + shortest : cuts[-1] + longest]
        cuts.append(cuts[-1] + shortest + _last_quietest(candidates))
    ends = [*cuts[1:], len(quiet)]
    return [Window(start * FRAME_MS, end * FRAME_MS) for start, end in zip(cuts, ends, strict=True) if end > start]


def _last_quietest(candidates: Levels) -> int:
    """The middle of the last of the stretches that are as quiet as any, within 1 dB: fewer windows, less work."""
    quiet_enough = np.flatnonzero(candidates <= candidates.min() + 1)
    last = int(quiet_enough[-1])
    first = last
    while first - 1 >= 0 and candidates[first - 1] <= candidates.min() + 1:
        first -= 1
    return (first + last) // 2
