from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from transcribe.cues import CUE_LIMIT_CHARACTERS, CUE_LIMIT_MS, PAUSE_MS, Word, group_words, joined, repaired

TEXTS = st.text(alphabet="aZß.,?!—字 ", min_size=0, max_size=100)
TIMES = st.integers(min_value=-500, max_value=90_000)
WORDS = st.lists(st.builds(Word, TIMES, TIMES, TEXTS), max_size=60)


def spoken(text: str, *, start_ms: int = 0, word_ms: int = 300, gap_ms: int = 0) -> list[Word]:
    """The words of a text, one after the other."""
    words = []
    for index, word in enumerate(text.split()):
        begins_ms = start_ms + index * (word_ms + gap_ms)
        words.append(Word(begins_ms, begins_ms + word_ms, word))
    return words


def texts(words: list[Word]) -> list[str]:
    return [cue.text for cue in group_words(words)]


@given(WORDS, st.integers(min_value=0, max_value=90_000))
def test_repaired_words_are_in_order_apart_and_within_the_duration(words: list[Word], duration_ms: int) -> None:
    mended = repaired(words, duration_ms)

    assert all(0 <= word.start_ms < word.end_ms <= duration_ms for word in mended)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(mended))
    kept = [word.text.strip() for word in words if word.text.strip()]
    assert [word.text for word in mended] == kept[:duration_ms]
    assert repaired(mended, duration_ms) == mended


def test_words_that_need_no_repair_stay_as_they_are() -> None:
    words = [Word(0, 200, "as"), Word(200, 450, "they"), Word(900, 1000, "are")]
    assert repaired(words, 1000) == words


def test_reversed_empty_and_overlapping_words_are_repaired() -> None:
    words = [Word(500, 100, "reversed"), Word(900, 900, "empty"), Word(950, 1500, "long"), Word(1200, 1300, " over ")]
    assert repaired(words, 1400) == [
        Word(500, 580, "reversed"),
        Word(900, 950, "empty"),
        Word(950, 1200, "long"),
        Word(1200, 1300, "over"),
    ]


@given(WORDS)
def test_cues_hold_every_word_once_and_never_overlap(words: list[Word]) -> None:
    cues = group_words(words)

    assert [word.text for cue in cues for word in cue.words] == [w.text.strip() for w in words if w.text.strip()]
    assert all(cue.start_ms < cue.end_ms for cue in cues)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(cues))


@given(WORDS)
def test_a_cue_of_several_words_is_short_enough_to_read(words: list[Word]) -> None:
    for cue in group_words(words):
        assert cue.text == joined(cue.words)
        assert (cue.start_ms, cue.end_ms) == (cue.words[0].start_ms, cue.words[-1].end_ms)
        if len(cue.words) > 1:
            assert len(cue.text) <= CUE_LIMIT_CHARACTERS
            assert cue.end_ms - cue.start_ms <= CUE_LIMIT_MS
            assert all(after.start_ms - before.end_ms <= PAUSE_MS for before, after in pairwise(cue.words))


def test_nothing_said_makes_no_cues() -> None:
    assert group_words([]) == []
    assert group_words([Word(0, 100, "  ")]) == []


def test_each_sentence_is_a_cue_of_its_own() -> None:
    assert texts(spoken('Yes. Who is it? "Me!" Come in…')) == ["Yes.", "Who is it?", '"Me!"', "Come in…"]


def test_a_title_or_a_full_stop_before_a_small_letter_ends_no_sentence() -> None:
    assert texts(spoken("And Mr. Dashwood came. He left at 5 p.m. by coach.")) == [
        "And Mr. Dashwood came.",
        "He left at 5 p.m. by coach.",
    ]


def test_a_pause_ends_a_cue() -> None:
    words = [*spoken("before it"), *spoken("after it", start_ms=600 + PAUSE_MS + 1)]
    assert texts(words) == ["before it", "after it"]


def test_a_long_sentence_is_split_after_a_comma_near_its_middle() -> None:
    sentence = "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for it."
    assert texts(spoken(sentence, word_ms=200)) == [
        "And so, my fellow Americans,",
        "ask not what your country can do for you, ask what you can do for it.",
    ]


def test_a_long_sentence_without_commas_is_split_into_even_parts() -> None:
    parts = texts(spoken("word " * 30, word_ms=150))
    assert [len(part) for part in parts] == [74, 74]


def test_words_of_scripts_without_spaces_are_joined_without_them() -> None:
    assert texts([Word(0, 300, "你好"), Word(300, 600, "世界"), Word(600, 900, "OK")]) == ["你好世界 OK"]


def test_a_pause_is_longer_than_its_limit_and_not_as_long() -> None:
    words = [Word(0, 500, "one"), Word(500 + PAUSE_MS, 2000, "two"), Word(2001 + PAUSE_MS, 3500, "three")]
    assert texts(words) == ["one two", "three"]
