"""Folders that belong to a living process. The system gives a lock back however its holder ends, so what a killed
process left is known for certain, and what a living one is at, for however long, is never touched."""

from __future__ import annotations

import fcntl
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Open for writing, because NFS gives exclusive locks to writers only.
LOCK = ".held"
# Folders without a lock: of a version that knew none, or of a process that is just making one.
UNLOCKED_FOR_S = 24 * 3600


@contextmanager
def held_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A new empty folder (but for its lock), removed at the end; should we be killed, by `remove_unheld`."""
    folder = parent / f"{prefix}{secrets.token_hex(6)}"
    folder.mkdir(mode=0o700, parents=True)
    try:
        with (folder / f"{LOCK}-new").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # It gets its name when it is locked: there is no moment at which it could be taken for an abandoned one.
            (folder / f"{LOCK}-new").rename(folder / LOCK)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_unheld(parent: Path, prefix: str) -> int:
    """Remove what no living process holds; how many folders that were."""
    return sum(_remove_unheld(folder) for folder in parent.glob(f"{prefix}*"))


def _remove_unheld(folder: Path) -> bool:
    try:
        with (folder / LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
            return True
    except FileNotFoundError:
        return _remove_unlocked(folder)
    except BlockingIOError:
        return False


def _remove_unlocked(folder: Path) -> bool:
    with suppress(FileNotFoundError):
        if time.time() - folder.stat().st_mtime > UNLOCKED_FOR_S:
            shutil.rmtree(folder, ignore_errors=True)
            return True
    return False
