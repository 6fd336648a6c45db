from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutting.errors import NothingLeft, TextNotFound, TextTooLong
from cutting.text_match import TEXT_MAX, Span, find, folded
from transcribe.cues import Word

SPEECH = (
    "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country. "
    "Don't forget 1961: it’s cold-hearted and rather café-like."
)


def spoken(text: str) -> list[Word]:
    return [Word(index * 300, index * 300 + 250, word) for index, word in enumerate(text.split())]


def said(span: Span, text: str = SPEECH) -> str:
    return " ".join(text.split()[span.first : span.last + 1])


def found(wanted: str, text: str = SPEECH) -> list[str]:
    return [said(span, text) for span in find(wanted, spoken(text))]


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("my fellow Americans", "my fellow Americans,"),
        ("MY FELLOW AMERICANS!!", "my fellow Americans,"),
        ("ask what you can do", "ask what you can do"),
        ("ask not what your county can do", "ask not what your country can do"),
        ("my fellow american", "my fellow Americans,"),
        ("don’t forget", "Don't forget"),
        ("it's cold hearted", "it’s cold-hearted"),
        ("“cold-hearted” and rather cafe like", "cold-hearted and rather café-like."),
        ("what your country can for you", "what your country can do for you,"),
        ("1961", "1961:"),
        ("country.", "country"),
    ],
)
def test_it_finds_what_is_said_however_it_is_written(wanted: str, there: str) -> None:
    assert found(wanted) == [there]


def test_parts_are_found_one_after_the_other() -> None:
    assert found("my fellow\nask what you") == ["my fellow", "ask what you"]
    assert found("ask ... ask … country") == ["ask", "ask", "country."]


def test_a_part_that_is_said_earlier_is_found_there() -> None:
    assert found("your country. Don't ... and so") == ["your country. Don't", "And so,"]


@pytest.mark.parametrize("wanted", ["ask what the moon can do", "county fairs", "1962", "is", "banana"])
def test_it_refuses_what_is_not_said(wanted: str) -> None:
    with pytest.raises(TextNotFound, match=wanted):
        find(wanted, spoken(SPEECH))


def test_it_names_the_part_that_is_missing() -> None:
    with pytest.raises(TextNotFound, match="«a banana»") as refusal:
        find("my fellow Americans\na banana", spoken(SPEECH))
    assert "fellow" not in refusal.value.message


@pytest.mark.parametrize("wanted", ["", "  \n ", "...", "?!", "«»"])
def test_it_refuses_a_text_without_words(wanted: str) -> None:
    with pytest.raises(NothingLeft):
        find(wanted, spoken(SPEECH))


def test_it_refuses_a_text_that_is_too_long() -> None:
    with pytest.raises(TextTooLong):
        find("a " * TEXT_MAX, spoken(SPEECH))


def test_it_finds_nothing_where_nobody_speaks() -> None:
    with pytest.raises(TextNotFound):
        find("hello", [])


def test_scripts_without_spaces_are_compared_by_sign() -> None:
    words = [Word(0, 1, "今日"), Word(1, 2, "は"), Word(2, 3, "良い"), Word(3, 4, "天気"), Word(4, 5, "です。")]
    assert find("良い天気", words) == (Span(2, 3),)


@given(st.lists(st.sampled_from(["red", "green", "blue", "one", "two", "three"]), min_size=3, max_size=30), st.data())
def test_whatever_was_said_is_found_where_it_is_said(words: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    (span,) = find(" ".join(words[first : last + 1]).upper() + "!", spoken(" ".join(words)))
    assert words[span.first : span.last + 1] == words[first : last + 1]


@given(st.text(max_size=40))
def test_any_text_gives_a_span_or_a_clear_refusal(text: str) -> None:
    try:
        spans = find(text, spoken(SPEECH))
    except (TextNotFound, NothingLeft) as refusal:
        assert refusal.message
    else:
        assert all(0 <= span.first <= span.last < len(SPEECH.split()) for span in spans)


def test_ten_minutes_of_speech_with_many_errors_are_found_in_time() -> None:
    speech = [f"{'abcdefghij'[index % 10]}word{index * 7919 % 1801}" for index in range(1800)]
    heard = [word if index % 6 else "noise" for index, word in enumerate(speech)]
    started_s = time.monotonic()
    (span,) = find(" ".join(speech[100:1700]), spoken(" ".join(heard)))
    assert abs(span.first - 100) <= 1
    assert abs(span.last - 1699) <= 1
    assert time.monotonic() - started_s < 10


def test_compatible_forms_fold_to_the_same() -> None:
    assert folded("Ｆｕｌｌ Straße ÉCOLE ﬁne") == "fullstrasseecolefine"


def test_a_text_of_many_parts_with_errors_is_refused_before_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cutting.text_match.COMPARED_MAX", sum(range(21, 41)))
    said = [f"number{place:03d}word" for place in range(40)]
    words = [Word(place * 400, place * 400 + 300, text) for place, text in enumerate(said)]
    typed = [text.replace("word", "ward") for text in said]

    assert len(find("\n".join(said), words)) == 40
    assert len(find("\n".join(typed[:20] + said[20:]), words)) == 40
    with pytest.raises(TextTooLong, match="«number020ward»"):
        find("\n".join(typed), words)


LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("count", "typed"),
    [
        pytest.param(34_000, " ".join(LETTERS[place * 11 % 26] for place in range(290)), id="many words"),
        pytest.param(3_000, " ".join(LETTERS[place * 11 % 26] for place in range(290)), id="just within the limit"),
        pytest.param(34_000, "\n".join("zq"[place % 2] for place in range(9000)), id="many literal parts"),
        pytest.param(34_000, "a h o v c j q x e l s z g n u b i p w d k r y f m t " * 380, id="one long literal part"),
    ],
)
def test_nobody_holds_the_site_up_with_a_text_of_letters_against_a_video_of_letters(count: int, typed: str) -> None:
    words = [Word(place, place + 1, LETTERS[place * 7 % 26]) for place in range(count)]
    started_s = time.process_time()
    with suppress(TextTooLong, TextNotFound):
        find(typed, words)
    assert time.process_time() - started_s < 4
