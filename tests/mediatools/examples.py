"""Facts and words that several tests of commands share."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from mediatools.facts import AudioStream, MediaFacts, VideoStream

COPY_SAFE = MediaFacts(
    container="mp4",
    duration_ms=34_000,
    size_bytes=5_840_192,
    video=VideoStream(
        codec="h264",
        profile="Constrained Baseline",
        pixel_format="yuv420p",
        width=1280,
        height=720,
        rotation=0,
        frame_rate=Fraction(30),
        display_width=1280,
        display_height=720,
        codec_string="avc1.42C01F",
    ),
    audio=AudioStream("opus", 48_000, 2),
    longest_key_frame_gap_ms=2034,
    constant_size=True,
)
CODECS = (
    "aac,ac3,ac3_fixed,alac,ass,av1,eac3,flac,h264,hevc,libdav1d,mjpeg,movtext,mp3,mp3float,mpeg4,opus,pcm_f32le,"
    "pcm_s16be,pcm_s16le,pcm_s24be,pcm_s24le,png,prores,srt,ssa,subrip,vorbis,vp8,vp9,webvtt"
)
FORMATS = {"mov": "mov,mp4,m4a,3gp,3g2,mj2", "matroska": "matroska,webm"}


def facts_of(*, audio: AudioStream | None = COPY_SAFE.audio, **changes: Any) -> MediaFacts:
    """COPY_SAFE with changes: those of the picture by their own names."""
    of_video = {name: changes.pop(name) for name in list(changes) if name in VideoStream.__dataclass_fields__}
    return replace(COPY_SAFE, audio=audio, video=replace(COPY_SAFE.video, **of_video), **changes)


def reading_words(demuxer: str) -> list[str]:
    """What has to stand before each input that may be hostile, in the order of ffmpeg-python."""
    return [
        *(
            "-f",
            demuxer,
            "-codec_whitelist",
            CODECS,
            "-fflags",
            "+discardcorrupt",
            "-format_whitelist",
            FORMATS[demuxer],
        ),
        *("-max_pixels", "8912896", "-max_streams", "32", "-protocol_whitelist", "file"),
    ]
