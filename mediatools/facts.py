"""What is known about a media file once it was probed: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class VideoStream:
    """The picture. `width` and `height` are as coded, before rotation and before stretching odd pixels.

    `rotation` is what a player has to turn the picture clockwise: 0, 90, 180 or 270 degrees. `frame_rate` is a
    sensible constant rate to render at, between 1 and 60. `codec_string` is RFC 6381's, for example "avc1.42C01F";
    only known for H.264. `index` is the stream's number in the file.
    """

    codec: str
    profile: str
    pixel_format: str
    width: int
    height: int
    rotation: int
    frame_rate: Fraction
    display_width: int
    display_height: int
    codec_string: str | None
    index: int = 0
    is_interlaced: bool = False


@dataclass(frozen=True)
class AudioStream:
    """The sound. `index` is the stream's number in the file."""

    codec: str
    sample_rate: int
    channels: int
    index: int = 1


@dataclass(frozen=True)
class MediaFacts:
    """One playable file. `container` is "mp4" (also QuickTime) or "matroska" (also WebM).

    `duration_ms` is counted from the packets, so it is also known for a MediaRecorder's WebM and true for a recording
    that was cut off. `constant_size` is only looked for in H.264, the one codec whose picture may be copied, and false
    for others.
    """

    container: str
    duration_ms: int
    size_bytes: int
    video: VideoStream
    audio: AudioStream | None
    longest_key_frame_gap_ms: int
    constant_size: bool
    has_hidden_frames: bool = False
