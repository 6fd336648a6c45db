"""Where the files of a video lie.

    MEDIA_ROOT/uploads/                          while uploading, and scratch space on the same disk
    MEDIA_ROOT/originals/NAME/original.EXT       as received; never served
    MEDIA_ROOT/videos/NAME/video.mp4, poster.jpg served at /media/videos/...
    HLS_ROOT/playlist_NAME.m3u8, HLS_ROOT/NAME/  served at /hls/...

Files of a private video lie below `private/` in both roots, which nginx serves only on Django's word. With STORAGE=s3
the bucket takes the place of MEDIA_ROOT; it is private as a whole, so there is no second tree in it.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction

from videos.held import held_folder, remove_unheld
from videos.models import Video
from videos.names import PATTERN

if TYPE_CHECKING:
    from videos.storage import BucketStorage

VIDEO_FILE = "video.mp4"
POSTER_FILE = "poster.jpg"
PRIVATE = "private"
ASIDE = ".dropped-"
SCRATCH = "tmp"
# In HLS_ROOT, so that publishing is a rename.
STAGING = ".staging-"
_ORIGINAL_KEY = re.compile(rf"originals/({PATTERN})/original\.[a-z0-9]{{1,8}}")


def original_key(name: str, extension: str) -> str:
    """The storage name of the file as received."""
    return f"originals/{name}/original.{extension}"


def is_original_key(key: str, name: str) -> bool:
    """Whether `original_key` could have said this of the video of that name: rows of a backup are not trusted."""
    found = _ORIGINAL_KEY.fullmatch(key)
    return found is not None and found[1] == name


def media_key(video: Video, file_name: str) -> str:
    """The storage name of a file made from the video."""
    tree = f"{PRIVATE}/videos" if video.is_private and is_on_disk() else "videos"
    return f"{tree}/{video.name}/{file_name}"


def playlist_name(name: str) -> str:
    """The file name of a video's master playlist."""
    return f"playlist_{name}.m3u8"


def hls_root(*, is_private: bool) -> Path:
    root = Path(settings.HLS_ROOT)
    return root / PRIVATE if is_private else root


def playlist_path(video: Video) -> Path:
    return hls_root(is_private=video.is_private) / playlist_name(video.name)


def hls_folder(video: Video) -> Path:
    return hls_root(is_private=video.is_private) / video.name


def scratch_root() -> Path:
    return Path(settings.MEDIA_ROOT) / "scratch"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """An empty folder on the disk of MEDIA_ROOT, removed at the end."""
    with held_folder(scratch_root(), SCRATCH) as folder:
        yield folder


def remove_abandoned_scratch() -> int:
    """Remove the scratch folders of processes that were killed; how many there were."""
    return remove_unheld(scratch_root(), SCRATCH)


def is_on_disk() -> bool:
    """Whether stored files lie on a disk of this machine; in a bucket otherwise."""
    return isinstance(default_storage, FileSystemStorage)


def bucket() -> BucketStorage:
    """The bucket, where STORAGE=s3."""
    return cast("BucketStorage", default_storage)


def stored_path(key: str) -> Path:
    """The path of a file in a storage that is a local disk."""
    return Path(default_storage.path(key))


@contextmanager
def local_media(video: Video, file_name: str) -> Iterator[Path]:
    """A path of a file made from the video, in whichever tree it lies, that outside programs can read until the end,
    even if that file is moved or deleted meanwhile.

    Raises FileNotFoundError if it, or the video, is gone; OSError if a bucket does not answer.
    """
    with scratch_folder() as folder:
        copy = folder / file_name
        if is_on_disk():
            try:
                with placing(video) as current:
                    keep_beside(stored_path(media_key(current, file_name)), copy)
            except Video.DoesNotExist:
                raise FileNotFoundError(video.name) from None
        else:
            bucket().download(media_key(video, file_name), copy)
        yield copy


def keep_beside(path: Path, copy: Path) -> None:
    """A second name for the same file; where the disk has no such thing, a copy."""
    try:
        os.link(path, copy)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(path, copy)


