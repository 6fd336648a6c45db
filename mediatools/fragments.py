"""How long segments of fragmented MP4 are, from the lengths of their own samples (ISO/IEC 14496-12, section 8.8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mediatools.boxes import Box, boxes, descend

# Flags of tfhd (8.8.7) and trun (8.8.8): which fields are there.
TFHD_BASE_OFFSET, TFHD_DESCRIPTION, TFHD_DURATION = 0x1, 0x2, 0x8
TRUN_DATA_OFFSET, TRUN_FIRST_FLAGS, TRUN_DURATION = 0x1, 0x4, 0x100
TRUN_OFFSET = 0x800
TRUN_SAMPLE_FIELDS = (TRUN_DURATION, 0x200, 0x400, TRUN_OFFSET)


@dataclass(frozen=True)
class Track:
    """One track of an initialisation part. `shift_s` is what its edit list adds to all times."""

    number: int
    is_video: bool
    timescale: int
    default_duration: int
    shift_s: float


@dataclass(frozen=True)
class Span:
    """From when to when the samples of a track in one segment last, in seconds of the playlist's time."""

    start_s: float
    end_s: float


def durations_s(init: Path, segments: list[Path]) -> list[float]:
    """The length of each segment: to the picture's beginning in the next one, that of the last to the end of all.

    The first begins at 0, or where its first sample is seen or heard. Raises ValueError for a segment without samples.
    """
    tracks = read_tracks(init)
    spans = [read_spans(segment, tracks) for segment in segments]
    leading = next((number for number, track in tracks.items() if track.is_video), next(iter(tracks), 0))
    if not all(leading in found for found in spans):
        raise ValueError("A segment has no samples.")
    starts_s = [found[leading].start_s for found in spans]
    starts_s[0] = max(0.0, min(span.start_s for span in spans[0].values()))
    end_s = max(span.end_s for span in spans[-1].values())
    return [after - before for before, after in zip(starts_s, [*starts_s[1:], end_s], strict=True)]


def read_tracks(init: Path) -> dict[int, Track]:
    """The tracks by their numbers."""
    with init.open("rb") as file:
        whole = Box("", 0, init.stat().st_size)
        defaults = {
            _number(file, box, 4): _number(file, box, 12) for box in descend(file, whole, "moov", "mvex", "trex")
        }
        header = next(descend(file, whole, "moov", "mvhd"))
        movie_timescale = _number(file, header, 20 if _version(file, header) else 12)
        tracks = [_track(file, box, defaults, movie_timescale) for box in descend(file, whole, "moov", "trak")]
    return {track.number: track for track in tracks}


def read_spans(segment: Path, tracks: dict[int, Track]) -> dict[int, Span]:
    """What each track has in one segment."""
    spans: dict[int, Span] = {}
    with segment.open("rb") as file:
        for box in descend(file, Box("", 0, segment.stat().st_size), "moof", "traf"):
            number, start, end = _traf(file, box, tracks)
            track = tracks[number]
            start_s, end_s = (time / track.timescale + track.shift_s for time in (start, end))
            known = spans.get(number)
            spans[number] = (
                Span(min(start_s, known.start_s), max(end_s, known.end_s)) if known else Span(start_s, end_s)
            )
    return spans


def _track(file: BinaryIO, trak: Box, defaults: dict[int, int], movie_timescale: int) -> Track:
    header = next(descend(file, trak, "tkhd"))
    media = next(descend(file, trak, "mdia", "mdhd"))
    handler = next(descend(file, trak, "mdia", "hdlr"))
    number = _number(file, header, 20 if _version(file, header) else 12)
    timescale = _number(file, media, 20 if _version(file, media) else 12)
    shift_s = sum(-time / timescale if time >= 0 else empty / movie_timescale for empty, time in _edits(file, trak))
    return Track(number, _bytes(file, handler, 8, 4) == b"vide", timescale, defaults.get(number, 0), shift_s)


def _edits(file: BinaryIO, trak: Box) -> Iterator[tuple[int, int]]:
    """Length and media time of each entry of the edit list (8.6.6); the time -1 stands for emptiness so long."""
    for box in descend(file, trak, "edts", "elst"):
        size = 8 if _version(file, box) else 4
        for entry in range(_number(file, box, 4)):
            place = 8 + entry * (2 * size + 4)
            time = int.from_bytes(_bytes(file, box, place + size, size), "big", signed=True)
            yield _number(file, box, place, size), time


def _traf(file: BinaryIO, traf: Box, tracks: dict[int, Track]) -> tuple[int, int, int]:
    """The track's number, when its samples start to be shown and when the last ends, in its timescale."""
    decoded, number, default = 0, 0, 0
    starts, ends = [], []
    for box in boxes(file, traf.start, traf.end):
        if box.kind == "tfhd":
            number, default = _defaults(file, box, tracks)
        elif box.kind == "tfdt":
            decoded = _number(file, box, 4, 8 if _version(file, box) else 4)
        elif box.kind == "trun":
            for duration, offset in _samples(file, box, default):
                starts.append(decoded + offset)
                ends.append(decoded + offset + duration)
                decoded += duration
    return number, min(starts, default=decoded), max(ends, default=decoded)


def _defaults(file: BinaryIO, tfhd: Box, tracks: dict[int, Track]) -> tuple[int, int]:
    flags, number = _number(file, tfhd, 1, 3), _number(file, tfhd, 4)
    if not flags & TFHD_DURATION:
        return number, tracks[number].default_duration
    return number, _number(file, tfhd, 8 + 8 * bool(flags & TFHD_BASE_OFFSET) + 4 * bool(flags & TFHD_DESCRIPTION))


def _samples(file: BinaryIO, trun: Box, default: int) -> Iterator[tuple[int, int]]:
    """How long each sample lasts, and how much later than decoded it is shown."""
    flags, count = _number(file, trun, 1, 3), _number(file, trun, 4)
    first = 8 + 4 * bool(flags & TRUN_DATA_OFFSET) + 4 * bool(flags & TRUN_FIRST_FLAGS)
    fields = [field for field in TRUN_SAMPLE_FIELDS if flags & field]
    table = _bytes(file, trun, first, 4 * len(fields) * count)
    for number in range(count):
        values = {
            field: table[4 * place : 4 * place + 4] for place, field in enumerate(fields, start=number * len(fields))
        }
        duration = int.from_bytes(values[TRUN_DURATION], "big") if TRUN_DURATION in values else default
        yield duration, int.from_bytes(values.get(TRUN_OFFSET, b""), "big", signed=True)


def _version(file: BinaryIO, box: Box) -> int:
    return _number(file, box, 0, 1)


def _number(file: BinaryIO, box: Box, offset: int, size: int = 4) -> int:
    return int.from_bytes(_bytes(file, box, offset, size), "big")


def _bytes(file: BinaryIO, box: Box, offset: int, size: int) -> bytes:
    file.seek(box.start + offset)
    return file.read(size)
