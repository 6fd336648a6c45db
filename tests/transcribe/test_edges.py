from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcribe.sounds import Samples, bursts, noise, silence
from transcribe.cues import Word, repaired
from transcribe.edges import snapped
from transcribe.loudness import levels

NEAR_MS = 30


def times(words: list[Word], sound: Samples) -> list[tuple[int, int]]:
    return [(word.start_ms, word.end_ms) for word in snapped(words, levels(sound))]


def near(*spans: tuple[int, int]) -> object:
    return [pytest.approx(span, abs=NEAR_MS) for span in spans]


@pytest.fixture
def two_words() -> Samples:
    """Sound from 1000 to 1500 and from 2300 to 2800 ms."""
    return bursts(4000, [(1000, 1500), (2300, 2800)])


def test_a_pause_given_to_the_word_before_it_is_taken_away(two_words: Samples) -> None:
    assert times([Word(1000, 2300, "one"), Word(2300, 2800, "two")], two_words) == near((1000, 1500), (2300, 2800))


def test_a_pause_given_to_the_word_after_it_is_taken_away(two_words: Samples) -> None:
    assert times([Word(1000, 1500, "one"), Word(1500, 2800, "two")], two_words) == near((1000, 1500), (2300, 2800))


def test_a_word_that_reaches_into_the_next_one_gives_it_back(two_words: Samples) -> None:
    assert times([Word(1000, 2450, "one"), Word(2450, 2800, "two")], two_words) == near((1000, 1500), (2300, 2800))


def test_a_word_that_begins_in_the_last_one_gives_it_back(two_words: Samples) -> None:
    assert times([Word(1000, 1350, "one"), Word(1350, 2800, "two")], two_words) == near((1000, 1500), (2300, 2800))


def test_words_that_are_too_short_grow_to_their_pauses(two_words: Samples) -> None:
    assert times([Word(1200, 1300, "one"), Word(2450, 2600, "two")], two_words) == near((1000, 1500), (2300, 2800))


def test_silence_before_the_first_and_after_the_last_word_is_taken_away(two_words: Samples) -> None:
    assert times([Word(0, 1500, "one"), Word(2300, 4000, "two")], two_words) == near((1000, 1500), (2300, 2800))


def test_the_border_of_words_without_a_pause_between_them_stays(two_words: Samples) -> None:
    assert times([Word(1000, 1260, "o"), Word(1260, 1500, "ne")], two_words) == near((1000, 1260), (1260, 1500))


def test_the_closure_of_a_consonant_is_no_pause() -> None:
    sound = bursts(3000, [(1000, 1300), (1380, 1700)])
    assert times([Word(1000, 1700, "actor")], sound) == near((1000, 1700))


def test_faint_recordings_are_snapped_alike(two_words: Samples) -> None:
    faint = two_words * np.float32(0.02)
    assert times([Word(1000, 2300, "one"), Word(2300, 2800, "two")], faint) == near((1000, 1500), (2300, 2800))


def test_a_quiet_room_beside_digital_silence_is_still_quiet() -> None:
    sound = np.concatenate([silence(3000), bursts(2000, [(500, 1000)], floor_db=-62), silence(3000)])
    assert times([Word(3000, 6000, "word")], sound) == near((3500, 4000))


@pytest.mark.parametrize("sound", [noise(3000, -20), silence(3000)])
def test_where_there_are_no_pauses_times_stay(sound: Samples) -> None:
    assert times([Word(500, 900, "one"), Word(900, 2000, "two")], sound) == [(500, 900), (900, 2000)]


def test_a_word_that_lies_in_a_pause_keeps_its_time(two_words: Samples) -> None:
    assert times([Word(1700, 2000, "hm")], two_words) == [(1700, 2000)]


def test_no_words_stay_no_words() -> None:
    assert snapped([], levels(noise(1000, -30))) == []


@given(st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 6000)), max_size=20), st.integers(0, 2**16))
def test_words_stay_in_order_apart_and_in_the_recording(spans: list[tuple[int, int]], seed: int) -> None:
    loudness = np.random.default_rng(seed).choice([-70, -65, -20, -12], 20).repeat(30).astype(np.float32)
    words = repaired([Word(start, end, "word") for start, end in sorted(spans)], 6000)

    moved = snapped(words, loudness)

    assert len(moved) == len(words)
    assert all(0 <= word.start_ms < word.end_ms <= 6000 for word in moved)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(moved))
