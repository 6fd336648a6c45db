from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cutting import plan
from cutting.errors import CutRefused, NothingLeft, RangeOutside, RangeReversed, TooManyRanges
from cutting.plan import MAX_RANGES, PADDING_MS, SHORTEST_MS, Item
from transcribe.cues import PAUSE_MS, Word

# The page computes the same plan in the browser: static/js/cutting/plan.js runs these cases, too.
SHARED_CASES = json.loads((Path(__file__).parent / "item_plans.json").read_text(encoding="utf-8"))
DURATION_MS = 10_000

ranges = st.lists(
    st.tuples(st.integers(0, DURATION_MS - 1), st.integers(1, 4000)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    max_size=12,
)


@st.composite
def spoken_words(draw: st.DrawFn) -> list[Word]:
    """Words in order with pauses of every length."""
    words: list[Word] = []
    at_ms = 0
    for gap_ms, length_ms in draw(st.lists(st.tuples(st.integers(0, 2000), st.integers(60, 900)), max_size=20)):
        words.append(Word(at_ms + gap_ms, at_ms + gap_ms + length_ms, f"word{len(words)}"))
        at_ms = words[-1].end_ms
    return words


def milliseconds(pieces: list[tuple[int, int]] | plan.Plan, end_ms: int = DURATION_MS) -> set[int]:
    return {ms for start, end in pieces for ms in range(start, min(end, end_ms))}


def test_it_keeps_ranges_exactly_as_given() -> None:
    assert plan.kept([[2000, 3001], [17, 1003]], 5000) == ((17, 1003), (2000, 3001))


def test_it_unites_ranges_that_overlap_or_touch_but_not_those_with_a_gap() -> None:
    assert plan.kept([(0, 1000), (1000, 2000), (1500, 1800), (2001, 3000)], 5000) == ((0, 2000), (2001, 3000))


def test_it_takes_an_end_behind_the_video_as_its_end() -> None:
    assert plan.kept([(1000, 9000)], 5000) == ((1000, 5000),)


def test_it_removes_exactly_what_is_named() -> None:
    assert plan.without([(1000, 1500), (4000, 9999)], 5000) == ((0, 1000), (1500, 4000))


def test_it_drops_a_piece_too_short_to_be_seen() -> None:
    assert plan.without([(0, 1000), (1049, 2000)], 5000) == ((2000, 5000),)
    assert plan.without([(0, 1000), (1050, 2000)], 5000) == ((1000, 1050), (2000, 5000))


@pytest.mark.parametrize(
    ("pieces", "problem"),
    [
        ([(2000, 1000)], RangeReversed),
        ([(1000, 1000)], RangeReversed),
        ([(-1, 1000)], RangeOutside),
        ([(5000, 6000)], RangeOutside),
        ([(0, 49)], NothingLeft),
        ([], NothingLeft),
        ([(start, start + 5) for start in range(0, 5 * MAX_RANGES + 1, 5)], TooManyRanges),
    ],
)
def test_it_refuses_what_makes_no_cut(pieces: list[tuple[int, int]], problem: type[CutRefused]) -> None:
    with pytest.raises(problem):
        plan.kept(pieces, 5000)


def test_it_refuses_to_remove_everything() -> None:
    with pytest.raises(NothingLeft):
        plan.without([(0, 2000), (2000, 5000)], 5000)


def unbroken(wanted: set[int]) -> list[set[int]]:
    """The milliseconds of each piece without a gap."""
    pieces: list[set[int]] = []
    for ms in sorted(wanted):
        if ms - 1 in wanted:
            pieces[-1].add(ms)
        else:
            pieces.append({ms})
    return pieces


@given(ranges)
@example([(1, 2), (51, 52)])
def test_keeping_gives_the_named_milliseconds_and_removing_the_others(pieces: list[tuple[int, int]]) -> None:
    for make, wanted in (
        (plan.kept, milliseconds(pieces)),
        (plan.without, set(range(DURATION_MS)) - milliseconds(pieces)),
    ):
        try:
            made = make(pieces, DURATION_MS)
        except NothingLeft:
            made = ()
        assert milliseconds(made) <= wanted
        assert all(end - start >= SHORTEST_MS for start, end in made)
        assert all(before[1] < after[0] for before, after in pairwise(made))
        assert sum(end - start for start, end in made) == len(milliseconds(made))
        # What is missing are whole pieces too short to be seen.
        missing = wanted - milliseconds(made)
        assert all(len(piece) < SHORTEST_MS and piece <= missing for piece in unbroken(wanted) if piece & missing)


def test_it_cuts_a_plan_down_to_a_part_of_the_video() -> None:
    assert plan.overlap(((0, 1000), (2000, 3000), (4000, 5000)), 500, 2500) == ((500, 1000), (2000, 2500))
    with pytest.raises(NothingLeft):
        plan.overlap(((0, 1000),), 1000, 2000)


def test_a_long_pause_is_an_item_of_its_own() -> None:
    words = [Word(701, 1000, "one"), Word(1700, 2000, "two"), Word(2701, 3000, "three")]
    assert plan.items_of(words, 3700) == (
        Item(0, 701, ""),
        Item(701, 1000, "one"),
        Item(1700, 2000, "two"),
        Item(2000, 2701, ""),
        Item(2701, 3000, "three"),
    )


def test_a_video_without_words_is_one_pause() -> None:
    assert plan.items_of([], 3000) == (Item(0, 3000, ""),)


@pytest.mark.parametrize("case", SHARED_CASES, ids=lambda case: case["name"])
def test_it_plans_chosen_items(case: dict[str, Any]) -> None:
    items = [Item(start, end, text) for start, end, text in case["items"]]
    assert plan.of_items(items, case["kept"], case["duration_ms"]) == tuple(map(tuple, case["plan"]))


@given(spoken_words(), st.data())
def test_no_removed_word_is_heard_and_no_kept_one_clipped(words: list[Word], data: st.DataObject) -> None:
    duration_ms = (words[-1].end_ms if words else 0) + data.draw(st.integers(0, 2000)) + SHORTEST_MS
    is_kept = data.draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    try:
        made = plan.of_words(words, is_kept, duration_ms)
    except NothingLeft:
        assert not any(is_kept)
        return
    heard = milliseconds(made, duration_ms)
    for word, keeps in zip(words, is_kept, strict=True):
        spoken = set(range(word.start_ms, word.end_ms))
        assert spoken <= heard if keeps else not spoken & heard
    for start, end in made:
        around = [word for word, keeps in zip(words, is_kept, strict=True) if keeps and start <= word.start_ms < end]
        assert around or not words
        assert start == 0 or around[0].start_ms - start <= PADDING_MS
        assert end == duration_ms or end - around[-1].end_ms <= PADDING_MS


def test_a_pause_stays_between_words_that_stay() -> None:
    words = [Word(0, 500, "one"), Word(2000, 2500, "two"), Word(4000, 4500, "three")]
    assert len(plan.items_of(words, 5000)) == 5
    assert plan.of_words(words, [True, True, False], 5000) == ((0, 2500 + PADDING_MS),)


def test_a_pause_is_longer_than_its_limit_and_not_as_long() -> None:
    words = [Word(PAUSE_MS, 1000, "one"), Word(1000 + PAUSE_MS, 2000, "two"), Word(2001 + PAUSE_MS, 3000, "three")]
    assert [item.text for item in plan.items_of(words, 3000 + PAUSE_MS)] == ["one", "two", "", "three"]
    assert plan.items_of(words, 3001 + PAUSE_MS)[-1].is_pause
