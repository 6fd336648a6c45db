"""Packaging a prepared video for HLS: fragmented MP4 in segments of about two seconds, by stream copy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import ffmpeg

from mediatools import encoding, process
from mediatools.errors import BadPackage, MediaError
from mediatools.facts import MediaFacts
from mediatools.fragments import durations_s
from mediatools.playlist import (
    MediaPlaylist,
    Rendition,
    Segment,
    master_playlist,
    media_playlist,
    parse_media_playlist,
    peak_bandwidth,
)
from mediatools.source import file_url, reading_options

__all__ = [
    "PLAYLIST_NAME", "SEGMENT_S", "Rendition", "check_package", "describe_rendition", "master_playlist", "package",
]  # fmt: skip

SEGMENT_S = 2
# Browsers set key frames up to some frames early; one that comes at 1.98 s still has to end its segment.
SHORTEST_SEGMENT_S = SEGMENT_S * 0.95
PLAYLIST_NAME = "stream.m3u8"
INIT_NAME = "init.mp4"
SEGMENT_PATTERN = "seg_%05d.m4s"


def package(video: Path, folder: Path, facts: MediaFacts, *, cancelled: Callable[[], bool] | None = None) -> None:
    """Cut a prepared MP4 into `folder`, which must not exist yet; the caller publishes it by renaming.

    Raises FileExistsError, the errors of process.run, and BadPackage.
    """
    folder.mkdir()
    process.run(package_argv(video, folder), timeout_s=encoding.timeout_s(facts.duration_ms), cancelled=cancelled)
    check_package(folder)
    _write_true_lengths(folder)


def package_argv(video: Path, folder: Path) -> list[str]:
    """The command that copies all packets into segments."""
    options = {
        "c": "copy",
        "f": "hls",
        "hls_time": SHORTEST_SEGMENT_S,
        "hls_playlist_type": "vod",
        "hls_segment_type": "fmp4",
        "hls_flags": "independent_segments",
        "hls_fmp4_init_filename": INIT_NAME,
        "hls_segment_filename": file_url(folder / SEGMENT_PATTERN),
        "map": "0",
        # Else ffmpeg moves the sound's lead-in to 0 and notes an empty edit for the picture, which browsers ignore
        # in Media Source Extensions: sound would lag. As it is, edit lists name the lead-in, and those they obey.
        "avoid_negative_ts": "disabled",
    }
    prepared = ffmpeg.input(file_url(video), **reading_options("mp4"))
    return encoding.compile_argv(ffmpeg.output(prepared, file_url(folder / PLAYLIST_NAME), **options))


def describe_rendition(folder: Path, uri: str, facts: MediaFacts) -> Rendition:
    """Measure a package made of the video that `facts` describes; `uri` is where the master will name its playlist.

    Raises MediaError when the video has no RFC 6381 name, FileNotFoundError when a file is missing.
    """
    video = facts.video
    if video.codec_string is None:
        raise MediaError("This video was not prepared: only H.264 can be described in a playlist.", code="not_prepared")
    playlist = _read_playlist(folder)
    sizes_bytes = [(folder / segment.uri).stat().st_size for segment in playlist.segments]
    durations_s = [segment.duration_s for segment in playlist.segments]
    return Rendition(
        uri=uri,
        bandwidth=peak_bandwidth(sizes_bytes, durations_s, playlist.target_duration_s),
        average_bandwidth=round(sum(sizes_bytes) * 8 / max(sum(durations_s), 0.001)),
        width=video.display_width,
        height=video.display_height,
        frame_rate=video.frame_rate,
        codecs=video.codec_string if facts.audio is None else f"{video.codec_string},mp4a.40.2",
    )


def check_package(folder: Path) -> None:
    """Raise BadPackage unless the playlist is complete and all that it names is there and not empty."""
    if not (folder / PLAYLIST_NAME).is_file():
        raise BadPackage("The playlist was not written.")
    playlist = _read_playlist(folder)
    if not playlist.is_complete:
        raise BadPackage("The playlist has no end: packaging was cut off.")
    if playlist.init_uri is None or not playlist.segments:
        raise BadPackage("The playlist names no segments.")
    for uri in (playlist.init_uri, *(segment.uri for segment in playlist.segments)):
        path = folder / uri
        if not path.is_file() or path.stat().st_size == 0:
            raise BadPackage(f"The playlist names {uri}, which is missing or empty.")


def _write_true_lengths(folder: Path) -> None:
    """Write the playlist anew: ffmpeg counts the last segment to where some packet begins, and is off by up to all."""
    written = _read_playlist(folder)
    uris = [segment.uri for segment in written.segments]
    try:
        lengths_s = durations_s(folder / INIT_NAME, [folder / uri for uri in uris])
    except ValueError as error:
        raise BadPackage(f"The lengths of the segments cannot be measured: {error}") from error
    segments = [Segment(uri, length_s) for uri, length_s in zip(uris, lengths_s, strict=True)]
    (folder / PLAYLIST_NAME).write_text(media_playlist(INIT_NAME, segments), encoding="utf-8")


def _read_playlist(folder: Path) -> MediaPlaylist:
    return parse_media_playlist((folder / PLAYLIST_NAME).read_text(encoding="utf-8"))
