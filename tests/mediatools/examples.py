"""Facts and words that several tests of commands share."""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from mediatools.facts import AudioStream, MediaFacts, VideoStream

# From where the kind of the box is said, in its version 0.
TKHD_MATRIX_OFFSET = 44
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
    "aac,ac3,ac3_fixed,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms,adpcm_swf,alac,amr_nb,amr_wb,amrnb,amrwb,ass,av1,bmp,"
    "cc_dec,dvbsub,dvdsub,dvvideo,eac3,eia_608,flac,flv,flv1,h263,h264,hevc,libdav1d,libzvbi_teletextdec,mjpeg,"
    "mov_text,mp2,mp2float,mp3,mp3float,mpeg1video,mpeg2video,mpeg4,opus,pcm_alaw,pcm_bluray,pcm_f32le,pcm_mulaw,"
    "pcm_s16be,pcm_s16le,pcm_s24be,pcm_s24le,pcm_s32le,pcm_s8,pcm_u8,pgssub,png,prores,srt,ssa,subrip,text,"
    "vorbis,vp8,vp9,webvtt"
)
FORMATS = {"mov": "mov,mp4,m4a,3gp,3g2,mj2", "matroska": "matroska,webm"}


def facts_of(*, base: MediaFacts = COPY_SAFE, **changes: Any) -> MediaFacts:
    """These facts with changes: those of the picture by their own names."""
    of_video = {name: changes.pop(name) for name in list(changes) if name in VideoStream.__dataclass_fields__}
    return replace(base, video=replace(base.video, **of_video), **changes)


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
        *("-max_pixels", "35389440", "-max_streams", "32", "-protocol_whitelist", "file"),
    ]


def turned(film: Path) -> Path:
    """The same MP4 with another matrix in the header of its first track (ISO/IEC 14496-12, section 8.3.2): players turn
    its picture a quarter to the left."""
    content = bytearray(film.read_bytes())
    matrix = content.index(b"tkhd") + TKHD_MATRIX_OFFSET
    content[matrix : matrix + 36] = struct.pack(">9i", 0, -(1 << 16), 0, 1 << 16, 0, 0, 0, 0, 1 << 30)
    target = film.with_name("turned.mp4")
    target.write_bytes(content)
    return target