def put(path: Path, key: str) -> None:
    """Move a finished local file into the storage, replacing what was there."""
    if is_on_disk():
        target = stored_path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)
    else:
        bucket().upload(path, key)
        path.unlink()


def place(video: Video, path: Path, file_name: str) -> None:
    """Move a finished file to where it belongs to the video. Raises Video.DoesNotExist if it was deleted."""
    if is_on_disk():
        with placing(video) as current:
            put(path, media_key(current, file_name))
        return
    key = media_key(video, file_name)
    put(path, key)
    if not Video.objects.filter(pk=video.pk).exists():
        default_storage.delete(key)
        raise Video.DoesNotExist


def exists(key: str) -> bool:
    return default_storage.exists(key)


@contextmanager
def placing(video: Video) -> Iterator[Video]:
    """Hold the video's row while files are put into its tree, so that a change of visibility cannot pass in between.

    Yields the row as it is now. Raises Video.DoesNotExist if it was deleted meanwhile.
    """
    with transaction.atomic():
        yield Video.objects.select_for_update().get(pk=video.pk)


def settle(video: Video) -> Video:
    """Move what lies in the wrong tree to where the row, which is held meanwhile, says; the row as it is now.

    Raises Video.DoesNotExist if it was deleted.
    """
    with placing(video) as current:
        move_to_tree(current.name, is_private=current.is_private)
    return current


def move_to_tree(name: str, *, is_private: bool) -> None:
    """Move what lies in the other tree, replacing what is there. Repeating it is harmless.

    The playlist leaves the public tree first and enters it last: wherever this is stopped, nobody is led to what is
    not there.
    """
    media = Path(settings.MEDIA_ROOT)
    folders = media / "videos" / name, media / PRIVATE / "videos" / name
    segments = hls_root(is_private=False) / name, hls_root(is_private=True) / name
    playlists = tuple(hls_root(is_private=private) / playlist_name(name) for private in (False, True))
    leaving = (playlists, segments, folders)
    for public, private in leaving if is_private else reversed(leaving):
        source, target = (public, private) if is_private else (private, public)
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                shutil.rmtree(target)
            os.replace(source, target)


def delete_all(video: Video) -> None:
    """Remove every file of a video. What is gone already is not an error."""
    keys = [media_key(video, VIDEO_FILE), media_key(video, POSTER_FILE), video.original_file]
    delete_named(video.name, filter(None, keys))


def delete_named(name: str, keys: Iterable[str]) -> None:
    """Remove every file that bears this name: what can be streamed first, then all on the disk and those keys."""
    delete_hls(name)
    media = Path(settings.MEDIA_ROOT)
    for tree in (media / "videos", media / PRIVATE / "videos", media / "originals"):
        shutil.rmtree(tree / name, ignore_errors=True)
    for key in keys:
        default_storage.delete(key)


def delete_hls(name: str) -> None:
    """Remove the streamable package; it can be made again from video.mp4."""
    shutil.rmtree(set_hls_aside(name), ignore_errors=True)


def set_hls_aside(name: str) -> Path:
    """Take a package out of reach at once, the playlist first; what is returned may be removed at leisure."""
    aside = hls_root(is_private=True) / f"{ASIDE}{secrets.token_hex(6)}"
    aside.mkdir(parents=True)
    for is_private in (False, True):
        root = hls_root(is_private=is_private)
        # Also those that were being written beside when a process was killed.
        beside = sorted(path.name for path in root.glob(f"playlist_{name}.*") if path.suffix != ".m3u8")
        for part in (playlist_name(name), name, *beside):
            _move_aside(root / part, aside / f"{'private' if is_private else 'public'}-{part}")
    return aside


def _move_aside(path: Path, target: Path) -> None:
    """What is gone already is not an error; what is still there is never left in reach."""
    while path.exists():
        with suppress(FileNotFoundError):
            # Another process may have tidied the empty folder away (`remove_set_aside_hls`).
            target.parent.mkdir(exist_ok=True)
            os.replace(path, target)


def remove_set_aside_hls() -> None:
    """Remove what a process had set aside and could not remove, because it was killed."""
    for aside in hls_root(is_private=True).glob(f"{ASIDE}*"):
        shutil.rmtree(aside, ignore_errors=True)
