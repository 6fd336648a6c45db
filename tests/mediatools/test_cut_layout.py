from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatools.cut_layout import MAX_RANGES, MAX_RUNS, Piece, Run, lay_out
from mediatools.errors import BadRanges

RATES = [Fraction(30), Fraction(25), Fraction(30_000, 1001), Fraction(15), Fraction(60)]


@st.composite
def kept(draw: st.DrawFn) -> list[tuple[int, int]]:
    edges = sorted(draw(st.sets(st.integers(0, 600_000), min_size=2, max_size=120)))
    return [(start, end) for start, end in pairwise(edges) if draw(st.booleans())] or [(edges[0], edges[-1] + 100)]


def pieces_of(runs: tuple[Run, ...]) -> list[tuple[Run, Piece]]:
    return [(run, piece) for run in runs for piece in run.pieces]


@given(kept(), st.sampled_from(RATES))
def test_sound_and_picture_of_every_range_are_at_most_half_a_frame_apart(
    keep_ms: list[tuple[int, int]], rate: Fraction
) -> None:
    try:
        runs = lay_out(keep_ms, rate, duration_ms=700_000)
    except BadRanges:
        assert sum(end - start for start, end in keep_ms) * rate < 1000
        return
    half_frame_s = 1 / rate / 2
    sound_s, frames = Fraction(0), 0
    for (start_ms, end_ms), (run, piece) in zip(keep_ms, pieces_of(runs), strict=True):
        # What is seen and heard at the joint, on the source's timeline.
        source_frame_s = Fraction(round(run.seek_us * rate / 1_000_000) + piece.first_frame) / rate
        source_sound_s = Fraction(start_ms, 1000)
        lag_s = (frames / rate - sound_s) - (source_frame_s - source_sound_s)
        assert abs(lag_s) <= half_frame_s or start_ms * rate < 500
        assert abs(frames / rate - sound_s) <= half_frame_s
        assert piece.sample_count == (end_ms - start_ms) * 48
        assert abs(run.seek_us * Fraction(48, 1000) + piece.first_sample - start_ms * 48) <= Fraction(1, 2)
        sound_s += Fraction(end_ms - start_ms, 1000)
        frames += piece.frame_count
    assert abs(frames / rate - sound_s) <= half_frame_s


@given(kept())
def test_ranges_keep_their_order_and_inputs_stay_few(keep_ms: list[tuple[int, int]]) -> None:
    keep_ms = [(start, end + 50) for start, end in keep_ms if end - start > 50][:1] or [(0, 100)]
    runs = lay_out(keep_ms, Fraction(30), duration_ms=700_000)
    assert 1 <= len(runs) <= MAX_RUNS
    for run in runs:
        assert all(later.first_sample > earlier.first_sample for earlier, later in pairwise(run.pieces))


def test_near_ranges_are_read_in_one_go_and_far_ones_are_sought() -> None:
    runs = lay_out([(5_000, 6_000), (8_000, 9_000), (20_000, 21_000)], Fraction(30), duration_ms=30_000)
    assert runs == (
        Run(3_000_000, (Piece(60, 30, 96_000, 48_000), Piece(150, 30, 240_000, 48_000))),
        Run(18_000_000, (Piece(60, 30, 96_000, 48_000),)),
    )


def test_many_far_ranges_share_inputs() -> None:
    runs = lay_out([(start, start + 1000) for start in range(0, 600_000, 6_000)], Fraction(30), duration_ms=600_000)
    assert len(runs) == MAX_RUNS
    assert sum(len(run.pieces) for run in runs) == 100


def test_a_range_at_the_start_has_no_lead() -> None:
    assert lay_out([(0, 1000)], Fraction(30), duration_ms=1000) == (Run(0, (Piece(0, 30, 0, 48_000),)),)


@pytest.mark.parametrize(
    ("keep_ms", "sentence"),
    [
        ([], "Nothing is kept."),
        ([(0, 10)], "shorter than one frame"),
        ([(5, 5)], "end after it starts"),
        ([(0, 500), (400, 900)], "must not overlap"),
        ([(500, 900), (0, 400)], "in order"),
        ([(-1, 900)], "between 0 and 1000"),
        ([(0, 1001)], "between 0 and 1000"),
        ([(n, n + 1) for n in range(MAX_RANGES + 1)], "at most 300"),
    ],
)
def test_it_refuses_ranges_that_make_no_cut(keep_ms: list[tuple[int, int]], sentence: str) -> None:
    with pytest.raises(BadRanges, match=sentence):
        lay_out(keep_ms, Fraction(30), duration_ms=1000)
