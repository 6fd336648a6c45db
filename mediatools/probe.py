"""Looking at a file and refusing what is not a playable video."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mediatools import process
from mediatools.encryption import has_encrypted_track
from mediatools.errors import ProgramFailed, UnplayableMedia
from mediatools.facts import DRAWN_SOUND, AudioStream, MediaFacts, VideoStream
from mediatools.listing import Listed, Listing, Timeline
from mediatools.source import file_url, reading_flags, sniff_container
from mediatools.streams import (
    DEFAULT_LIMITS,
    STREAM_ENTRIES,
    Limits,
    encrypted,
    parse_audio,
    parse_video,
    sparse_rate,
    too_large_picture,
    unsupported_codec,
)

__all__ = [
    "DEFAULT_LIMITS",
    "AudioStream",
    "Limits",
    "MediaFacts",
    "VideoStream",
    "parse_probe",
    "probe",
    "probe_prepared",
]

PROBE_TIMEOUT_S = 60.0
# A recorder that stops itself at the limit ends a little later than it.
DURATION_GRACE_MS = 2000
PACKET_ENTRIES = "packet=stream_index,pts_time,dts_time,duration_time,flags"
PREPARED_ENTRIES = "stream=nb_frames:format=duration"


def probe(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> MediaFacts:
    """Read the facts of a file that may be hostile. Few frames are decoded.

    1. All packets are listed, with the streams: their times tell the length, and no index has to be believed.
    2. Of the picture some frames are decoded.

    Raises UnplayableMedia with a sentence for the person who sent it, and the errors of process.run.
    """
    container = sniff_container(path)
    if container == "mp4" and has_encrypted_track(path):
        raise encrypted()
    listing = Listing(max_packets=limits.max_packets)
    entries = f"{STREAM_ENTRIES}:format=start_time:{PACKET_ENTRIES}"
    _ffprobe(path, container, limits, "-show_entries", entries, on_output=listing.take)
    listed = listing.listed()
    decoded = _decoded(path, container, limits, parse_video(listed.streams, limits))
    return parse_probe(
        container=container,
        size_bytes=path.stat().st_size,
        listed=replace(listed, streams=_with_extradata(listed.streams, decoded["streams"])),
        frames=decoded["frames"],
        limits=limits,
    )


def probe_prepared(path: Path) -> MediaFacts:
    """The facts of an MP4 of ours, from its header alone: how long it may be was decided when its source came.

    Raises UnplayableMedia when there is nothing in it, and the errors of process.run.
    """
    entries = f"{STREAM_ENTRIES}:stream=extradata:{PREPARED_ENTRIES}"
    document = json.loads(_ffprobe(path, "mp4", DEFAULT_LIMITS, "-show_data", "-show_entries", entries))
    streams = document["streams"]
    video = parse_video(streams, DEFAULT_LIMITS)
    duration_ms = round(float(document["format"].get("duration", 0)) * 1000)
    has_frames = any(stream["index"] == video.index and int(stream.get("nb_frames", 0)) for stream in streams)
    if not has_frames or duration_ms <= 0:
        raise UnplayableMedia("The picture of this video cannot be read: the file is damaged.", code="damaged")
    return MediaFacts(
        container="mp4",
        duration_ms=duration_ms,
        size_bytes=path.stat().st_size,
        video=video,
        audio=parse_audio(streams),
    )


def parse_probe(
    *,
    container: str,
    size_bytes: int,
    listed: Listed,
    frames: Sequence[Mapping[str, Any]],
    limits: Limits = DEFAULT_LIMITS,
) -> MediaFacts:
    """Turn what ffprobe said into facts. Raises UnplayableMedia."""
    video = parse_video(listed.streams, limits)
    audio = parse_audio(listed.streams)
    pictures = listed.timelines.get(video.index, Timeline())
    sounds = listed.timelines.get(audio.index, Timeline()) if audio else Timeline()
    sizes = {(frame["width"], frame["height"]) for frame in frames if "width" in frame}
    if video == DRAWN_SOUND:
        if not sounds.times_s:
            raise UnplayableMedia("The sound in this file cannot be read: the file is damaged.", code="damaged")
    elif not pictures.times_s or not sizes:
        raise UnplayableMedia("The picture of this video cannot be read: the file is damaged.", code="damaged")
    starts_s = [listed.clock_start_s, pictures.earliest_shown_s, sounds.earliest_shown_s]
    start_s = min((start_s for start_s in starts_s if start_s is not None), default=0.0)
    end_s = max(pictures.end_s(default_gap_s=float(1 / video.frame_rate)), sounds.end_s(default_gap_s=0.0))
    duration_ms = round((end_s - start_s) * 1000)
    _check_duration(duration_ms, limits)
    if video != DRAWN_SOUND:
        rate = sparse_rate(video.frame_rate, len(pictures.times_s), duration_ms)
        video = replace(video, frame_rate=rate)
    return MediaFacts(
        container=container,
        duration_ms=duration_ms,
        size_bytes=size_bytes,
        video=video,
        audio=audio,
        longest_key_frame_gap_ms=round(_longest_gap_s(sorted(pictures.key_times_s), start_s, end_s) * 1000),
        constant_size=video.codec == "h264" and len(sizes) == 1,
        has_hidden_frames=pictures.has_hidden,
    )


def _decoded(path: Path, container: str, limits: Limits, video: VideoStream) -> dict[str, Any]:
    """Sizes of decoded frames, as proof that the picture can be read, and the picture's extradata.

    All key frames of H.264, because its picture may be copied as a whole. Of others, and where an edit list
    hides the key frames, the first seconds are enough.
    """
    if video == DRAWN_SOUND:
        return {"streams": [], "frames": []}
    picture = ("-select_streams", str(video.index))
    entries = ("-show_data", "-show_entries", "stream=index,extradata:frame=width,height")
    first_seconds = ("-read_intervals", "%+2")
    for which in (("-skip_frame", "nokey"), first_seconds) if video.codec == "h264" else (first_seconds,):
        decoded: dict[str, Any] = json.loads(_ffprobe(path, container, limits, *which, *picture, *entries))
        if decoded.setdefault("frames", []):
            break
    return decoded


def _with_extradata(
    streams: Sequence[Mapping[str, Any]], further: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    extradata = {stream["index"]: stream.get("extradata", "") for stream in further}
    return [{**stream, "extradata": extradata.get(stream["index"], "")} for stream in streams]


def _longest_gap_s(key_times_s: Sequence[float], start_s: float, end_s: float) -> float:
    edges_s = [start_s, *key_times_s, end_s]
    return max(later - earlier for earlier, later in zip(edges_s, edges_s[1:], strict=False))


def _check_duration(duration_ms: int, limits: Limits) -> None:
    if duration_ms <= 0:
        raise UnplayableMedia("This video has no length: the file is damaged.", code="damaged")
    if duration_ms > limits.max_duration_ms + DURATION_GRACE_MS:
        minutes = f"{limits.max_duration_ms / 60_000:g}"
        raise UnplayableMedia(
            f"This video is longer than {minutes} minutes, the most that is accepted.", code="too_long"
        )


def _ffprobe(
    path: Path, container: str, limits: Limits, *options: str, on_output: Callable[[bytes], None] | None = None
) -> bytes:
    """ffprobe's JSON, each innermost section on a line of its own; empty where `on_output` takes it."""
    guards = reading_flags(container, max_pixels=limits.max_pixels)
    argv = ["ffprobe", "-v", "error", *guards, *options, "-of", "json=compact=1", file_url(path)]
    try:
        return process.run(argv, timeout_s=PROBE_TIMEOUT_S, on_output=on_output).stdout
    except ProgramFailed as failure:
        raise _refusal(failure.stderr_tail) from failure


def _refusal(stderr_tail: str) -> UnplayableMedia:
    """Why ffprobe could not open a file. These words are those of ffmpeg 5.1's decoders."""
    if "exceeds specified max pixel count" in stderr_tail or "Cannot allocate memory" in stderr_tail:
        return too_large_picture()
    foreign_codec = re.search(r"Codec \((\w+)\) not on whitelist", stderr_tail)
    if foreign_codec:
        return unsupported_codec(foreign_codec[1])
    return UnplayableMedia("This video cannot be read: the file is damaged or not complete.", code="damaged")
