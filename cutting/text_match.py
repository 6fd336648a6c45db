"""Finds what somebody typed among the words that were recognised. Pure.

Case, accents, punctuation and the form of quotes do not count; a word may be written together or apart, and a few
letters may differ, because recognition errs. Numbers are compared as they are written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from cutting.errors import NothingLeft, TextNotFound, TextTooLong
from transcribe.cues import UNSPACED_SCRIPTS, Word

TEXT_MAX = 20_000
TOLERATED = 0.25
"""The share of letters that may differ. Beyond it, chance matches begin: "cat" and "can" share two of three letters."""

ALIKE = 0.6
"""Words less alike than this are other words, not the same word heard differently."""

EDGE_WORDS = 24
"""A longer text that is not said literally is found by its first and last words: comparing all would take long."""

LOOSE_WORDS_MAX = 300
"""So many words of a text may be looked for where they are not said literally: each is compared with every word of the
video, which takes up to 20 ms for ten minutes of speech."""

SHOWN_MAX = 80
_SEPARATOR = re.compile(r"\n|\.{3,}|…")
_UNSPACED = re.compile(f"[{UNSPACED_SCRIPTS}]")


@dataclass(frozen=True)
class Span:
    """Words `first` to `last`, both included."""

    first: int
    last: int


_Look = Callable[[Sequence[str], Sequence[str]], Span | None]


@dataclass(frozen=True)
class _Path:
    """The cheapest way to read the typed words up to one place: letters that differ, and where it begins."""

    cost: float
    first: int

    def after(self, cost: float) -> _Path:
        return _Path(self.cost + cost, self.first)


def folded(text: str) -> str:
    """Only letters and digits, without case and accents; compatible forms are the same (NFKD)."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in unicodedata.normalize("NFKD", plain) if char.isalnum())


def forms_of(text: str) -> list[str]:
    """What is compared: each word folded; each sign alone where the script writes no spaces."""
    forms: list[str] = []
    for word in text.split():
        form = folded(word)
        forms += list(form) if _UNSPACED.search(word) else [form]
    return [form for form in forms if form]


def find(text: str, words: Sequence[Word]) -> tuple[Span, ...]:
    """Where the text is said: one span for each of its parts, in the order of the text.

    Parts are separated by a new line or by three dots. Each is looked for behind the part before it first, then
    everywhere; what is said literally goes before what is alike. Raises TextNotFound naming the part, TextTooLong,
    NothingLeft if the text has no words.
    """
    if len(text) > TEXT_MAX:
        raise TextTooLong(f"The text may have at most {TEXT_MAX} characters; this one has {len(text)}.")
    parts = [part.strip() for part in _SEPARATOR.split(text) if forms_of(part)]
    if not parts:
        raise NothingLeft("The text has no words to look for.")
    heard = [(index, form) for index, word in enumerate(words) for form in forms_of(word.text)]
    spans: list[Span] = []
    place = loose_words = 0
    for part in parts:
        wanted = forms_of(part)
        found = _first(_exact, wanted, heard, place)
        if found is None:
            loose_words += min(len(wanted), 2 * EDGE_WORDS)
            if loose_words > LOOSE_WORDS_MAX:
                raise TextTooLong(f"Too much of this text is not said literally, such as «{_shortened(part)}».")
            found = _first(_similar if len(wanted) <= 2 * EDGE_WORDS else _similar_long, wanted, heard, place)
        if found is None:
            raise TextNotFound(f"«{_shortened(part)}» is not said in this video.")
        spans.append(found)
        place = sum(1 for index, _ in heard if index <= found.last)
    return tuple(spans)


def _first(look: _Look, wanted: Sequence[str], heard: Sequence[tuple[int, str]], place: int) -> Span | None:
    """Behind `place` first, then everywhere."""
    forms = [form for _, form in heard]
    for begin in (place, 0):
        span = look(wanted, forms[begin:])
        if span is not None:
            return Span(heard[begin + span.first][0], heard[begin + span.last][0])
    return None


def _exact(wanted: Sequence[str], heard: Sequence[str]) -> Span | None:
    for first in range(len(heard) - len(wanted) + 1):
        if heard[first] == wanted[0] and list(heard[first : first + len(wanted)]) == list(wanted):
            return Span(first, first + len(wanted) - 1)
    return None


def _similar_long(wanted: Sequence[str], heard: Sequence[str]) -> Span | None:
    """By its first and last words; what lies between must be alike as well."""
    head = _similar(wanted[:EDGE_WORDS], heard)
    if head is None:
        return None
    tail = _similar(wanted[-EDGE_WORDS:], heard[head.first :])
    if tail is None:
        return None
    span = Span(head.first, head.first + tail.last)
    likeness = SequenceMatcher(None, wanted, heard[span.first : span.last + 1], autojunk=False).ratio()
    return span if likeness >= ALIKE else None


def _similar(wanted: Sequence[str], heard: Sequence[str]) -> Span | None:
    """The stretch of heard words that differs in the fewest letters (Sellers' algorithm on words), if few enough.

    `rows[i][j]` reads the first i wanted words so that they end with the heard word j - 1; it costs nothing to begin
    anywhere.
    """
    rows = [[_Path(0, place) for place in range(len(heard) + 1)]]
    for index in range(len(wanted)):
        row: list[_Path] = []
        for place in range(len(heard) + 1):
            row.append(_step(wanted, heard, rows, row, index, place))
        rows = [*rows[-1:], row]
    ends = rows[-1][1:]
    limit = TOLERATED * sum(map(len, wanted))
    best = min(range(len(ends)), key=lambda place: (ends[place].cost, place), default=None)
    if best is None or ends[best].cost > limit or ends[best].first > best:
        return None
    return Span(ends[best].first, best)


def _step(
    wanted: Sequence[str],
    heard: Sequence[str],
    rows: Sequence[Sequence[_Path]],
    row: Sequence[_Path],
    index: int,
    place: int,
) -> _Path:
    """The cheapest of: the wanted word is not said, another is said between, it is said, it is written otherwise."""
    before, word = rows[-1], wanted[index]
    ways = [before[place].after(len(word))]
    if place:
        said = heard[place - 1]
        ways += [row[place - 1].after(len(said)), before[place - 1].after(_difference(word, said))]
        if place > 1 and word == heard[place - 2] + said:
            ways.append(before[place - 2])
        if index and said == wanted[index - 1] + word:
            ways.append(rows[-2][place - 1])
    return min(ways, key=lambda way: way.cost)


@lru_cache(maxsize=100_000)
def _difference(wanted: str, said: str) -> float:
    """About how many letters differ."""
    if wanted == said:
        return 0
    longest = max(len(wanted), len(said))
    matcher = SequenceMatcher(None, wanted, said, autojunk=False)
    if wanted.isdecimal() or said.isdecimal() or matcher.real_quick_ratio() < ALIKE:
        return longest
    ratio = matcher.ratio()
    return (1 - ratio) * longest if ratio >= ALIKE else longest


def _shortened(part: str) -> str:
    return part if len(part) <= SHOWN_MAX else part[: SHOWN_MAX - 1].rstrip() + "…"
