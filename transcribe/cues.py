"""Words with their times, and the subtitle cues they are grouped into. Pure; all times are integer milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

PAUSE_MS = 700
CUE_LIMIT_MS = 6000
CUE_LIMIT_CHARACTERS = 2 * 42
"""Two lines of 42 characters and six seconds are what subtitlers allow (Netflix Timed Text Style Guide)."""

SPOKEN_AT_LEAST_MS = 80
"""The length given to a word whose recognised end is not after its start."""

ABBREVIATIONS = frozenset({"mr.", "mrs.", "ms.", "dr.", "st.", "prof.", "vs.", "no.", "jr.", "sr.", "e.g.", "i.e."})
SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
CLAUSE_END = re.compile(r"[,;:–—、，；：][\"'”’»)\]]*$")
UNSPACED_SCRIPTS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef"
UNSPACED_SEAM = re.compile(rf"(?<=[{UNSPACED_SCRIPTS}]) (?=[{UNSPACED_SCRIPTS}])")
"""Thai, Lao, Burmese, Khmer, Chinese and Japanese write no space between words."""


@dataclass(frozen=True)
class Word:
    """One spoken word with its punctuation; ``text`` has no blanks around it."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True)
class CueText:
    """One subtitle: what is shown from ``start_ms`` to ``end_ms``, and the words it was made from."""

    start_ms: int
    end_ms: int
    text: str
    words: tuple[Word, ...]


def repaired(words: Sequence[Word], duration_ms: int) -> list[Word]:
    """The same words in the same order, each with ``start_ms < end_ms``, none overlapping, all within the duration.

    Blank words go. So do the last ones when there are more words than milliseconds.
    """
    kept = [replace(word, text=word.text.strip()) for word in words if word.text.strip()][: max(duration_ms, 0)]
    starts = _increasing([word.start_ms for word in kept], duration_ms)
    limits = [*starts, duration_ms][1:]
    timed = zip(kept, starts, limits, strict=True)
    return [Word(start, _end(word, start, limit), word.text) for word, start, limit in timed]


def group_words(words: Sequence[Word]) -> list[CueText]:
    """Readable subtitle cues: one sentence or less, no pause above 700 ms inside, at most 84 characters and 6 s.

    A sentence that is too long is split where it hurts least: after a comma, at a pause, near its middle. A single word
    above the limits stays whole. Times that are reversed, empty or overlapping are repaired first.
    """
    latest_ms = max((max(word.start_ms, word.end_ms) for word in words), default=0)
    duration_ms = max(latest_ms, 0) + len(words)
    return [_cue(part) for phrase in _phrases(repaired(words, duration_ms)) for part in _parts(phrase)]


def joined(words: Sequence[Word]) -> str:
    """The words as one line of text, with spaces only where their script writes them."""
    return UNSPACED_SEAM.sub("", " ".join(word.text for word in words))


def _increasing(starts: list[int], duration_ms: int) -> list[int]:
    """The starts moved as little as needed to rise by at least 1 ms each and leave the last word 1 ms."""
    earliest = 0
    for index, start in enumerate(starts):
        starts[index] = earliest = max(start, earliest)
        earliest += 1
    latest = duration_ms - 1
    for index in reversed(range(len(starts))):
        starts[index] = latest = min(starts[index], latest)
        latest -= 1
    return starts


def _end(word: Word, start_ms: int, limit_ms: int) -> int:
    end_ms = word.end_ms if word.end_ms > start_ms else start_ms + SPOKEN_AT_LEAST_MS
    return min(end_ms, limit_ms)


def _phrases(words: Sequence[Word]) -> Iterator[list[Word]]:
    phrase: list[Word] = []
    for word in words:
        if phrase and (word.start_ms - phrase[-1].end_ms > PAUSE_MS or _ends_sentence(phrase[-1], word)):
            yield phrase
            phrase = []
        phrase.append(word)
    if phrase:
        yield phrase


def _ends_sentence(word: Word, following: Word) -> bool:
    if not SENTENCE_END.search(word.text) or word.text.lower() in ABBREVIATIONS:
        return False
    return not following.text[0].islower()


def _parts(phrase: list[Word]) -> Iterator[list[Word]]:
    if len(phrase) == 1 or _fits(phrase):
        yield phrase
        return
    before = list(accumulate(len(word.text) + 1 for word in phrase))
    cut = max(range(1, len(phrase)), key=lambda index: _cut_quality(phrase, index, before[index - 1] / before[-1]))
    yield from _parts(phrase[:cut])
    yield from _parts(phrase[cut:])


def _fits(phrase: list[Word]) -> bool:
    lasts_ms = phrase[-1].end_ms - phrase[0].start_ms
    return lasts_ms <= CUE_LIMIT_MS and len(joined(phrase)) <= CUE_LIMIT_CHARACTERS


def _cut_quality(phrase: list[Word], index: int, share_before: float) -> float:
    """How good it is to begin a new cue with word ``index``: 1 for the exact middle, more for a comma or a pause."""
    pause_ms = phrase[index].start_ms - phrase[index - 1].end_ms
    clause = 0.4 if CLAUSE_END.search(phrase[index - 1].text) else 0.0
    return 1 - abs(2 * share_before - 1) + clause + 0.4 * pause_ms / PAUSE_MS


def _cue(words: list[Word]) -> CueText:
    return CueText(words[0].start_ms, words[-1].end_ms, joined(words), tuple(words))
