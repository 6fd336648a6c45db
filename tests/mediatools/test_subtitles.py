from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mediatools.prepare import prepare
from mediatools.probe import probe
from mediatools.subtitles import Line, Subtitles, choose_stream, parse_webvtt, read_subtitles

Make = Callable[..., Path]
SOURCES = ("-f", "lavfi", "-i", "testsrc=s=96x64:d=1", "-f", "lavfi", "-i", "sine=d=1")
CODING = ("-map", "0", "-map", "1", "-map", "2", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac")
SRT = (
    "1\n00:00:00,200 --> 00:00:00,600\nFirst <i>line</i> &amp; more\n\n2\n00:00:00,700 --> 00:00:00,950\nTwo\nrows\n\n"
)
# "Hello", shown from the fifth to the twentieth frame.
SCC = "Scenarist_SCC V1.0\n\n00:00:00:05\t94ae 94ae 9420 9420 9470 9470 c8e5 ecec ef80 942f 942f\n\n00:00:00:20\t942c\n"


@pytest.fixture
def srt(tmp_path: Path) -> Path:
    path = tmp_path / "lines.srt"
    path.write_text(SRT)
    return path


@pytest.mark.parametrize(("name", "codec"), [("film.mp4", "mov_text"), ("film.mkv", "srt"), ("styled.mkv", "ass")])
def test_a_film_with_subtitles_is_taken_and_they_are_read(make: Make, srt: Path, name: str, codec: str) -> None:
    language = ("-metadata:s:s:0", "language=deu")
    film = make(name, *SOURCES, "-i", str(srt), *CODING, "-c:s", codec, *language)
    facts = prepare(film, film.with_name("video.mp4"), probe(film))
    assert facts.audio is not None
    found = read_subtitles(film)
    assert found is not None
    assert found.language == "deu"
    assert [line.text for line in found.lines] == ["First line & more", "Two rows"]
    assert [line.start_ms for line in found.lines] == pytest.approx([200, 700], abs=30)
    assert [line.end_ms for line in found.lines] == pytest.approx([600, 950], abs=30)


def test_captions_of_television_are_read(make: Make, tmp_path: Path) -> None:
    (tmp_path / "captions.scc").write_text(SCC)
    tape = make("tape.mov", *SOURCES, "-i", str(tmp_path / "captions.scc"), *CODING, "-c:s", "copy", "-tag:s", "c608")
    assert probe(tape).duration_ms == pytest.approx(1000, abs=60)
    found = read_subtitles(tape)
    assert found is not None
    assert [line.text for line in found.lines] == ["Hello"]


def test_a_file_without_subtitles_has_none(make: Make) -> None:
    assert read_subtitles(make("plain.mp4", *SOURCES, "-pix_fmt", "yuv420p")) is None


def test_the_default_text_is_chosen_and_forced_lines_are_not() -> None:
    pictures = {"index": 2, "codec_name": "hdmv_pgs_subtitle", "disposition": {"default": 1}}
    forced = {"index": 3, "codec_name": "subrip", "disposition": {"default": 1, "forced": 1}}
    first = {"index": 4, "codec_name": "subrip", "disposition": {"default": 0}}
    default = {"index": 5, "codec_name": "ass", "disposition": {"default": 1}}
    assert choose_stream([pictures, forced, first, default]) == default
    assert choose_stream([pictures, forced, first]) == first
    assert choose_stream([pictures, forced]) is None


def test_webvtt_is_read_in_order_without_what_is_empty() -> None:
    text = "WEBVTT\n\n01:00:02.500 --> 01:00:03.000\nlate\n\n00:01.000 --> 00:02.000\n{\\an8}up <b>there</b>\n\n"
    text += "00:03.000 --> 00:04.000\n<i></i>\n\nNOTE nothing\n"
    assert parse_webvtt(text) == (Line(1000, 2000, "up there"), Line(3_602_500, 3_603_000, "late"))


def test_a_million_lines_are_not_kept() -> None:
    text = "\n\n".join(["00:01.000 --> 00:02.000\nagain"] * 10_050)
    assert len(parse_webvtt(text)) == 10_000
    assert Subtitles("", parse_webvtt("")).lines == ()


@pytest.mark.parametrize(
    "row",
    ["1" * 900_000, "&#" + "1" * 900_000, "<" * 900_000, "{\\" * 450_000, "00:01.000 --> " * 60_000, " \n" * 450_000],
)
def test_a_row_made_to_keep_the_worker_busy_costs_everybody_nothing(row: str) -> None:
    began = time.monotonic()
    for text in (f"{row}\n\n", f"hello\n{row}\n", f"00:01.000 --> 00:02.000\nhello\n{row}\n", f"hello\n\n{row}"):
        lines = parse_webvtt(f"WEBVTT\n\n{text}")
        assert all(line.text.startswith("hello") and len(line.text) < 3000 for line in lines)
    assert time.monotonic() - began < 2


def test_hours_of_thousands_of_digits_are_no_time() -> None:
    hours = "1" * 5000
    assert parse_webvtt(f"{hours}:00:01.000 --> {hours}:00:02.000\nhello\n") == ()


def test_a_line_that_speaks_of_times_keeps_its_own() -> None:
    text = "WEBVTT\n\nname of a cue\n00:01.000 --> 00:02.000 align:left\nthen 00:05.000 --> 00:06.000\n"
    assert parse_webvtt(text) == (Line(1000, 2000, "then 00:05.000 --> 00:06.000"),)
