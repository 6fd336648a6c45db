"""Looking at a file and refusing what is not a playable video."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from mediatools import process
from mediatools.encryption import has_encrypted_track
from mediatools.errors import ProgramFailed, UnplayableMedia
from mediatools.facts import DRAWN_SOUND, AudioStream, MediaFacts, VideoStream
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

__all__ = ["DEFAULT_LIMITS", "AudioStream", "Limits", "MediaFacts", "VideoStream", "parse_probe", "probe"]

PROBE_TIMEOUT_S = 60.0
# A recorder that stops itself at the limit ends a little later than it.
DURATION_GRACE_MS = 2000
PACKET_ENTRIES = "packet=stream_index,pts_time,dts_time,duration_time,flags"


def probe(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> MediaFacts:
    """Read the facts of a file that may be hostile. Few frames are decoded.

    Raises UnplayableMedia with a sentence for the person who sent it, and the errors of process.run.
    """
    container = sniff_container(path)
    if container == "mp4" and has_encrypted_track(path):
        raise encrypted()
    streams = _ffprobe(path, container, limits, "-show_data", "-show_entries", STREAM_ENTRIES)["streams"]
    video = parse_video(streams, limits)
    packets = _ffprobe(path, container, limits, "-show_entries", PACKET_ENTRIES).get("packets", [])
    frames = _frames(path, container, limits, video)
    return parse_probe(
        container=container,
        size_bytes=path.stat().st_size,
        streams=streams,
        packets=packets,
        frames=frames,
        limits=limits,
    )


def parse_probe(
    *,
    container: str,
    size_bytes: int,
    streams: Sequence[Mapping[str, Any]],
    packets: Sequence[Mapping[str, Any]],
    frames: Sequence[Mapping[str, Any]],
    limits: Limits = DEFAULT_LIMITS,
) -> MediaFacts:
    """Turn ffprobe's JSON lists into facts. Raises UnplayableMedia."""
    video = parse_video(streams, limits)
    audio = parse_audio(streams)
    pictures = _timeline([packet for packet in packets if packet.get("stream_index") == video.index])
    sounds = _timeline([packet for packet in packets if audio and packet.get("stream_index") == audio.index])
    sizes = {(frame["width"], frame["height"]) for frame in frames if "width" in frame}
    if video == DRAWN_SOUND:
        if not sounds.times_s:
            raise UnplayableMedia("The sound in this file cannot be read: the file is damaged.", code="damaged")
    elif not pictures.times_s or not sizes:
        raise UnplayableMedia("The picture of this video cannot be read: the file is damaged.", code="damaged")
    start_s = max(0.0, min([*pictures.times_s, *sounds.times_s]))
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
        longest_key_frame_gap_ms=round(_longest_gap_s(pictures.key_times_s, start_s, end_s) * 1000),
        constant_size=video.codec == "h264" and len(sizes) == 1,
        has_hidden_frames=pictures.has_hidden,
    )


def _frames(path: Path, container: str, limits: Limits, video: VideoStream) -> list[dict[str, Any]]:
    """Sizes of decoded frames: proof that the picture can be read.

    All key frames of H.264, because its picture may be copied as a whole. Of others, and where an edit list
    hides the key frames, the first seconds are enough.
    """
    if video == DRAWN_SOUND:
        return []
    entries = ("-select_streams", str(video.index), "-show_entries", "frame=width,height")
    frames: list[dict[str, Any]] = []
    if video.codec == "h264":
        frames = _ffprobe(path, container, limits, "-skip_frame", "nokey", *entries).get("frames", [])
    return frames or _ffprobe(path, container, limits, "-read_intervals", "%+2", *entries).get("frames", [])


@dataclass(frozen=True)
class _Timeline:
    times_s: list[float]
    key_times_s: list[float]
    last_duration_s: float | None
    has_hidden: bool

    def end_s(self, *, default_gap_s: float) -> float:
        """When the last packet ends. Fragmented MP4 gives its packets no length: then the usual gap counts."""
        if not self.times_s:
            return 0.0
        if self.last_duration_s is not None:
            return self.times_s[-1] + self.last_duration_s
        gaps_s = [later - earlier for earlier, later in zip(self.times_s, self.times_s[1:], strict=False)]
        return self.times_s[-1] + (median(gaps_s) if gaps_s else default_gap_s)


def _timeline(packets: Sequence[Mapping[str, Any]]) -> _Timeline:
    timed = [
        (float(packet.get("pts_time", packet.get("dts_time"))), packet)
        for packet in packets
        if "pts_time" in packet or "dts_time" in packet
    ]
    timed.sort(key=lambda pair: pair[0])
    duration = timed[-1][1].get("duration_time") if timed else None
    return _Timeline(
        times_s=[time_s for time_s, _ in timed],
        key_times_s=[time_s for time_s, packet in timed if packet.get("flags", "").startswith("K")],
        last_duration_s=None if duration is None else float(duration),
        has_hidden=any("D" in packet.get("flags", "") for _, packet in timed),
    )


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


def _ffprobe(path: Path, container: str, limits: Limits, *options: str) -> dict[str, Any]:
    guards = reading_flags(container, max_pixels=limits.max_pixels)
    argv = ["ffprobe", "-v", "error", *guards, *options, "-of", "json=compact=1", file_url(path)]
    try:
        finished = process.run(argv, timeout_s=PROBE_TIMEOUT_S)
    except ProgramFailed as failure:
        raise _refusal(failure.stderr_tail) from failure
    document: dict[str, Any] = json.loads(finished.stdout)
    return document


def _refusal(stderr_tail: str) -> UnplayableMedia:
    """Why ffprobe could not open a file. These words are those of ffmpeg 5.1's decoders."""
    if "exceeds specified max pixel count" in stderr_tail or "Cannot allocate memory" in stderr_tail:
        return too_large_picture()
    foreign_codec = re.search(r"Codec \((\w+)\) not on whitelist", stderr_tail)
    if foreign_codec:
        return unsupported_codec(foreign_codec[1])
    return UnplayableMedia("This video cannot be read: the file is damaged or not complete.", code="damaged")
