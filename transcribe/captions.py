"""Subtitle files as text: WebVTT (W3C WebVTT, section 4) and SRT. Pure.

People may correct subtitles, so the text of a cue can hold anything. Nothing in it may end the cue, begin another or
become markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
BLANK_LINES = re.compile(r"\s*\n\s*")
VTT_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
SRT_STAND_INS = str.maketrans({"<": "‹", ">": "›"})
"""SRT has no escapes: players take ``<`` for a tag and ``-->`` for times, so look-alikes stand in for them."""


class TimedText(Protocol):
    """A cue: text shown from ``start_ms`` to ``end_ms``."""

    @property
    def start_ms(self) -> int: ...

    @property
    def end_ms(self) -> int: ...

    @property
    def text(self) -> str: ...


def webvtt(cues: Iterable[TimedText]) -> str:
    """A WebVTT file, valid also without cues. Cues are put in order; those without visible text are left out."""
    blocks = [
        f"{_timestamp(cue.start_ms, '.')} --> {_timestamp(_end_ms(cue), '.')}\n{text.translate(VTT_ESCAPES)}\n"
        for cue, text in _visible(cues)
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def srt(cues: Iterable[TimedText]) -> str:
    """A SubRip file; empty without cues. Cues are put in order; those without visible text are left out."""
    blocks = [
        f"{number}\n{_timestamp(cue.start_ms, ',')} --> {_timestamp(_end_ms(cue), ',')}\n{_srt_text(text)}\n"
        for number, (cue, text) in enumerate(_visible(cues), start=1)
    ]
    return "\n".join(blocks)


def _visible(cues: Iterable[TimedText]) -> Iterator[tuple[TimedText, str]]:
    for cue in sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms)):
        if text := _clean(cue.text):
            yield cue, text


def _clean(text: str) -> str:
    """The text without control characters, half characters, blank lines and blanks around lines."""
    whole = text.encode("utf-8", errors="replace").decode("utf-8")
    lines = CONTROLS.sub("", whole.replace("\r\n", "\n").replace("\r", "\n"))
    return BLANK_LINES.sub("\n", lines).strip()


def _srt_text(text: str) -> str:
    # "{\" opens an ASS override in most SRT players; a blank between the two keeps it text.
    return text.translate(SRT_STAND_INS).replace("{\\", "{ \\")


def _end_ms(cue: TimedText) -> int:
    """A player drops a cue that does not end after its start (WebVTT 4.1), so each lasts at least 1 ms."""
    return max(cue.end_ms, cue.start_ms + 1)


def _timestamp(at_ms: int, decimal_mark: str) -> str:
    seconds, milliseconds = divmod(max(at_ms, 0), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{decimal_mark}{milliseconds:03}"
