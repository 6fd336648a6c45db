"""How a file that may be hostile is named to ffmpeg and ffprobe.

ffmpeg guesses formats from contents, and some formats (HLS, concat lists) name other files. So the kind is decided
here from the first bytes, the demuxer is forced, and demuxers, decoders, protocols and picture sizes outside short
lists are refused.
"""

from __future__ import annotations

from pathlib import Path

from mediatools.errors import UnplayableMedia

MAX_PIXELS = 8_912_896  # 4096 x 2176: the largest frame of H.264 level 5.1
MAX_STREAMS = 32
SNIFFED_BYTES = 16
# ISO/IEC 14496-12, section 4.2: a file is a row of boxes, each with its size and a type of four letters.
MP4_FIRST_BOXES = {b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"wide", b"free", b"skip"}
MATROSKA_SIGNATURE = bytes.fromhex("1A45DFA3")  # RFC 8794, section 11.2.1: the EBML header
DEMUXERS = {"mp4": "mov", "matroska": "matroska"}
VIDEO_CODECS = {"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mjpeg", "prores"}
AUDIO_CODECS = {
    *("aac", "opus", "vorbis", "mp3", "flac", "alac", "ac3", "eac3"),
    *("pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_f32le"),
}
# Decoders that differ in name from their codec, and those of the covers and captions that files carry beside their
# streams: never decoded for us, but ffprobe gives up when it may not open one.
OTHER_DECODERS = {"libdav1d", "mp3float", "ac3_fixed", "png", "movtext", "srt", "subrip", "ass", "ssa", "webvtt"}


def sniff_container(path: Path) -> str:
    """Tell "mp4" (also QuickTime) or "matroska" (also WebM) from the first bytes.

    Raises UnplayableMedia for anything else, FileNotFoundError when there is no file.
    """
    with path.open("rb") as file:
        head = file.read(SNIFFED_BYTES)
    if not head:
        raise UnplayableMedia("The file is empty: nothing was recorded.", code="empty_file")
    if head.startswith(MATROSKA_SIGNATURE):
        return "matroska"
    if head[4:8] in MP4_FIRST_BOXES:
        return "mp4"
    raise UnplayableMedia(
        "This is not a video that can be read here. Use an MP4, MOV, WebM or MKV file.", code="not_a_video"
    )


def reading_options(container: str, *, max_pixels: int = MAX_PIXELS) -> dict[str, str | int]:
    """Options that must stand before each `-i` (the same for ffmpeg and ffprobe), without their dashes."""
    demuxer = DEMUXERS[container]
    return {
        "f": demuxer,
        "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2" if demuxer == "mov" else "matroska,webm",
        "codec_whitelist": ",".join(sorted(VIDEO_CODECS | AUDIO_CODECS | OTHER_DECODERS)),
        "protocol_whitelist": "file",
        "max_pixels": max_pixels,
        "max_streams": MAX_STREAMS,
        # The last frame of a recording that was cut off is half there: copied, it would stop some players.
        "fflags": "+discardcorrupt",
    }


def reading_flags(container: str, *, max_pixels: int = MAX_PIXELS) -> list[str]:
    """The same options as words of a command line."""
    options = reading_options(container, max_pixels=max_pixels)
    return [word for name, value in options.items() for word in (f"-{name}", str(value))]


def file_url(path: Path) -> str:
    """An absolute name that ffmpeg can take neither for an option nor for another protocol."""
    return f"file:{path.absolute()}"
