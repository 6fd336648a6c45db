"""Finds what somebody typed among the words that were recognised. Pure.

Case, accents, punctuation and the form of quotes do not count; a word may be written together or apart, and a few
letters may differ, because recognition errs. Numbers are compared as they are written.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

from rapidfuzz.distance import Indel

from cutting.errors import NothingLeft, TextNotFound, TextTooLong
from transcribe.cues import UNSPACED_SCRIPTS, Word

TEXT_MAX = 20_000
TOLERATED = 0.25
"""The share of letters that may differ. Beyond it, chance matches begin: "cat" and "can" share two of three letters."""

ALIKE = 0.6
"""Words less alike than this are other words, not the same word heard differently."""

EDGE_WORDS = 24
"""A longer text that is not said literally is found by its first and last words: comparing all would take long."""

COMPARED_MAX = 1_000_000
"""So many pairs of a typed and a spoken word may be compared for what is not said literally, about a second of work:
some 500 such words in ten minutes of speech."""

SHOWN_MAX = 80
_SEPARATOR = re.compile(r"\n|\.{3,}|…")
_UNSPACED = re.compile(f"[{UNSPACED_SCRIPTS}]")


@dataclass(frozen=True)
class Span:
    """Words `first` to `last`, both included."""

    first: int
    last: int


_Look = Callable[[Sequence[str], Sequence[str]], Span | None]


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
    search = _Search(words)
    return tuple(search.next(part) for part in parts)


class _Search:
    """Looks for one part after the other, and counts how much it compares."""

    def __init__(self, words: Sequence[Word]) -> None:
        heard = [(index, form) for index, word in enumerate(words) for form in forms_of(word.text)]
        self._word_of = [index for index, _ in heard]
        self._forms = [form for _, form in heard]
        self._place = 0
        self._compared = 0

    def next(self, part: str) -> Span:
        """Behind the part before it first, then everywhere. Raises TextNotFound, TextTooLong."""
        wanted = forms_of(part)
        found = self._literal(wanted, self._place) or self._literal(wanted, 0) or self._alike(wanted, part)
        if found is None:
            raise TextNotFound(f"«{_shortened(part)}» is not said in this video.")
        span = Span(self._word_of[found.first], self._word_of[found.last])
        self._place = bisect_right(self._word_of, span.last)
        return span

    @cached_property
    def _text(self) -> str:
        """All forms with a blank before and behind each; no form has one in it."""
        return f" {' '.join(self._forms)} "

    @cached_property
    def _offsets(self) -> list[int]:
        """Where in the text the blank before each form is."""
        offsets = [0]
        for form in self._forms:
            offsets.append(offsets[-1] + len(form) + 1)
        return offsets

    def _literal(self, wanted: Sequence[str], begin: int) -> Span | None:
        offset = self._text.find(f" {' '.join(wanted)} ", self._offsets[begin])
        if offset < 0:
            return None
        first = bisect_left(self._offsets, offset)
        return Span(first, first + len(wanted) - 1)

    def _alike(self, wanted: Sequence[str], part: str) -> Span | None:
        look = _similar if len(wanted) <= 2 * EDGE_WORDS else _similar_long
        for begin in (self._place, 0):
            forms = self._forms[begin:]
            self._compared += min(len(wanted), 2 * EDGE_WORDS) * len(forms)
            if self._compared > COMPARED_MAX:
                raise TextTooLong(f"Too much of this text is not said literally, such as «{_shortened(part)}».")
            span = look(wanted, forms)
            if span is not None:
                return Span(begin + span.first, begin + span.last)
            if begin == 0:
                break
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
    likeness = Indel.normalized_similarity(wanted, heard[span.first : span.last + 1])
    return span if likeness >= ALIKE else None


@dataclass(frozen=True)
class _Row:
    """The cheapest ways to read the first typed words so that they end at each place: letters that differ, and where
    the way begins. It costs nothing to begin anywhere."""

    costs: list[float]
    firsts: list[int]


def _similar(wanted: Sequence[str], heard: Sequence[str]) -> Span | None:
    """The stretch of heard words that differs in the fewest letters (Sellers' algorithm on words), if few enough."""
    if not heard:
        return None
    pairs = ["", *(one + other for one, other in zip(heard, heard[1:], strict=False))]
    vocabulary = set(heard)
    before = two_before = _Row([0.0] * (len(heard) + 1), list(range(len(heard) + 1)))
    for index, word in enumerate(wanted):
        differences = {said: _difference(word, said) for said in vocabulary}
        both = wanted[index - 1] + word if index else ""
        row = _Row([before.costs[0] + len(word)], [before.firsts[0]])
        for place, said in enumerate(heard, start=1):
            # Not said; another said between; said; written together here or there.
            ways = [
                (before.costs[place] + len(word), before.firsts[place]),
                (row.costs[place - 1] + len(said), row.firsts[place - 1]),
                (before.costs[place - 1] + differences[said], before.firsts[place - 1]),
            ]
            if pairs[place - 1] == word:
                ways.append((before.costs[place - 2], before.firsts[place - 2]))
            if said == both:
                ways.append((two_before.costs[place - 1], two_before.firsts[place - 1]))
            cost, first = min(ways, key=itemgetter(0))
            row.costs.append(cost)
            row.firsts.append(first)
        two_before, before = before, row
    ends = before.costs[1:]
    best = min(range(len(ends)), key=ends.__getitem__)
    first = before.firsts[best + 1]
    if ends[best] > TOLERATED * sum(map(len, wanted)) or first > best:
        return None
    return Span(first, best)


def _difference(wanted: str, said: str) -> float:
    """About how many letters differ."""
    if wanted == said:
        return 0
    longest = max(len(wanted), len(said))
    if wanted.isdecimal() or said.isdecimal():
        return longest
    ratio = Indel.normalized_similarity(wanted, said, score_cutoff=ALIKE)
    return (1 - ratio) * longest


def _shortened(part: str) -> str:
    return part if len(part) <= SHOWN_MAX else part[: SHOWN_MAX - 1].rstrip() + "…"
