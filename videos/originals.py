"""Files as received. Each arrives on the disk of MEDIA_ROOT, where it came piece by piece; with a bucket the step
`store` brings it there, and until then everybody finds it on the disk. So no request waits for a bucket."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from videos import files
from videos.models import Video


def arrived_path(key: str) -> Path:
    """Where it lies before it is stored; on a site without a bucket also afterwards."""
    return Path(settings.MEDIA_ROOT) / key


def arrive(path: Path, key: str) -> None:
    """Take a file that is complete. It is moved, so this takes no time."""
    target = arrived_path(key)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, target)


def is_there(key: str) -> bool:
    # The disk first: what leaves it is in the bucket by then.
    return arrived_path(key).is_file() or files.exists(key)


@contextmanager
def local_original(key: str) -> Iterator[Path]:
    """A path that outside programs can read until the end, wherever the original lies; even if it is deleted meanwhile.

    Raises FileNotFoundError if it is nowhere, or `key` is empty because none is kept any more; OSError if a bucket does
    not answer.
    """
    if not key:
        raise FileNotFoundError(key)
    with files.scratch_folder() as folder:
        copy = folder / Path(key).name
        try:
            files.keep_beside(arrived_path(key), copy)
        except FileNotFoundError:
            if files.is_on_disk():
                raise
            files.bucket().download(key, copy)
        yield copy


def store(video: Video) -> None:
    """Bring it to the bucket, and only then remove it from the disk. May be repeated wherever it was stopped.

    Raises FileNotFoundError if it is in neither place, OSError if the bucket does not answer, Video.DoesNotExist if the
    video was deleted meanwhile.
    """
    key = video.original_file
    arrived = arrived_path(key)
    if not arrived.is_file():
        if not files.exists(key):
            raise FileNotFoundError(key)
        return
    files.bucket().upload(arrived, key)
    if not Video.objects.filter(pk=video.pk).exists():
        delete(key)
        raise Video.DoesNotExist
    arrived.unlink(missing_ok=True)


def delete(key: str) -> None:
    """What is gone already is not an error."""
    arrived_path(key).unlink(missing_ok=True)
    default_storage.delete(key)
