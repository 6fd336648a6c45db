"""The bytes of uploads under way: MEDIA_ROOT/uploads/ID.part. A part's size on the disk is the upload's offset.

Whoever writes holds an exclusive lock on the part, which the system releases when the process ends, however it ends.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from capture.errors import DiskFull, UploadBusy
from videos.disk import leaves_reserve

SUFFIX = ".part"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


class PartMissing(Exception):
    """The upload was cancelled, or its bytes have been moved to where the video's original lies."""


class Part:
    """The part of one upload, held by this request alone."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    @property
    def size_bytes(self) -> int:
        return os.fstat(self._descriptor).st_size

    def head(self, count: int) -> bytes:
        """The first `count` bytes."""
        return os.pread(self._descriptor, count, 0)

    def append(self, pieces: Iterable[bytes | bytearray]) -> None:
        """Write each piece as it comes. What was written stays if `pieces` raises.

        Raises DiskFull as soon as less than the reserve would be left: it is asked for every piece, because others
        write at the same time.
        """
        try:
            for piece in pieces:
                check_disk(len(piece))
                self._write(memoryview(piece))
        finally:
            with _telling_full_disks():
                os.fsync(self._descriptor)

    def _write(self, rest: memoryview) -> None:
        with _telling_full_disks():
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]


@contextmanager
def _telling_full_disks() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull from error
        raise


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "uploads"


def path_of(upload_id: str) -> Path:
    return folder() / f"{upload_id}{SUFFIX}"


def check_disk(bytes_more: int) -> None:
    """Raises DiskFull if less than settings.DISK_RESERVE_BYTES would be left of the disk."""
    if not leaves_reserve(folder(), bytes_more):
        raise DiskFull


def create(upload_id: str, bytes_to_come: int) -> None:
    """An empty part. Raises DiskFull if so many bytes, of it and what is kept for others, would not fit."""
    folder().mkdir(parents=True, exist_ok=True)
    check_disk(bytes_to_come)
    path_of(upload_id).open("xb").close()


def size_of(upload_id: str) -> int | None:
    """How many bytes have arrived, or None if there is no part."""
    try:
        return path_of(upload_id).stat().st_size
    except FileNotFoundError:
        return None


@contextmanager
def hold(upload_id: str) -> Iterator[Part]:
    """The part, for this request alone. Raises UploadBusy if another one has it, PartMissing if there is none."""
    path = path_of(upload_id)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    except FileNotFoundError:
        raise PartMissing from None
    try:
        _lock(descriptor, path)
        yield Part(path, descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UploadBusy from None
    # Between opening and locking, the holder before us may have moved or deleted the file.
    try:
        is_still_there = os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        is_still_there = False
    if not is_still_there:
        raise PartMissing
