"""What is known about a media file once it was probed: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

# Perceptual quantiser and hybrid log-gamma (ITU-R BT.2100).
HDR_TRANSFERS = {"smpte2084", "arib-std-b67"}


@dataclass(frozen=True)
class VideoStream:
    """The picture. `width` and `height` are as coded, before rotation and before stretching odd pixels.

    `rotation` is what a player has to turn the picture clockwise: 0, 90, 180 or 270 degrees. `frame_rate` is a
    sensible constant rate to render at, between 1 and 60. `codec_string` is RFC 6381's, for example "avc1.42C01F";
    only known for H.264. `index` is the stream's number in the file. `transfer` is ffmpeg's name of the transfer
    function (ITU-T H.273, table 3), "" where the file does not say.
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
    transfer: str = ""

    @property
    def is_hdr(self) -> bool:
        return self.transfer in HDR_TRANSFERS


DRAWN_SOUND = VideoStream(
    codec="",
    profile="",
    pixel_format="yuv420p",
    width=720,
    height=720,
    rotation=0,
    frame_rate=Fraction(25),
    display_width=720,
    display_height=720,
    codec_string=None,
    index=-1,
)


@dataclass(frozen=True)
class AudioStream:
    """The sound. `index` is the stream's number in the file."""

    codec: str
    sample_rate: int
    channels: int
    index: int = 1


@dataclass(frozen=True)
class MediaFacts:
    """One playable file. `container` is a name in containers.CONTAINERS, "mp4" also for QuickTime.

    `duration_ms` is counted from the packets, so it is also known for a MediaRecorder's WebM and true for a recording
    that was cut off. The last three are looked for in a source only, to tell whether its picture may be copied.
    `constant_size` is only looked for in H.264, the one codec whose picture may be copied, and false
    for others.
    """

    container: str
    duration_ms: int
    size_bytes: int
    video: VideoStream
    audio: AudioStream | None
    longest_key_frame_gap_ms: int = 0
    constant_size: bool = True
    has_hidden_frames: bool = False

    @property
    def is_sound_alone(self) -> bool:
        """There is no picture in the file: `video` describes the one that is drawn from the sound."""
        return self.video.index == DRAWN_SOUND.index


def facts_to_json(facts: MediaFacts) -> dict[str, Any]:
    """Plain values that can be kept and read again with facts_from_json."""
    values = asdict(facts)
    values["video"]["frame_rate"] = str(facts.video.frame_rate)
    return values


def facts_from_json(values: Mapping[str, Any]) -> MediaFacts | None:
    """What facts_to_json wrote; None when it was written by a version that knew other facts."""
    try:
        video, audio = values["video"], values["audio"]
        streams = {
            "video": VideoStream(**{**video, "frame_rate": Fraction(video["frame_rate"])}),
            "audio": None if audio is None else AudioStream(**audio),
        }
        return MediaFacts(**{**values, **streams})
    except (KeyError, TypeError, ValueError):
        return None
