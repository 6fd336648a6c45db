"""Lays a corrected text over the recognised words, so that every shown word has times. Pure; integer milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from transcribe.cues import UNSPACED_SCRIPTS, Word, repaired

_UNIT = re.compile(rf"[{UNSPACED_SCRIPTS}]|[^\s{UNSPACED_SCRIPTS}]+")


ALIGNED_MAX = 10_000
"""So many pairs of a shown and a recognised word are compared, some milliseconds of work; no honest line has more, and
in one that has the words share its time by their length."""


def units_of(text: str) -> list[str]:
    """The words of a line; each sign alone where the script writes no spaces."""
    return _UNIT.findall(text)


@dataclass
class _Group:
    """Shown words and the time they share; `grows` into the pause behind it where there are new ones."""

    units: list[str]
    start_ms: int
    end_ms: int
    grows: bool = False


def corrected_words(text: str, words: Sequence[Word], start_ms: int, end_ms: int) -> tuple[Word, ...]:
    """The words of `text` with the times of those of the recognised words that they stand for.

    Words that stayed keep their times exactly. Those that replace others share their time, by length; those that are
    new share the time of the word before them and of the pause behind it. All lie within the cue, `start_ms` to
    `end_ms`.
    """
    units = units_of(text)
    can_align = 0 < len(units) * len(words) <= ALIGNED_MAX
    groups = _groups(units, words) if can_align else [_Group(units, start_ms, end_ms)]
    limits = [*(group.start_ms for group in groups[1:]), end_ms]
    shown: list[Word] = []
    for group, limit_ms in zip(groups, limits, strict=True):
        shown += _shared(group.units, group.start_ms, limit_ms if group.grows else group.end_ms)
    return tuple(repaired(shown, max(end_ms, len(shown))))


def _groups(units: Sequence[str], words: Sequence[Word]) -> list[_Group]:
    matcher = SequenceMatcher(
        None, [_plain(word.text) for word in words], [_plain(unit) for unit in units], autojunk=False
    )
    groups: list[_Group] = []
    at_the_front: list[str] = []
    for operation, first, last, unit_first, unit_last in matcher.get_opcodes():
        new = list(units[unit_first:unit_last])
        if operation == "insert" and groups:
            groups[-1].units += new
            groups[-1].grows = True
        elif operation == "insert":
            at_the_front = new
        elif len(new) == last - first:
            groups += [
                _Group([unit], word.start_ms, word.end_ms) for unit, word in zip(new, words[first:last], strict=True)
            ]
        elif operation == "replace":
            groups.append(_Group(new, words[first].start_ms, words[last - 1].end_ms))
    groups[0].units = at_the_front + groups[0].units
    return groups


def _plain(text: str) -> str:
    """Case and punctuation may be corrected without a word becoming another one."""
    return "".join(char for char in text.casefold() if char.isalnum()) or text


def _shared(units: Sequence[str], start_ms: int, end_ms: int) -> Iterator[Word]:
    """The time shared out by the number of letters."""
    letters, before = sum(map(len, units)), 0
    for unit in units:
        begin_ms = start_ms + (end_ms - start_ms) * before // letters
        before += len(unit)
        yield Word(begin_ms, start_ms + (end_ms - start_ms) * before // letters, unit)
