"""Subtitles that a file brings along: read as text with times."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import ffmpeg

from mediatools import encoding, process
from mediatools.errors import ProgramFailed
from mediatools.source import TEXT_SUBTITLE_CODECS, file_url, reading_flags, reading_options, sniff_container

TIMEOUT_S = 60.0
# Ten minutes with fifteen lines a second: more cannot be read.
MAX_LINES = 10_000
STREAM_ENTRIES = "stream=index,codec_name:stream_disposition=default,forced:stream_tags=language"
# Far more than a line of subtitles has; what is beyond is cut off before anything looks for patterns in it.
MAX_TEXT = 2000
# Hours have two digits or more; a thousand of them are more than any film has.
_TIME = r"(?:([0-9]{1,4}):)?([0-9]{2}):([0-9]{2})\.([0-9]{3})"
_TIMES = re.compile(rf"{_TIME} --> {_TIME}(?![0-9])")
# Markup of WebVTT and what ffmpeg leaves of that of ASS.
_MARKUP = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")


@dataclass(frozen=True)
class Line:
    """What is shown from `start_ms` to `end_ms` on the timeline of the prepared video, in one line."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True)
class Subtitles:
    """`language` is what the file calls it, mostly three letters of ISO 639-2, "" where it does not say."""

    language: str
    lines: tuple[Line, ...]


def read_subtitles(source: Path) -> Subtitles | None:
    """The subtitles of a source that was accepted; None where it has none that are text, or they cannot be read.

    Raises FileNotFoundError, UnplayableMedia and, but for ProgramFailed, the errors of process.run.
    """
    container = sniff_container(source)
    try:
        stream = choose_stream(_streams(source, container))
        if stream is None:
            return None
        written = process.run(subtitles_argv(source, container, stream["index"]), timeout_s=TIMEOUT_S).stdout
    except ProgramFailed:
        return None
    lines = parse_webvtt(written.decode(errors="replace"))
    return Subtitles(stream.get("tags", {}).get("language", ""), lines) if lines else None


def choose_stream(streams: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The default one of those that are text, else the first. Forced ones translate only a few foreign lines."""
    texts = [
        stream
        for stream in streams
        if stream.get("codec_name") in TEXT_SUBTITLE_CODECS and not stream.get("disposition", {}).get("forced")
    ]
    texts.sort(key=lambda stream: not stream.get("disposition", {}).get("default"))
    return texts[0] if texts else None


def subtitles_argv(source: Path, container: str, index: int) -> list[str]:
    """The command that writes one stream of subtitles as WebVTT to stdout."""
    stream = ffmpeg.input(file_url(source), **reading_options(container))[str(index)]
    return encoding.compile_argv(ffmpeg.output(stream, "pipe:1", **{"f": "webvtt", "c:s": "webvtt"}))


def parse_webvtt(text: str) -> tuple[Line, ...]:
    """Lines in the order of their times, without markup and what is empty; at most MAX_LINES."""
    found = (_line(block) for block in _blocks(text))
    return tuple(sorted((line for line in found if line), key=lambda line: line.start_ms)[:MAX_LINES])


def _blocks(text: str) -> Iterator[list[str]]:
    """The rows between rows that are blank."""
    for is_blank, rows in groupby(text.split("\n"), key=lambda row: not row or row.isspace()):
        if not is_blank:
            yield list(rows)


def _line(block: Sequence[str]) -> Line | None:
    """None for what has no times, as a note has none, or nothing to read.

    Times stand at the beginning of the first row or, below a cue's name, of the second. What stands behind them would
    be settings, which ffmpeg never writes.
    """
    for number, row in enumerate(block[:2], start=1):
        if times := _TIMES.match(row):
            text = "\n".join(block[number:])[:MAX_TEXT]
            words = html.unescape(_MARKUP.sub("", text)).split()
            return Line(_ms(times.groups()[:4]), _ms(times.groups()[4:]), " ".join(words)) if words else None
    return None


def _ms(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds, milliseconds = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds


def _streams(source: Path, container: str) -> list[dict[str, Any]]:
    argv = ["ffprobe", "-v", "error", *reading_flags(container), "-select_streams", "s"]
    argv += ["-show_entries", STREAM_ENTRIES, "-of", "json=compact=1", file_url(source)]
    streams: list[dict[str, Any]] = json.loads(process.run(argv, timeout_s=TIMEOUT_S).stdout).get("streams", [])
    return streams
