"""video.mp4 -> a streamable package: segments in a folder of their own version, then the master playlist."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from django.conf import settings

from mediatools.hls import check_package, describe_rendition, master_playlist, package
from streaming.tasks import trim_hls_cache
from videos import files
from videos.errors import VideoFileMissing
from videos.facts import facts_of
from videos.held import held_folder
from videos.models import Video
from videos.work.table import Work

MEDIA_PLAYLIST = "stream.m3u8"
# The version before stays for those who are watching it.
VERSIONS_KEPT = 2


def package_video(video: Video, work: Work) -> None:
    """Make the package beside, check it, and publish it by renaming."""
    try:
        with (
            files.local_media(video, files.VIDEO_FILE) as source,
            held_folder(files.hls_root(is_private=True), files.STAGING) as staging,
        ):
            folder, facts = staging / "package", facts_of(video, source)
            package(source, folder, facts, cancelled=work.cancelled)
            check_package(folder)
            version = secrets.token_hex(6)
            uri = f"{video.name}/{version}/{MEDIA_PLAYLIST}"
            text = master_playlist([describe_rendition(folder, uri, facts)])
            with files.placing(video) as current:
                publish(current, folder, version, text)
        if settings.HLS_CACHE_MAX_BYTES:
            trim_hls_cache.enqueue()
    except FileNotFoundError:
        raise VideoFileMissing from None


def publish(video: Video, folder: Path, version: str, master: str) -> None:
    """Put a finished package where it is served, and only then the playlist that names it."""
    versions = files.hls_folder(video)
    versions.mkdir(parents=True, exist_ok=True)
    os.utime(folder)  # versions are as old as their publication, however long they took to make
    os.replace(folder, versions / version)
    playlist = files.playlist_path(video)
    beside = playlist.with_suffix(f".{version}")
    beside.write_text(master, encoding="utf-8")
    os.replace(beside, playlist)
    _remove_old_versions(versions)


def _remove_old_versions(versions: Path) -> None:
    newest_first = sorted(versions.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in newest_first[VERSIONS_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
