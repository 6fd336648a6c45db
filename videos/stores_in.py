"""Which storage the running web servers and workers use: each holds a lock in MEDIA_ROOT, which all share, as long as
it lives. The system gives the lock back however a process ends."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from django.conf import settings

from videos import files

PLACES = ("local", "s3")
_held: list[IO[str]] = []


def say_where() -> None:
    """Called once by each process that serves; the lock is given back at its end."""
    lock = _path("local" if files.is_on_disk() else "s3").open("a")
    fcntl.flock(lock, fcntl.LOCK_SH)
    _held.append(lock)


def is_used(place: str) -> bool:
    """Whether a living process stores there."""
    with _path(place).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _path(place: str) -> Path:
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return root / f".stores-in-{place}"
