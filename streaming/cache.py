"""Keeps HLS_ROOT within HLS_CACHE_MAX_BYTES. A package can always be made again from video.mp4, so it is a cache.

Least recently watched packages go first, in two moves:

1. The playlist is taken away. From now on a viewer is sent to Django, which makes the package again (`demand.py`).
2. The segments stay for those who have the playlist already, and are removed at a later run, when the video could have
   been watched to its end and ten minutes more.

nginx sends segments without telling Django. So when a package was last watched is the latest of: the view that the
players tell (`Counts.last_viewed_at`), and the times at which the playlist was written or read as the disk notes them.
Most disks note a reading only if the file was written since the last one that was noted (relatime): so each run
moves the time of reading into the time of writing, and the next reading is noted again.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Q

from social.models import Counts
from streaming.sizes import Sizes
from videos import files
from videos.held import remove_unheld
from videos.models import ProcessingStep, Video
from videos.names import PATTERN

logger = logging.getLogger(__name__)
WATCHED_LATELY_S = 600
# Down to this part of the limit, so that not every new package pushes out an old one.
TRIMMED_TO = 0.9
PAUSE_BETWEEN_RUNS_S = 60
NAMES_IN_A_QUERY = 500
_PLAYLIST = re.compile(rf"playlist_({PATTERN})\.m3u8")
_NAME = re.compile(PATTERN)


@dataclass(frozen=True)
class Package:
    """What lies in HLS_ROOT of one video; `used_at_s` as the disk knows it, in seconds since 1970."""

    name: str
    size_bytes: int
    used_at_s: float
    is_published: bool


@dataclass(frozen=True)
class Trimmed:
    """What a run did: playlists taken away, and packages whose segments were removed."""

    unpublished: int
    removed: int
    removed_bytes: int
    published_bytes: int


def is_due() -> bool:
    """Whether no run began in the last minute."""
    try:
        return time.time() - _lock_path().stat().st_mtime > PAUSE_BETWEEN_RUNS_S
    except FileNotFoundError:
        return True


def trim(max_bytes: int) -> Trimmed | None:
    """Make room until at most `max_bytes` are in use, as far as nobody watches; 0 only tidies up.

    None if another process is at it.
    """
    with _alone() as is_alone:
        if not is_alone:
            return None
        files.remove_set_aside_hls()
        remove_unheld(files.hls_root(is_private=True), files.STAGING)
        return _trim(measure(), max_bytes)


def measure() -> list[Package]:
    """Every package on the disk; arms the disk's note of the next reading."""
    found: dict[str, list[Package]] = {}
    sizes = Sizes()
    for is_private in (False, True):
        root = files.hls_root(is_private=is_private)
        for name in _names_in(root):
            found.setdefault(name, []).append(_measure_one(root, name, sizes))
    sizes.keep()
    return [
        Package(
            name,
            sum(part.size_bytes for part in parts),
            max(part.used_at_s for part in parts),
            any(part.is_published for part in parts),
        )
        for name, parts in found.items()
    ]


def _trim(packages: list[Package], max_bytes: int) -> Trimmed:
    last_used = {package.name: package.used_at_s for package in packages}
    for name, viewed_at_s in _last_views(last_used):
        last_used[name] = max(last_used[name], viewed_at_s)
    packages.sort(key=lambda package: last_used[package.name])
    removed = [package for package in packages if not package.is_published and _remove(package, last_used)]
    published_bytes = sum(package.size_bytes for package in packages if package.is_published)
    unpublished = 0
    if max_bytes and published_bytes > max_bytes:
        for package in packages:
            if published_bytes <= max_bytes * TRIMMED_TO:
                break
            if package.is_published and _unpublish(package, last_used):
                published_bytes -= package.size_bytes
                unpublished += 1
    removed_bytes = sum(package.size_bytes for package in removed)
    if unpublished or removed:
        logger.info("took %d playlists away, removed %d MB of segments", unpublished, removed_bytes // 1_000_000)
    return Trimmed(unpublished, len(removed), removed_bytes, published_bytes)


def _unpublish(package: Package, last_used: dict[str, float]) -> bool:
    """Take the playlist away, unless somebody watches, it is being made, or it could not be made again."""
    video = Video.objects.filter(name=package.name).first()
    if video is None:
        files.delete_hls(package.name)
        return True
    if _may_be_watched(video, last_used) or not files.exists(files.media_key(video, files.VIDEO_FILE)):
        return False
    with _held(video) as current:
        if current is None:
            return False
        # The time from which the segments wait for their end.
        with suppress(FileNotFoundError):
            os.utime(files.hls_folder(current))
        files.playlist_path(current).unlink(missing_ok=True)
    return True


def _remove(package: Package, last_used: dict[str, float]) -> bool:
    """Remove the segments of a package without a playlist, unless somebody may still have the playlist."""
    video = Video.objects.filter(name=package.name).first()
    if video is None:
        files.delete_hls(package.name)
        return True
    if _may_be_watched(video, last_used):
        return False
    with _held(video) as current:
        if current is None or files.playlist_path(current).exists():
            return False
        aside = files.set_hls_aside(package.name)
    shutil.rmtree(aside, ignore_errors=True)
    return True


def _may_be_watched(video: Video, last_used: dict[str, float]) -> bool:
    return time.time() - last_used[video.name] < video.duration_ms / 1000 + WATCHED_LATELY_S


@contextmanager
def _held(video: Video) -> Iterator[Video | None]:
    """The video's row, held so that nothing is published meanwhile; None if it is gone or being packaged."""
    unfinished = Q(state=ProcessingStep.State.WAITING) | Q(state=ProcessingStep.State.RUNNING)
    try:
        with files.placing(video) as current:
            is_busy = current.steps.filter(unfinished, kind=ProcessingStep.Kind.PACKAGE).exists()
            yield None if is_busy else current
    except Video.DoesNotExist:
        yield None


def _last_views(names: Iterable[str]) -> Iterator[tuple[str, float]]:
    rest = list(names)
    while rest:
        some, rest = rest[:NAMES_IN_A_QUERY], rest[NAMES_IN_A_QUERY:]
        rows = Counts.objects.filter(video__name__in=some)
        for name, viewed_at in rows.values_list("video__name", "last_viewed_at"):
            if viewed_at is not None:
                yield name, viewed_at.timestamp()


def _names_in(root: Path) -> set[str]:
    names = set()
    with suppress(FileNotFoundError), os.scandir(root) as entries:
        for entry in entries:
            if found := _PLAYLIST.fullmatch(entry.name):
                names.add(found[1])
            elif _NAME.fullmatch(entry.name):
                names.add(entry.name)
    return names


def _measure_one(root: Path, name: str, sizes: Sizes) -> Package:
    playlist, folder = root / files.playlist_name(name), root / name
    used_at_s, is_published = 0.0, False
    with suppress(FileNotFoundError):
        facts = playlist.stat()
        used_at_s, is_published = max(facts.st_mtime, facts.st_atime), True
        if facts.st_atime > facts.st_mtime:
            os.utime(playlist, (used_at_s, used_at_s))
    with suppress(FileNotFoundError):
        used_at_s = max(used_at_s, folder.stat().st_mtime)
    return Package(name, sizes.of(folder), used_at_s, is_published)


def _lock_path() -> Path:
    return files.hls_root(is_private=True) / ".trim.lock"


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether this is the only run; the system gives the lock back if this process is killed."""
    _lock_path().parent.mkdir(parents=True, exist_ok=True)
    with _lock_path().open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        os.utime(lock.fileno())
        yield True
