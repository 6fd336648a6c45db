from __future__ import annotations

import pytest

from transcribe.cues import Word
from transcribe.strong_words import STRONG_WORDS, hidden


def shown(text: str, language: str = "en") -> str:
    words = [Word(place * 100, place * 100 + 90, word) for place, word in enumerate(text.split())]
    found = list(hidden(words, language))
    assert [(word.start_ms, word.end_ms) for word in found] == [(word.start_ms, word.end_ms) for word in words]
    return " ".join(word.text for word in found)


def test_a_strong_word_is_its_first_letter_whatever_is_around_it() -> None:
    assert shown("What the Fuck! “Shit”, he said: mother-fucking bullshit...") == (
        "What the F***! “S***”, he said: mother-f****** b*******..."
    )


@pytest.mark.parametrize("text", ["Scunthorpe is a class of assessment", "a shiitake, shitake and Dick", "Cocktail"])
def test_a_harmless_word_that_looks_like_one_stays(text: str) -> None:
    assert shown(text) == text


def test_each_language_has_its_own_words() -> None:
    assert shown("So eine Scheiße!", "de") == "So eine S******!"
    assert shown("Me la puta", "es") == "Me la p***"
    assert shown("la puta", "en") == "la puta"
    assert shown("fuck", "ja") == "fuck"


def test_the_lists_are_written_as_they_are_compared() -> None:
    assert all(word == word.casefold() for words in STRONG_WORDS.values() for word in words)
