"""How much room each version of a package takes. A version never changes, so it is measured once; what was measured
lies in a file beside the packages, and only versions that are new since the last run are walked."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

from videos import files


class Sizes:
    """Use it for every package of one run, then `keep`: what nobody asked for is gone and is forgotten."""

    def __init__(self) -> None:
        self._path = files.hls_root(is_private=True) / ".sizes.json"
        self._before: dict[str, int] = {}
        self._now: dict[str, int] = {}
        with suppress(FileNotFoundError, ValueError):  # what cannot be read is measured again
            kept = json.loads(self._path.read_bytes())
            if isinstance(kept, dict):
                self._before = kept

    def of(self, package: Path) -> int:
        """Bytes in all versions of the package in that folder; 0 if there is none."""
        total = 0
        with suppress(FileNotFoundError), os.scandir(package) as versions:
            for version in versions:
                key = f"{package.name}/{version.name}"
                size_bytes = self._before.get(key)
                self._now[key] = _measure(version.path) if size_bytes is None else size_bytes
                total += self._now[key]
        return total

    def keep(self) -> None:
        if self._now != self._before:
            beside = self._path.with_name(f"{self._path.name}-{secrets.token_hex(6)}")
            beside.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(self._now), encoding="utf-8")
            beside.replace(self._path)


def _measure(folder: str) -> int:
    size_bytes = 0
    for parent, _folders, file_names in os.walk(folder):
        for file_name in file_names:
            with suppress(FileNotFoundError):
                size_bytes += os.stat(os.path.join(parent, file_name)).st_size
    return size_bytes
