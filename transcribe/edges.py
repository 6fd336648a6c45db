"""Word times moved to where the sound of the word begins and ends. Pure numpy.

Whisper's word times come from the decoder's attention, which has no notion of silence: a pause of a second is given to
the word before it or to the word after it. Cuts are made at the edges of words, so here the pauses are found
in the sound, each word keeps the part of its time that sounds most, and beside a pause its edge moves to the pause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transcribe.cues import Word, repaired
from transcribe.loudness import FRAME_MS, Levels, smoothed

PAUSE_FRAMES = 15
"""Quiet for 150 ms is a pause; the closure of a stop consonant is shorter."""

SURROUNDINGS_FRAMES = 200
"""Floor and loudness are measured over 2 s to each side: that reaches a pause, and follows a speaker who moves."""

GRID_FRAMES = 20
"""They change slowly, so five times a second is enough."""

QUIET_SHARE = 0.25
"""Quiet is what lies below this share of the way from the floor up to the loud parts, in dB."""

LEAST_CONTRAST_DB = 12.0
"""With less between floor and loud parts, quiet cannot be told from speech, and nothing is called a pause."""

MOST_CONTRAST_DB = 50.0
"""More is digital silence, which says nothing about how loud a quiet room is."""

FARTHEST_FRAMES = 70
"""An edge moves outward by at most 700 ms."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Span:
    """Frames of 10 ms from ``start`` up to, not including, ``end``."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


def snapped(words: Sequence[Word], loudness: Levels) -> list[Word]:
    """The words with their edges at the edges of their sound; order, texts and number stay, nothing overlaps.

    ``words`` follow one another without overlap; ``loudness`` is of the whole recording they were heard in. A
    word that lies in a pause altogether keeps its time.
    """
    is_pause = pause_mask(loudness)
    cores = [_core(word, is_pause) for word in words]
    before = [0, *(core.end for core in cores)][:-1]
    after = [*(core.start for core in cores), len(is_pause)][1:]
    moved = []
    for word, core, earliest, latest in zip(words, cores, before, after, strict=True):
        start = _first_sound(is_pause, core.start, earliest)
        end = _last_sound(is_pause, core.end, latest)
        moved.append(Word(start * FRAME_MS, end * FRAME_MS, word.text))
    # Words within one frame of 10 ms come out of this on top of each other.
    return repaired(moved, len(is_pause) * FRAME_MS)


def pause_mask(loudness: Levels) -> Mask:
    """For each frame, whether it belongs to a stretch of at least 150 ms that is quiet against what surrounds it."""
    is_pause = np.zeros(len(loudness), dtype=np.bool_)
    for span in _runs(smoothed(loudness, 3) < _thresholds(loudness)):
        is_pause[span.start : span.end] = span.length >= PAUSE_FRAMES
    return is_pause


def _thresholds(loudness: Levels) -> Levels:
    thresholds = np.full(len(loudness), -np.inf, dtype=np.float32)
    for start in range(0, len(loudness), GRID_FRAMES):
        surroundings = loudness[max(0, start - SURROUNDINGS_FRAMES) : start + SURROUNDINGS_FRAMES]
        floor, loud = np.percentile(surroundings, (5, 90))
        contrast = min(loud - floor, MOST_CONTRAST_DB)
        if contrast >= LEAST_CONTRAST_DB:
            thresholds[start : start + GRID_FRAMES] = loud - (1 - QUIET_SHARE) * contrast
    return thresholds


def _runs(mask: Mask) -> list[Span]:
    """The stretches in which the mask is true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8))).tolist()
    return [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _core(word: Word, is_pause: Mask) -> Span:
    """The longest part of the word's time that is not a pause; what Whisper gave it beyond that belongs to others."""
    start, end = word.start_ms // FRAME_MS, max(word.end_ms // FRAME_MS, word.start_ms // FRAME_MS + 1)
    sounding = [Span(start + run.start, start + run.end) for run in _runs(~is_pause[start:end])]
    return max(sounding, key=lambda span: span.length, default=Span(start, end))


def _first_sound(is_pause: Mask, start: int, earliest: int) -> int:
    """Where the sound that ``start`` lies in rises from a pause, or ``start`` when no pause lies before it."""
    pause_before = np.flatnonzero(is_pause[earliest:start])
    if len(pause_before) == 0:
        return start
    return max(earliest + int(pause_before[-1]) + 1, start - FARTHEST_FRAMES)


def _last_sound(is_pause: Mask, end: int, latest: int) -> int:
    """Where the sound that ends at ``end`` falls into a pause, or ``end`` when no pause lies after it."""
    pause_after = np.flatnonzero(is_pause[end:latest])
    if len(pause_after) == 0:
        return end
    return min(end + int(pause_after[0]), end + FARTHEST_FRAMES)
