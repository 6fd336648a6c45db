"""What lies in the storage and in HLS_ROOT, by the name of the video that it belongs to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from videos import files
from videos.names import PATTERN, is_name

# Also one that was being written beside, and never got its name.
_PLAYLIST = re.compile(rf"playlist_({PATTERN})\.[a-z0-9]+")
_KEY = re.compile(rf"(?:originals|videos)/({PATTERN})/[^/]+")


@dataclass
class Inventory:
    """`newest_at_s` has every name, and when the newest of its files was written, in seconds since 1970."""

    newest_at_s: dict[str, float] = field(default_factory=dict)
    public: set[str] = field(default_factory=set)
    private: set[str] = field(default_factory=set)
    # As a bucket calls them, whatever the storage.
    keys: dict[str, list[str]] = field(default_factory=dict)

    def note(self, name: str, written_at_s: float, key: str = "") -> None:
        """Something of the video; `key` is empty for its package and ends with a slash for a folder."""
        self.newest_at_s[name] = max(written_at_s, self.newest_at_s.get(name, 0.0))
        if key and not key.endswith("/"):
            self.keys.setdefault(name, []).append(key)


def take_inventory() -> Inventory:
    """Look at everything. Raises OSError, PermissionError where a bucket may not be listed."""
    found = Inventory()
    media = Path(settings.MEDIA_ROOT)
    for is_private, names in ((False, found.public), (True, found.private)):
        for name, written_at_s in _packages(files.hls_root(is_private=is_private)):
            found.note(name, written_at_s)
            names.add(name)
        for name, file_name, written_at_s in _files_in((media / files.PRIVATE if is_private else media) / "videos"):
            found.note(name, written_at_s, f"videos/{name}/{file_name}")
            names.add(name)
    for name, file_name, written_at_s in _files_in(media / "originals"):
        found.note(name, written_at_s, f"originals/{name}/{file_name}")
    if not files.is_on_disk():
        _note_bucket(found)
    return found


def _note_bucket(found: Inventory) -> None:
    for key, written_at_s in files.bucket().listing():
        if match := _KEY.fullmatch(key):
            found.note(match[1], written_at_s, key)


def _packages(root: Path) -> Iterator[tuple[str, float]]:
    """Playlists and folders of segments, and when each was written. What goes meanwhile is left out."""
    with suppress(FileNotFoundError), os.scandir(root) as entries:
        for entry in entries:
            match = _PLAYLIST.fullmatch(entry.name)
            name = match[1] if match else entry.name
            with suppress(FileNotFoundError):
                if is_name(name):
                    yield name, entry.stat().st_mtime


def _files_in(tree: Path) -> Iterator[tuple[str, str, float]]:
    """Every file in the folders of videos, and those folders, whose files have an empty name."""
    with suppress(FileNotFoundError), os.scandir(tree) as folders:
        for folder in folders:
            if is_name(folder.name):
                with suppress(FileNotFoundError, NotADirectoryError):
                    yield folder.name, "", folder.stat().st_mtime
                    for path in Path(folder.path).iterdir():
                        yield folder.name, path.name, path.stat().st_mtime
