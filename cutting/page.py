"""The words of a video as the cut page lays them out: lines of words and pauses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cutting.plan import Item, items_of
from transcribe.selectors import CueView, words_of


def clock(ms: int) -> str:
    """Such as 0:07 or 12:30."""
    minutes, seconds = divmod(ms // 1000, 60)
    return f"{minutes}:{seconds:02}"


@dataclass(frozen=True)
class NumberedItem:
    """A word or pause and its place among all of the video."""

    number: int
    item: Item

    @property
    def length_s(self) -> str:
        return f"{(self.item.end_ms - self.item.start_ms) / 1000:.1f}"


@dataclass(frozen=True)
class Line:
    """One cue with the pauses behind it; the first line also has the pause before it."""

    start_ms: int
    separator: str
    items: list[NumberedItem]

    @property
    def clock(self) -> str:
        return clock(self.start_ms)

    @property
    def numbers(self) -> list[int]:
        return [numbered.number for numbered in self.items]


def lines_of(cues: Sequence[CueView], duration_ms: int) -> list[Line]:
    """Every item of the video is in exactly one line. A video without words has no lines."""
    cue_of_word = iter([cue for cue in cues for _ in cue.words])
    lines: list[Line] = []
    shown: CueView | None = None
    leading: list[NumberedItem] = []
    for number, item in enumerate(items_of(words_of(cues), duration_ms)):
        cue = shown if item.is_pause else next(cue_of_word)
        if cue is not None and cue is not shown:
            lines.append(Line(cue.start_ms, _separator(cue), leading))
            shown, leading = cue, []
        (lines[-1].items if lines else leading).append(NumberedItem(number, item))
    return lines


def items_in(lines: Sequence[Line]) -> list[Item]:
    """The items of all lines, in the order of their numbers."""
    return [numbered.item for line in lines for numbered in line.items]


def digest_of(items: Sequence[Item]) -> str:
    """Tells whether the numbers of a form still mean the same items."""
    return hashlib.blake2b(repr(items).encode(), digest_size=8).hexdigest()


def _separator(cue: CueView) -> str:
    """Scripts without spaces are shown without them."""
    return " " if cue.text == " ".join(word.text for word in cue.words) else ""
