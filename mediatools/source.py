"""How a file that may be hostile is named to ffmpeg and ffprobe.

ffmpeg guesses formats from contents, and some formats (HLS, concat lists) name other files. So the kind is decided
here from the first bytes, the demuxer is forced, and demuxers, decoders, protocols and picture sizes outside short
lists are refused.
"""

from __future__ import annotations

from pathlib import Path

from mediatools.containers import CONTAINERS, HEAD_BYTES, container_of, id3_length
from mediatools.errors import UnplayableMedia

MAX_PIXELS = 8192 * 4320  # 8K: what is larger than a screen is scaled down, but has to be decoded first
MAX_PIXELS_AT_FULL_SPEED = 4096 * 2176  # the largest frame of H.264 level 5.1
MAX_STREAMS = 32
VIDEO_CODECS = {
    *("h264", "hevc", "vp8", "vp9", "av1"),
    # Of phones, cameras, camcorders and editors before and beside them.
    *("mpeg1video", "mpeg2video", "mpeg4", "h263", "flv1", "mjpeg", "prores", "dvvideo"),
}
AUDIO_CODECS = {
    *("aac", "opus", "vorbis", "mp2", "mp3", "flac", "alac", "ac3", "eac3", "amr_nb", "amr_wb"),
    *("pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_f32le"),
    *("pcm_alaw", "pcm_mulaw", "pcm_bluray", "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_swf"),
}
TEXT_SUBTITLE_CODECS = {"mov_text", "eia_608", "subrip", "ass", "webvtt", "text"}
# Decoders that differ in name from their codec, and those of the covers and subtitles that files carry beside their
# streams: ffprobe opens one for every stream and gives up when it may not, so without them the picture is refused, too.
OTHER_DECODERS = {
    *("libdav1d", "flv", "mp2float", "mp3float", "ac3_fixed", "amrnb", "amrwb", "png", "bmp"),
    *("cc_dec", "srt", "ssa", "dvbsub", "dvdsub", "pgssub", "libzvbi_teletextdec"),
}


def sniff_container(path: Path) -> str:
    """The kind of a file, one of CONTAINERS, from its first bytes.

    Raises UnplayableMedia for anything else, FileNotFoundError when there is no file.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if not head:
            raise UnplayableMedia("The file is empty: nothing was recorded.", code="empty_file")
        tag_bytes = id3_length(head)
        if tag_bytes:
            file.seek(tag_bytes)
            head = file.read(HEAD_BYTES)
    container = container_of(head)
    if container is None and tag_bytes:
        return "mp3"
    if container is None:
        raise UnplayableMedia(
            "This is not a video that can be read here. Use an MP4, MOV, WebM, MKV, AVI, MPEG, MTS, FLV or 3GP file, "
            "or sound as MP3, M4A, OGG, WAV or FLAC.",
            code="not_a_video",
        )
    return container


def reading_options(container: str, *, max_pixels: int = MAX_PIXELS) -> dict[str, str | int]:
    """Options that must stand before each `-i` (the same for ffmpeg and ffprobe), without their dashes."""
    kind = CONTAINERS[container]
    return {
        "f": kind.demuxer,
        "format_whitelist": kind.formats,
        "codec_whitelist": ",".join(sorted(VIDEO_CODECS | AUDIO_CODECS | TEXT_SUBTITLE_CODECS | OTHER_DECODERS)),
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
