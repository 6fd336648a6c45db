"""What ffprobe says of a file's streams, turned into plain values."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mediatools.errors import UnplayableMedia
from mediatools.facts import DRAWN_SOUND, AudioStream, VideoStream
from mediatools.source import AUDIO_CODECS, MAX_PIXELS, VIDEO_CODECS

PACKETS_ALWAYS = 10_000
PACKETS_PER_S = 1000
FALLBACK_FRAME_RATE = Fraction(30)
MAX_FRAME_RATE = Fraction(60)
# ffprobe's r_frame_rate is the finest grid that holds all timestamps: for a browser's recordings often 1000 or 90000.
MAX_SANE_FRAME_RATE = Fraction(240)
# A screen that seldom changes still moves smoothly when it does; five frames in ten minutes do not become 36,000.
MOST_REPETITIONS = 10
SPARSE_FRAME_RATE = Fraction(5)
# What parse_video and parse_audio have to be given; the codec string needs the extradata, too.
STREAM_ENTRIES = (
    "stream=index,codec_name,profile,codec_type,width,height,sample_aspect_ratio,pix_fmt,field_order,"
    "color_transfer,r_frame_rate,sample_rate,channels:stream_disposition=attached_pic:"
    "stream_side_data=side_data_type,rotation"
)
# Pixels may be wide or narrow within reason: what is beyond is a mistake or an attack.
MAX_PIXEL_ASPECT = 8
# Old telephones have 8000 Hz, the first videos of the web 5512, studios up to 768,000. Beyond, ffmpeg works for minutes
# on a kilobyte.
SAMPLE_RATES = range(4000, 768_001)
# For other numbers ffmpeg knows no places of loudspeakers, without which it cannot mix them to two.
CHANNELS = (*range(9), 16)


@dataclass(frozen=True)
class Limits:
    """What is accepted: length in milliseconds and pixels in one picture."""

    max_duration_ms: int = 600_000
    max_pixels: int = MAX_PIXELS

    @property
    def max_packets(self) -> int:
        """More than any recording has: sound in pieces of 2.5 ms, three more tracks and 240 pictures a second."""
        return PACKETS_ALWAYS + PACKETS_PER_S * self.max_duration_ms // 1000


DEFAULT_LIMITS = Limits()


def parse_video(streams: Sequence[Mapping[str, Any]], limits: Limits) -> VideoStream:
    """The first moving picture; a music file's cover does not count. DRAWN_SOUND where there is only sound.

    Raises UnplayableMedia.
    """
    pictures = [
        stream
        for stream in streams
        if stream.get("codec_type") == "video" and not stream.get("disposition", {}).get("attached_pic")
    ]
    if not pictures and any(stream.get("codec_type") == "audio" for stream in streams):
        return DRAWN_SOUND
    if not pictures:
        raise UnplayableMedia("There is neither picture nor sound in this file.", code="no_picture")
    stream = pictures[0]
    codec = _accepted_codec(stream, VIDEO_CODECS)
    width, height = stream.get("width", 0), stream.get("height", 0)
    if width * height > limits.max_pixels:
        raise too_large_picture()
    if width < 1 or height < 1:
        raise UnplayableMedia("The picture of this video has no size: the file is damaged.", code="damaged")
    rotation = _rotation(stream)
    shown_width, shown_height = max(1, round(width * _pixel_aspect(stream))), height
    if rotation in (90, 270):
        shown_width, shown_height = shown_height, shown_width
    return VideoStream(
        codec=codec,
        profile=stream.get("profile", ""),
        pixel_format=stream.get("pix_fmt", ""),
        width=width,
        height=height,
        rotation=rotation,
        frame_rate=_frame_rate(stream.get("r_frame_rate", "0/0")),
        display_width=shown_width,
        display_height=shown_height,
        codec_string=_codec_string(codec, stream.get("extradata", "")),
        index=stream["index"],
        is_interlaced=stream.get("field_order", "progressive") in ("tt", "bb", "tb", "bt"),
        transfer=stream.get("color_transfer", ""),
    )


def parse_audio(streams: Sequence[Mapping[str, Any]]) -> AudioStream | None:
    """The first sound in a codec that can be read, None when there is no sound. Raises UnplayableMedia."""
    sounds = [stream for stream in streams if stream.get("codec_type") == "audio"]
    if not sounds:
        return None
    readable = [stream for stream in sounds if stream.get("codec_name") in AUDIO_CODECS]
    stream = (readable or sounds)[0]
    codec = _accepted_codec(stream, AUDIO_CODECS)
    sample_rate, channels = int(stream.get("sample_rate", 0)), int(stream.get("channels", 0))
    if (sample_rate and sample_rate not in SAMPLE_RATES) or channels not in CHANNELS:
        raise _unsupported_sound(sample_rate, channels)
    return AudioStream(codec=codec, sample_rate=sample_rate, channels=channels, index=stream["index"])


def too_large_picture() -> UnplayableMedia:
    return UnplayableMedia(
        "The picture of this video is too large: at most 8K is accepted, less where memory is short.",
        code="too_large_picture",
    )


def encrypted() -> UnplayableMedia:
    return UnplayableMedia(
        "This video is encrypted (DRM): it can only be played by the app or shop that it comes from.", code="encrypted"
    )


def unsupported_codec(codec: str) -> UnplayableMedia:
    return UnplayableMedia(f"This video uses {codec}, which cannot be read here.", code="unsupported_codec")


def _unsupported_sound(sample_rate: int, channels: int) -> UnplayableMedia:
    return UnplayableMedia(
        f"The sound of this file has {channels} channels at {sample_rate} Hz. Up to 8 channels, or 16, and "
        f"{SAMPLE_RATES.start} to {SAMPLE_RATES.stop - 1} Hz can be read: save it as stereo at 48000 Hz.",
        code="unsupported_sound",
    )


def _accepted_codec(stream: Mapping[str, Any], accepted: set[str]) -> str:
    # WebM tells of its keys beside the stream.
    if any(str(data.get("side_data_type")).startswith("Encryption") for data in stream.get("side_data_list", [])):
        raise encrypted()
    codec = str(stream.get("codec_name", "an unknown codec"))
    if codec not in accepted:
        raise unsupported_codec(codec)
    return codec


def _rotation(stream: Mapping[str, Any]) -> int:
    # The display matrix counts counter-clockwise (ISO/IEC 14496-12, 6.2.2). A tag "rotate" turns nothing in ffmpeg.
    for side_data in stream.get("side_data_list", []):
        if "rotation" in side_data:
            return round(-float(side_data["rotation"]) / 90) * 90 % 360
    return 0


def _pixel_aspect(stream: Mapping[str, Any]) -> float:
    across, _, down = stream.get("sample_aspect_ratio", "1:1").partition(":")
    if int(across) <= 0 or int(down or 0) <= 0:
        return 1.0
    aspect = int(across) / int(down)
    return aspect if 1 / MAX_PIXEL_ASPECT <= aspect <= MAX_PIXEL_ASPECT else 1.0


def sparse_rate(frame_rate: Fraction, frame_count: int, duration_ms: int) -> Fraction:
    """The rate to render at: lower where there are so few frames that nearly all would be repetitions."""
    mean = Fraction(frame_count * 1000, max(1, duration_ms))
    return min(frame_rate, max(SPARSE_FRAME_RATE, Fraction(math.ceil(mean * MOST_REPETITIONS))))


def _frame_rate(rate: str) -> Fraction:
    numerator, _, denominator = rate.partition("/")
    if int(denominator or 1) == 0:
        return FALLBACK_FRAME_RATE
    exact = Fraction(int(numerator), int(denominator or 1)).limit_denominator(1001)
    if exact < 1 or exact > MAX_SANE_FRAME_RATE:
        return FALLBACK_FRAME_RATE
    return min(exact, MAX_FRAME_RATE)


def _codec_string(codec: str, extradata_dump: str) -> str | None:
    """RFC 6381, section 3.3: profile, constraints and level as three bytes.

    They stand in the AVCDecoderConfigurationRecord of MP4 (ISO/IEC 14496-15, 5.3.3.1) or, where a browser's Matroska
    holds bare parameter sets instead, at the start of the sequence parameter set.
    """
    extradata = _dumped_bytes(extradata_dump)
    record = re.match(rb"\x01(...)|\x00?\x00\x00\x01[\x07\x27\x47\x67](...)", extradata, re.DOTALL)
    if codec != "h264" or record is None:
        return None
    return f"avc1.{(record[1] or record[2]).hex().upper()}"


def _dumped_bytes(dump: str) -> bytes:
    """Undo ffprobe's dump: lines of an address, eight groups of two bytes and the same as characters."""
    return bytes.fromhex("".join(line[10:49] for line in dump.splitlines() if line))
