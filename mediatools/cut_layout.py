"""Which frames and samples of a source make a cut: pure and exact, so that nothing adds up over many joints.

The clock is the sound: one millisecond is 48 samples, so each range has its exact length. Frames cannot be that
exact, so the picture is laid out on the result's own grid: range n begins at the frame nearest to where its sound does
and ends where range n + 1 begins. Each frame shows what the source showed nearest to that instant. So the picture is at
most half a frame off its sound, at the last joint as at the first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from mediatools.encoding import SAMPLE_RATE
from mediatools.errors import BadRanges

SAMPLES_PER_MS = SAMPLE_RATE // 1000
# A frame may have begun long before the range that it is still seen in, so reading starts earlier. Prepared
# recordings have a frame much more often than this.
LEAD_MS = 2000
# Reading on is cheaper than seeking when the next range is nearer than the lead and half a key frame interval.
READ_ON_GAP_MS = 3000
# Each run of ranges is one opened input with its own decoder: this bounds memory and files.
MAX_RUNS = 16
# One argument of a program may be 128 KiB long on Linux; 300 ranges make a graph of about 85 KiB.
MAX_RANGES = 300


@dataclass(frozen=True)
class Piece:
    """One kept range within its run: frames and samples counted from where the run's reading starts."""

    first_frame: int
    frame_count: int
    first_sample: int
    sample_count: int


@dataclass(frozen=True)
class Run:
    """Neighbouring ranges that are read from one seek on. `seek_us` is on the source's timeline."""

    seek_us: int
    pieces: tuple[Piece, ...]

    @property
    def end_frame(self) -> int:
        """One past the last frame that is needed."""
        return max(piece.first_frame + piece.frame_count for piece in self.pieces)


def lay_out(keep_ms: Sequence[tuple[int, int]], frame_rate: Fraction, *, duration_ms: int) -> tuple[Run, ...]:
    """Decide frames and samples for ranges [start, end) in milliseconds, in order and without overlap.

    Raises BadRanges.
    """
    check_ranges(keep_ms, duration_ms=duration_ms)
    frames_per_ms = frame_rate / 1000
    pieces = []
    before_ms = 0
    for start_ms, end_ms in keep_ms:
        first_shown = _nearest(before_ms * frames_per_ms)
        before_ms += end_ms - start_ms
        frame_count = _nearest(before_ms * frames_per_ms) - first_shown
        shift = first_shown - (before_ms - (end_ms - start_ms)) * frames_per_ms
        pieces.append((start_ms, end_ms, max(0, _nearest(start_ms * frames_per_ms + shift)), frame_count))
    if before_ms * frames_per_ms < 1:
        raise BadRanges("What is kept is shorter than one frame.")
    return tuple(_run(group, frame_rate) for group in _grouped(pieces))


def check_ranges(keep_ms: Sequence[tuple[int, int]], *, duration_ms: int) -> None:
    """Raise BadRanges unless all ranges are in order, without overlap, not empty and inside the video."""
    if not keep_ms:
        raise BadRanges("Nothing is kept.")
    if len(keep_ms) > MAX_RANGES:
        raise BadRanges(f"These are {len(keep_ms)} parts to keep; at most {MAX_RANGES} are possible in one cut.")
    if any(start_ms >= end_ms for start_ms, end_ms in keep_ms):
        raise BadRanges("Each part to keep has to end after it starts.")
    if any(later[0] < earlier[1] for earlier, later in pairwise(keep_ms)):
        raise BadRanges("The parts to keep have to be in order and must not overlap.")
    if keep_ms[0][0] < 0 or keep_ms[-1][1] > duration_ms:
        raise BadRanges(f"The parts to keep have to lie between 0 and {duration_ms} milliseconds.")


def _grouped(pieces: Sequence[tuple[int, int, int, int]]) -> list[list[tuple[int, int, int, int]]]:
    """Part at the widest gaps, as long as parting pays and not into more than MAX_RUNS."""
    gaps = [(later[0] - earlier[1], index) for index, (earlier, later) in enumerate(pairwise(pieces), start=1)]
    widest = sorted((gap for gap in gaps if gap[0] > READ_ON_GAP_MS), reverse=True)[: MAX_RUNS - 1]
    edges = [0, *sorted(index for _, index in widest), len(pieces)]
    return [list(pieces[first:end]) for first, end in pairwise(edges)]


def _run(group: Sequence[tuple[int, int, int, int]], frame_rate: Fraction) -> Run:
    lead_frames = math.ceil(LEAD_MS * frame_rate / 1000)
    run_first_frame = max(0, group[0][2] - lead_frames)
    seek_us = round(run_first_frame / frame_rate * 1_000_000)
    seek_samples = round(Fraction(seek_us * SAMPLES_PER_MS, 1000))
    return Run(
        seek_us=seek_us,
        pieces=tuple(
            Piece(
                first_frame=first_frame - run_first_frame,
                frame_count=frame_count,
                first_sample=start_ms * SAMPLES_PER_MS - seek_samples,
                sample_count=(end_ms - start_ms) * SAMPLES_PER_MS,
            )
            for start_ms, end_ms, first_frame, frame_count in group
        ),
    )


def _nearest(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))
