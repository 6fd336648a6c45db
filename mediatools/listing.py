"""ffprobe's answer about a whole file, taken line by line: what is kept of a packet is some bytes."""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from mediatools.errors import UnplayableMedia

# Streams, their tags and the format; packets come beside, a line each.
MAX_DOCUMENT_BYTES = 4 * 1024 * 1024
_PACKET = b'{ "stream_index"'


@dataclass
class Timeline:
    """When the packets of one stream are shown, in seconds, in the order of the file."""

    times_s: array[float] = field(default_factory=lambda: array("d"))
    key_times_s: array[float] = field(default_factory=lambda: array("d"))
    earliest_shown_s: float | None = None
    has_hidden: bool = False
    _latest_s: float = float("-inf")
    _latest_duration_s: float | None = None

    def add(self, packet: dict[str, Any]) -> None:
        """Note one packet; one without a time counts for nothing."""
        time = packet.get("pts_time", packet.get("dts_time"))
        if time is None:
            return
        time_s, flags = float(time), packet.get("flags", "")
        self.times_s.append(time_s)
        if flags.startswith("K"):
            self.key_times_s.append(time_s)
        if "D" in flags:
            self.has_hidden = True
        elif self.earliest_shown_s is None or time_s < self.earliest_shown_s:
            self.earliest_shown_s = time_s
        if time_s >= self._latest_s:
            duration = packet.get("duration_time")
            self._latest_s, self._latest_duration_s = time_s, None if duration is None else float(duration)

    def end_s(self, *, default_gap_s: float) -> float:
        """When the last packet ends. Fragmented MP4 gives its packets no length: then the usual gap counts."""
        if self._latest_duration_s is not None:
            return self._latest_s + self._latest_duration_s
        in_order_s = sorted(self.times_s)
        gaps_s = [later - earlier for earlier, later in zip(in_order_s, in_order_s[1:], strict=False)]
        return self._latest_s + (median(gaps_s) if gaps_s else default_gap_s)


@dataclass(frozen=True)
class Listed:
    """All of a file: its streams as ffprobe's JSON says them, and their packets by the number of the stream.

    `clock_start_s` is where ffmpeg counts from: the earliest time of any stream, also of those that are not used.
    """

    streams: Sequence[Mapping[str, Any]]
    timelines: Mapping[int, Timeline]
    clock_start_s: float | None = None


class Listing:
    """Takes ffprobe's JSON (`-of json=compact=1`, which writes each innermost section on one line) as it comes.

    Raises UnplayableMedia at more than `max_packets`, or
    when all else is larger than MAX_DOCUMENT_BYTES.
    """

    def __init__(self, *, max_packets: int) -> None:
        self._timelines: dict[int, Timeline] = {}
        self._room = max_packets
        self._document = bytearray()
        self._unfinished = b""
        self._is_in_packet = False

    def take(self, data: bytes) -> None:
        """The next piece of what ffprobe writes."""
        *lines, self._unfinished = (self._unfinished + data).split(b"\n")
        for line in lines:
            self._take_line(line)
        if len(self._document) + len(self._unfinished) > MAX_DOCUMENT_BYTES:
            raise _too_much("what this file says about itself is larger than any video needs")

    def listed(self) -> Listed:
        """What it said, once ffprobe has ended."""
        document: dict[str, Any] = json.loads(self._document + self._unfinished)
        start = document["format"].get("start_time")
        return Listed(document["streams"], self._timelines, None if start is None else float(start))

    def _take_line(self, line: bytes) -> None:
        words = line.strip().rstrip(b",")
        if self._is_in_packet:
            # Lists stand on lines of their own also where nothing of them was asked for.
            self._is_in_packet = words != b"] }"
        elif words.startswith(_PACKET):
            self._is_in_packet = not words.endswith(b"}")
            self._take_packet(json.loads(words + b"}" if self._is_in_packet else words))
        else:
            self._document += line

    def _take_packet(self, packet: dict[str, Any]) -> None:
        self._room -= 1
        if self._room < 0:
            raise _too_much("this file is in far more pieces than a video of its length")
        self._timelines.setdefault(packet["stream_index"], Timeline()).add(packet)


def _too_much(reason: str) -> UnplayableMedia:
    return UnplayableMedia(f"This video cannot be read: {reason}.", code="damaged")
