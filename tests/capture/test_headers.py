from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from capture.headers import encode_metadata, parse_metadata

VISIBLE = st.characters(codec="ascii", min_codepoint=33, max_codepoint=126, exclude_characters=",")
KEYS = st.text(VISIBLE, min_size=1, max_size=64)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(st.dictionaries(KEYS, TEXTS, max_size=6))
def test_metadata_survive_the_way_there_and_back(metadata: dict[str, str]) -> None:
    assert parse_metadata(encode_metadata(metadata)) == metadata


def test_no_metadata_is_fine() -> None:
    assert parse_metadata("") == parse_metadata(" ") == {}
