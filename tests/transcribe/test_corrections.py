from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from transcribe.corrections import corrected_words
from transcribe.cues import Word

HEARD = [Word(0, 400, "ask"), Word(500, 900, "knot"), Word(1000, 1300, "what"), Word(1500, 2000, "county.")]


def corrected(text: str, end_ms: int = 2100) -> list[tuple[int, int, str]]:
    return [(word.start_ms, word.end_ms, word.text) for word in corrected_words(text, HEARD, 0, end_ms)]


def test_words_that_stay_keep_their_times_and_others_take_those_of_what_they_replace() -> None:
    assert corrected("Ask not what country!") == [
        (0, 400, "Ask"),
        (500, 900, "not"),
        (1000, 1300, "what"),
        (1500, 2000, "country!"),
    ]


def test_two_words_for_one_share_its_time_by_length() -> None:
    assert corrected("ask kno t what county.")[1:3] == [(500, 800, "kno"), (800, 900, "t")]


def test_a_removed_word_is_not_shown() -> None:
    assert corrected("ask what county.") == [(0, 400, "ask"), (1000, 1300, "what"), (1500, 2000, "county.")]


def test_a_new_word_shares_the_time_of_the_word_before_it_and_the_pause_behind() -> None:
    assert corrected("ask knot what your county.")[2:] == [
        (1000, 1250, "what"),
        (1250, 1500, "your"),
        (1500, 2000, "county."),
    ]


def test_a_new_word_at_the_front_shares_the_time_of_the_first() -> None:
    assert corrected("So ask knot what county.")[:2] == [(0, 160, "So"), (160, 400, "ask")]


def test_a_new_word_at_the_end_takes_the_rest_of_the_cue() -> None:
    assert corrected("ask knot what county. county2")[-1][1] == 2100


def test_scripts_without_spaces_are_timed_by_sign() -> None:
    words = corrected_words("今日は雨", [Word(0, 600, "今日"), Word(600, 800, "は"), Word(800, 1200, "飴")], 0, 1200)
    assert [word.text for word in words] == ["今", "日", "は", "雨"]
    assert (words[2].start_ms, words[2].end_ms) == (600, 800)


def test_a_cue_without_recognised_words_gives_its_own_time() -> None:
    assert corrected_words("hello you", [], 100, 900) == (Word(100, 600, "hello"), Word(600, 900, "you"))


def test_a_line_of_very_many_words_is_timed_at_once_and_not_compared_word_by_word() -> None:
    heard = [Word(place * 10, place * 10 + 10, "ab"[place % 2]) for place in range(2000)]
    started_s = time.process_time()
    words = corrected_words("a b " * 1000, heard, 0, 20_000)
    assert time.process_time() - started_s < 1
    assert (len(words), words[0].start_ms, words[-1].end_ms) == (2000, 0, 20_000)


@given(st.lists(st.sampled_from(["ask", "not", "what", "county", "a", "for", "ever-lasting"]), min_size=1, max_size=30))
def test_every_shown_word_has_sensible_times_within_the_cue(texts: list[str]) -> None:
    words = corrected_words(" ".join(texts), HEARD, 0, 2100)
    assert [word.text for word in words] == texts
    assert all(0 <= word.start_ms < word.end_ms <= 2100 for word in words)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(words))
