"""The text of HLS playlists (RFC 8216): pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Segment:
    """One piece of a media playlist."""

    uri: str
    duration_s: float


@dataclass(frozen=True)
class MediaPlaylist:
    """What a media playlist names: the initialisation part and the segments in order."""

    target_duration_s: int
    init_uri: str | None
    segments: tuple[Segment, ...]
    is_complete: bool


@dataclass(frozen=True)
class Rendition:
    """One line of choice in a master playlist. `bandwidth` is the peak, both are in bits a second."""

    uri: str
    bandwidth: int
    average_bandwidth: int
    width: int
    height: int
    frame_rate: Fraction
    codecs: str


def parse_media_playlist(text: str) -> MediaPlaylist:
    """Read a media playlist as ffmpeg writes it: one initialisation part at most, no byte ranges."""
    target_duration_s, duration_s, init_uri = 0, 0.0, None
    segments = []
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name == "#EXT-X-TARGETDURATION":
            target_duration_s = int(value)
        elif name == "#EXT-X-MAP":
            init_uri = value.split('URI="', 1)[1].split('"', 1)[0]
        elif name == "#EXTINF":
            duration_s = float(value.split(",", 1)[0])
        elif line and not line.startswith("#"):
            segments.append(Segment(line, duration_s))
    return MediaPlaylist(target_duration_s, init_uri, tuple(segments), "#EXT-X-ENDLIST" in text.splitlines())


def media_playlist(init_uri: str, segments: Sequence[Segment]) -> str:
    """A finished playlist; EXT-X-TARGETDURATION is the longest segment, rounded (RFC 8216, section 4.3.3.1)."""
    longest_s = max(segment.duration_s for segment in segments)
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{max(1, int(longest_s + 0.5))}"]
    lines += ["#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-INDEPENDENT-SEGMENTS"]
    lines.append(f'#EXT-X-MAP:URI="{init_uri}"')
    for segment in segments:
        lines += [f"#EXTINF:{segment.duration_s:.6f},", segment.uri]
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def master_playlist(renditions: Sequence[Rendition]) -> str:
    """The master playlist of these renditions.

    Without EXT-X-START: ffmpeg's reader takes that tag in a master for the beginning of a media playlist of its own,
    and players that are made of it then see every stream twice and no length.
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for rendition in renditions:
        lines += [_stream_line(rendition), rendition.uri]
    return "\n".join(lines) + "\n"


def peak_bandwidth(sizes_bytes: Sequence[int], durations_s: Sequence[float], target_duration_s: float) -> int:
    """The highest rate in bits a second over any run of segments half to one and a half target durations long.

    RFC 8216, section 4.1 defines the peak segment bit rate so. A playlist too short for such a run counts as a whole.
    """
    rates = [sum(sizes_bytes) * 8 / max(sum(durations_s), 0.001)]
    for first in range(len(sizes_bytes)):
        size_bytes, duration_s = 0, 0.0
        for size, duration in zip(sizes_bytes[first:], durations_s[first:], strict=True):
            size_bytes, duration_s = size_bytes + size, duration_s + duration
            if duration_s > 1.5 * target_duration_s:
                break
            if duration_s >= 0.5 * target_duration_s:
                rates.append(size_bytes * 8 / duration_s)
    return round(max(rates))


def _stream_line(rendition: Rendition) -> str:
    attributes = [
        f"BANDWIDTH={rendition.bandwidth}",
        f"AVERAGE-BANDWIDTH={rendition.average_bandwidth}",
        f'CODECS="{rendition.codecs}"',
        f"RESOLUTION={rendition.width}x{rendition.height}",
        f"FRAME-RATE={float(rendition.frame_rate):.3f}",
        "CLOSED-CAPTIONS=NONE",
    ]
    return "#EXT-X-STREAM-INF:" + ",".join(attributes)
