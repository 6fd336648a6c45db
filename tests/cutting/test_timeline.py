from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cutting.timeline import cues_of_cut
from tests.cutting.test_plan import spoken_words
from transcribe.cues import CueText, Word, group_words, joined


def cue(*words: Word) -> CueText:
    return CueText(words[0].start_ms, words[-1].end_ms, joined(words), words)


ONE, TWO, THREE = Word(1000, 1400, "One,"), Word(1500, 1900, "two,"), Word(2000, 2400, "three.")


def test_times_move_by_what_is_removed_before() -> None:
    (moved,) = cues_of_cut([cue(ONE, TWO, THREE)], [(200, 300), (900, 3000)])
    assert moved == cue(Word(200, 600, "One,"), Word(700, 1100, "two,"), Word(1200, 1600, "three."))


def test_a_cue_is_split_where_words_are_removed() -> None:
    pieces = cues_of_cut([cue(ONE, TWO, THREE)], [(0, 1450), (1950, 3000)])
    assert pieces == [cue(Word(1000, 1400, "One,")), cue(Word(1500, 1900, "three."))]


def test_a_word_is_kept_if_its_middle_is_and_ends_at_the_joint() -> None:
    assert cues_of_cut([cue(ONE)], [(0, 1201)]) == [cue(Word(1000, 1201, "One,"))]
    assert cues_of_cut([cue(ONE)], [(1200, 2000)]) == [cue(Word(0, 200, "One,"))]
    assert cues_of_cut([cue(ONE)], [(0, 1200)]) == []


@dataclass(frozen=True)
class LongCue:
    """A cue that is shown longer than its words last."""

    start_ms: int = 900
    end_ms: int = 2600
    words: tuple[Word, ...] = (ONE, TWO, THREE)


def test_a_cue_keeps_its_own_times_at_an_end_that_stays() -> None:
    first, last = cues_of_cut([LongCue()], [(0, 1450), (1950, 3000)])
    assert (first.start_ms, first.end_ms) == (900, 1400)
    assert (last.start_ms, last.end_ms) == (1500, 2100)


@given(spoken_words(), st.lists(st.tuples(st.integers(1, 900), st.integers(50, 3000)), min_size=1, max_size=8))
def test_cues_lie_in_order_within_the_cut_and_hold_each_kept_word_once(
    words: list[Word], gaps: list[tuple[int, int]]
) -> None:
    plan, at_ms = [], 0
    for gap_ms, kept_ms in gaps:
        plan.append((at_ms + gap_ms, at_ms + gap_ms + kept_ms))
        at_ms = plan[-1][1]
    cues = cues_of_cut(group_words(words), plan)
    inside = [
        word.text for word in words if any(2 * start <= word.start_ms + word.end_ms < 2 * end for start, end in plan)
    ]
    assert [word.text for made in cues for word in made.words] == inside
    length_ms = sum(end_ms - start_ms for start_ms, end_ms in plan)
    assert all(made.start_ms < made.end_ms <= length_ms and made.text == joined(made.words) for made in cues)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(cues))
    assert all(word.start_ms < word.end_ms for made in cues for word in made.words)
