from __future__ import annotations

import pytest

from videos.text import lines, one_line


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("\u2066a\u2069 \u202bb\u202c", "a b"),
        ("pay\u200bpal\ufeff\u00ad", "paypal"),
        ("a\x00b\u2028c", "a b c"),
        ("see\U000e0041\U000e0042 this", "see this"),
    ],
)
def test_a_text_reads_as_it_was_written(sent: str, kept: str) -> None:
    assert one_line(sent) == kept


@pytest.mark.parametrize("nothing", ["\u3164", "\u200b", "\u200d \u200f", "\u2800\u2800", "\u202e"])
def test_a_text_of_which_nothing_is_seen_is_none(nothing: str) -> None:
    assert one_line(nothing) == lines(nothing) == ""


@pytest.mark.parametrize(
    "text",
    [
        "שלום עולם",
        "مرحبا بالعالم 123",
        "C++\u200f هي لغة",
        "می\u200cخواهم",  # Persian with a non-joiner
        "क्\u200dष",  # Hindi with a joiner
        "👩\u200d👩\u200d👧 ❤\ufe0f",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # Scotland
    ],
)
def test_writing_of_every_direction_and_emoji_stay_whole(text: str) -> None:
    assert one_line(text) == text
