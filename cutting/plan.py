"""Decides which parts of a video a cut keeps. Pure; all times are integer milliseconds of the source.

A range is `(start_ms, end_ms)`, its end not included. A plan is a tuple of ranges in order, none touching another,
each at least SHORTEST_MS long and within the video.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from cutting.errors import NothingLeft, RangeOutside, RangeReversed, TooManyRanges
from transcribe.cues import PAUSE_MS, Word

Range = tuple[int, int]
Plan = tuple[Range, ...]

MAX_RANGES = 200
SHORTEST_MS = 50
"""Less than that is one frame or two: a flash, not a part of a video."""

PADDING_MS = 120
"""Kept of the silence beside a kept word, where there is as much: recognised ends are often a little early."""


@dataclass(frozen=True)
class Item:
    """What can be kept or removed with one choice: a word, or a pause longer than PAUSE_MS, whose `text` is empty."""

    start_ms: int
    end_ms: int
    text: str

    @property
    def is_pause(self) -> bool:
        return not self.text


def kept(ranges: Sequence[Sequence[int]], duration_ms: int) -> Plan:
    """The plan that keeps these ranges, exactly as given; ends behind the video's are taken as its end.

    Ranges that overlap or touch become one. Raises RangeReversed, RangeOutside, TooManyRanges, NothingLeft.
    """
    return _plan(_united(_checked(ranges, duration_ms)))


def without(ranges: Sequence[Sequence[int]], duration_ms: int) -> Plan:
    """The plan that keeps everything but these ranges. Raises the same errors as `kept`."""
    edges = [0, *(edge for piece in _united(_checked(ranges, duration_ms)) for edge in piece), duration_ms]
    return _plan([(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end])


def overlap(plan: Sequence[Range], start_ms: int, end_ms: int) -> Plan:
    """The part of a plan that lies between two times. Raises NothingLeft."""
    return _plan([(max(start, start_ms), min(end, end_ms)) for start, end in plan if start < end_ms and end > start_ms])


def items_of(words: Sequence[Word], duration_ms: int) -> tuple[Item, ...]:
    """The words with the pauses before, between and behind them."""
    edges = [0, *(word.end_ms for word in words)]
    starts = [*(word.start_ms for word in words), duration_ms]
    items: list[Item] = []
    for index, (end_before, start_ms) in enumerate(zip(edges, starts, strict=True)):
        if start_ms - end_before > PAUSE_MS:
            items.append(Item(end_before, start_ms, ""))
        if index < len(words):
            items.append(Item(words[index].start_ms, words[index].end_ms, words[index].text))
    return tuple(items)


def of_items(items: Sequence[Item], is_kept: Sequence[bool], duration_ms: int) -> Plan:
    """The plan that keeps the chosen items and the silence between neighbours that are both kept.

    Beside a removed neighbour a kept word takes PADDING_MS of the silence with it, at most half of it, so that it is
    not clipped and nothing removed is heard. Raises TooManyRanges, NothingLeft.
    """
    if not items:
        return _plan([(0, duration_ms)])
    gaps_ms = [after.start_ms - before.end_ms for before, after in pairwise(items)]
    ranges = []
    for first, last in _runs(is_kept):
        start_ms = items[first].start_ms - _room_ms(items, gaps_ms, first, -1) if first else 0
        is_end = last == len(items) - 1
        end_ms = duration_ms if is_end else items[last].end_ms + _room_ms(items, gaps_ms, last, 1)
        ranges.append((start_ms, end_ms))
    return _plan(_united(ranges))


def of_words(words: Sequence[Word], is_kept: Sequence[bool], duration_ms: int) -> Plan:
    """The plan that keeps the chosen words; a pause stays if the words on both its sides do."""
    items = items_of(words, duration_ms)
    chosen = iter(is_kept)
    words_kept = [None if item.is_pause else next(chosen) for item in items]
    around = [True, *words_kept, True]
    choice = [
        (around[index] is not False and around[index + 2] is not False) if this is None else this
        for index, this in enumerate(words_kept)
    ]
    return of_items(items, choice, duration_ms)


def _runs(is_kept: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """First and last index of each unbroken row of True."""
    for value, group in groupby(range(len(is_kept)), key=lambda index: is_kept[index]):
        if value:
            indexes = list(group)
            yield indexes[0], indexes[-1]


def _room_ms(items: Sequence[Item], gaps_ms: Sequence[int], index: int, direction: int) -> int:
    """How much of the silence on one side of a kept item is kept with it, where its neighbour there is removed."""
    if items[index].is_pause:
        return 0
    neighbour = items[index + direction]
    gap_ms = gaps_ms[min(index, index + direction)]
    silence_ms = neighbour.end_ms - neighbour.start_ms if neighbour.is_pause else max(gap_ms, 0)
    return min(PADDING_MS, silence_ms // 2)


def _checked(ranges: Sequence[Sequence[int]], duration_ms: int) -> list[Range]:
    """The ranges clipped to the video. Raises RangeReversed, RangeOutside, TooManyRanges."""
    if len(ranges) > MAX_RANGES:
        raise TooManyRanges(f"At most {MAX_RANGES} ranges can be given; these are {len(ranges)}.")
    for start_ms, end_ms in ranges:
        if end_ms <= start_ms:
            raise RangeReversed(f"The range from {start_ms} to {end_ms} ms must end after it starts.")
        if start_ms < 0 or start_ms >= duration_ms:
            raise RangeOutside(
                f"The range from {start_ms} to {end_ms} ms does not lie in the video, which is {duration_ms} ms long."
            )
    return [(start_ms, min(end_ms, duration_ms)) for start_ms, end_ms in ranges]


def _united(ranges: Sequence[Range]) -> list[Range]:
    """In order, and one range where two overlap or touch."""
    united: list[Range] = []
    for start_ms, end_ms in sorted(ranges):
        if united and start_ms <= united[-1][1]:
            united[-1] = united[-1][0], max(end_ms, united[-1][1])
        else:
            united.append((start_ms, end_ms))
    return united


def _plan(ranges: Sequence[Range]) -> Plan:
    plan = tuple(piece for piece in ranges if piece[1] - piece[0] >= SHORTEST_MS)
    if not plan:
        raise NothingLeft
    if len(plan) > MAX_RANGES:
        raise TooManyRanges(f"This makes {len(plan)} pieces; a cut may have at most {MAX_RANGES}.")
    return plan
