"""The two places where originals, videos and posters can lie, behind one face. Keys are those of a bucket; on the disk
the files of private videos lie below `private/` (videos/files.py)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from videos import files
from videos.models import Video
from videos.storage import BucketStorage

BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Content:
    """An open file; `blocks` must be read to the end or closed."""

    size_bytes: int
    blocks: Iterator[bytes]

    def sha256(self) -> str:
        """Reads it to the end."""
        digest = hashlib.sha256()
        for block in self.blocks:
            digest.update(block)
        return digest.hexdigest()


class Place(Protocol):
    """All methods raise OSError."""

    def size_bytes(self, video: Video, key: str) -> int | None:
        """None if there is no such file."""

    def read(self, video: Video, key: str) -> Content:
        """Raises FileNotFoundError."""

    def take(self, video: Video, key: str, path: Path) -> None:
        """Put a finished local file there; it is moved or copied. Raises Video.DoesNotExist if it was deleted."""

    def delete(self, video: Video, key: str) -> None: ...


class Disk:
    """MEDIA_ROOT of this machine."""

    def _path(self, video: Video, key: str) -> Path:
        is_served = key.startswith("videos/")
        # Refuses what would lie outside of MEDIA_ROOT.
        return Path(FileSystemStorage().path(f"{files.PRIVATE}/{key}" if is_served and video.is_private else key))

    def size_bytes(self, video: Video, key: str) -> int | None:
        try:
            return self._path(video, key).stat().st_size
        except FileNotFoundError:
            return None

    def read(self, video: Video, key: str) -> Content:
        file = self._path(video, key).open("rb")
        return Content(os.fstat(file.fileno()).st_size, _blocks(file))

    def take(self, video: Video, key: str, path: Path) -> None:
        with files.placing(video) as current:
            target = self._path(current, key)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)

    def delete(self, video: Video, key: str) -> None:
        self._path(video, key).unlink(missing_ok=True)


class Bucket:
    """The bucket that the settings name, whatever STORAGE says."""

    def __init__(self) -> None:
        self._storage = BucketStorage(**settings.BUCKET_OPTIONS)

    def size_bytes(self, video: Video, key: str) -> int | None:
        with suppress(FileNotFoundError):
            return self._storage.size_bytes(key)
        return None

    def read(self, video: Video, key: str) -> Content:
        part = self._storage.read_part(key)
        return Content(part.length, part.blocks)

    def take(self, video: Video, key: str, path: Path) -> None:
        self._storage.upload(path, key)
        if not Video.objects.filter(pk=video.pk).exists():
            self._storage.delete(key)
            raise Video.DoesNotExist

    def delete(self, video: Video, key: str) -> None:
        self._storage.delete(key)

    def close(self) -> None:
        self._storage.connection.meta.client.close()


def keys_of(video: Video) -> list[str]:
    """What a video may have; not every one has all of them at every time."""
    made = [f"videos/{video.name}/{name}" for name in (files.VIDEO_FILE, files.POSTER_FILE)]
    return [video.original_file, *made] if video.original_file else made


@contextmanager
def current_place() -> Iterator[Place]:
    """Where the site stores files now."""
    if files.is_on_disk():
        yield Disk()
        return
    bucket = Bucket()
    try:
        yield bucket
    finally:
        bucket.close()


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while block := file.read(BLOCK_BYTES):
            yield block
