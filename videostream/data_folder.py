"""What lies in DATA_DIR is for the user that runs the site alone: digests of passwords, private videos, the key."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

FOLDER_MODE, FILE_MODE = 0o700, 0o600


def make_folder(folder: Path, *, is_ours: bool) -> None:
    """Make it if it is not there. Unless it `is_ours`, one that is there keeps the mode that its owner gave it.

    Raises ImproperlyConfigured.
    """
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if is_ours:
            _close_to_others(folder)
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR cannot be made: {error}.") from error


def private_file(path: Path) -> Path:
    """The path; the file is there and nobody else can read it. SQLite gives its journals the mode of their database.

    Raises ImproperlyConfigured.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))
        _close_to_others(path)
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR cannot be written: {error}.") from error
    return path


def _close_to_others(path: Path) -> None:
    """Only its owner may change a mode; for anybody else it stays as it is."""
    facts = path.stat()
    if facts.st_mode & 0o077 and facts.st_uid == os.geteuid():
        path.chmod(facts.st_mode & 0o700)


def kept_secret(path: Path) -> str:
    """The text of the file, which is made with a random one if it is not there.

    It gets its name only when it is whole, and the first of several processes wins: all read the same text, and none
    an empty one. Raises ImproperlyConfigured.
    """
    beside = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    try:
        if not path.exists():
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "w", encoding="utf-8") as file:
                file.write(secrets.token_urlsafe(50))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                path.hardlink_to(beside)
            beside.unlink()
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR cannot be written: {error}.") from error
