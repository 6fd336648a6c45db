from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transcribe.loudness import Levels
from transcribe.windows import LONGEST_MS, SHORTEST_MS, Window, windows


def loud(frames: int) -> Levels:
    return np.full(frames, -20, dtype=np.float32)


@given(st.integers(0, 20_000), st.integers(0, 2**32 - 1))
def test_windows_cover_everything_once_and_none_is_too_long(frames: int, seed: int) -> None:
    found = windows(np.random.default_rng(seed).uniform(-60, -10, frames).astype(np.float32))

    assert [window.start_ms for window in found] == [0, *(window.end_ms for window in found[:-1])][: len(found)]
    assert (found[-1].end_ms if found else 0) == frames * 10
    assert all(0 < window.end_ms - window.start_ms <= LONGEST_MS for window in found)
    assert all(before.end_ms - before.start_ms >= SHORTEST_MS for before, _ in pairwise(found))


def test_what_fits_is_one_window() -> None:
    assert windows(loud(2900)) == [Window(0, 29_000)]
    assert windows(loud(0)) == []


def test_a_long_recording_is_cut_in_the_middle_of_its_last_pause() -> None:
    sound = loud(4000)
    for pause in (2000, 2400):
        sound[pause : pause + 60] = -60
    assert windows(sound) == [Window(0, 24_300), Window(24_300, 40_000)]
