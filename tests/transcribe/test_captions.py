from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from transcribe.captions import srt, webvtt
from transcribe.cues import CueText

CUES = st.lists(
    st.builds(
        CueText,
        st.integers(0, 400_000_000),
        st.integers(0, 400_000_000),
        st.text() | st.text(alphabet="<>&-\r\n\0 {\\a1:,.é", max_size=30),
        st.just(()),
    ),
    max_size=8,
)
VTT_BLOCK = re.compile(
    r"\d{2,}:[0-5]\d:[0-5]\d\.\d{3} --> \d{2,}:[0-5]\d:[0-5]\d\.\d{3}\n[^\n<>\r\0]+(\n[^\n<>\r\0]+)*"
)
SRT_BLOCK = re.compile(
    r"\d+\n\d{2,}:[0-5]\d:[0-5]\d,\d{3} --> \d{2,}:[0-5]\d:[0-5]\d,\d{3}\n[^\n<>\r\0]+(\n[^\n<>\r\0]+)*"
)


def cue(start_ms: int, end_ms: int, text: str) -> CueText:
    return CueText(start_ms, end_ms, text, ())


@given(CUES)
def test_no_text_breaks_a_webvtt_file(cues: list[CueText]) -> None:
    head, *blocks = webvtt(cues).removesuffix("\n").split("\n\n") if cues else ["WEBVTT"]
    assert head.strip() == "WEBVTT"
    assert len(blocks) <= len(cues)
    assert all(VTT_BLOCK.fullmatch(block) for block in blocks)


@given(CUES)
def test_no_text_breaks_an_srt_file(cues: list[CueText]) -> None:
    blocks = srt(cues).removesuffix("\n").split("\n\n")
    assert blocks == [""] or all(SRT_BLOCK.fullmatch(block) for block in blocks)
    srt(cues).encode("utf-8")


def test_webvtt_is_written_as_the_format_says() -> None:
    cues = [cue(800, 3020, "And so,\nmy fellow Americans"), cue(3_661_001, 360_000_000, "ask")]
    assert webvtt(cues) == (
        "WEBVTT\n\n00:00:00.800 --> 00:00:03.020\nAnd so,\nmy fellow Americans\n\n01:01:01.001 --> 100:00:00.000\nask\n"
    )


def test_srt_is_written_as_the_format_says() -> None:
    assert srt([cue(800, 3020, "And so"), cue(3_661_001, 3_661_500, "ask")]) == (
        "1\n00:00:00,800 --> 00:00:03,020\nAnd so\n\n2\n01:01:01,001 --> 01:01:01,500\nask\n"
    )


def test_without_cues_the_files_are_empty_but_valid() -> None:
    assert webvtt([]) == "WEBVTT\n"
    assert srt([]) == ""


def test_markup_and_arrows_are_shown_as_text() -> None:
    cues = [cue(0, 10, "a <b>&amp;</b> --> 00:00")]
    assert "a &lt;b&gt;&amp;amp;&lt;/b&gt; --&gt; 00:00\n" in webvtt(cues)
    assert "a ‹b›&amp;‹/b› --› 00:00\n" in srt(cues)


def test_position_commands_of_srt_players_are_shown_as_text() -> None:
    assert "{ \\an8}up {here}\n" in srt([cue(0, 10, "{\\an8}up {here}")])


def test_blank_lines_returns_and_nul_go() -> None:
    assert webvtt([cue(0, 10, "\r\n one\r\r \r\ntwo\0 \n")]).endswith("\none\ntwo\n")


def test_cues_are_put_in_order_and_empty_ones_left_out() -> None:
    cues = [cue(500, 600, "second"), cue(300, 400, " \n"), cue(0, 100, "first")]
    assert [block.splitlines()[-1] for block in srt(cues).split("\n\n")] == ["first", "second"]


def test_a_cue_that_ends_at_its_start_lasts_a_millisecond() -> None:
    assert "00:00:00.500 --> 00:00:00.501" in webvtt([cue(500, 500, "now")])
