"""What is said in a cut and when, computed from the words of its source. Pure; integer milliseconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol

from cutting.plan import Range
from transcribe.cues import CueText, Word, joined


class SourceCue(Protocol):
    """A subtitle on the timeline of the source."""

    @property
    def start_ms(self) -> int: ...

    @property
    def end_ms(self) -> int: ...

    @property
    def words(self) -> tuple[Word, ...]: ...


def cues_of_cut(cues: Sequence[SourceCue], plan: Sequence[Range]) -> list[CueText]:
    """The subtitles of a cut, on its own timeline.

    A word is kept if its middle is. A cue that loses words in between, or is kept in two ranges, is split there; its
    times are those of the source, clipped to what is kept and moved, so they are exact.
    """
    return [piece for cue in cues for piece in _pieces(cue, plan)]


def _pieces(cue: SourceCue, plan: Sequence[Range]) -> Iterator[CueText]:
    homes = [_home(word, plan) for word in cue.words]
    for home, group in groupby(range(len(homes)), key=lambda index: homes[index]):
        if home is not None:
            indexes = list(group)
            yield _piece(cue, indexes[0], indexes[-1], plan, home)


def _home(word: Word, plan: Sequence[Range]) -> int | None:
    """The range that holds the middle of the word."""
    middle_doubled = word.start_ms + word.end_ms
    for index, (start_ms, end_ms) in enumerate(plan):
        if 2 * start_ms <= middle_doubled < 2 * end_ms:
            return index
    return None


def _piece(cue: SourceCue, first: int, last: int, plan: Sequence[Range], home: int) -> CueText:
    start_ms, end_ms = plan[home]
    shift_ms = sum(end - start for start, end in plan[:home]) - start_ms

    def moved(source_ms: int) -> int:
        return min(max(source_ms, start_ms), end_ms) + shift_ms

    words = tuple(Word(moved(word.start_ms), moved(word.end_ms), word.text) for word in cue.words[first : last + 1])
    is_beginning, is_end = first == 0, last == len(cue.words) - 1
    return CueText(
        start_ms=moved(cue.start_ms) if is_beginning else words[0].start_ms,
        end_ms=moved(cue.end_ms) if is_end else words[-1].end_ms,
        text=joined(words),
        words=words,
    )
