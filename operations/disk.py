"""The disks below the folders that grow."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Disk:
    """The disk of a folder; two folders may be on one."""

    folder: str
    free_bytes: int
    total_bytes: int


def disks() -> list[Disk]:
    """Raises OSError if a folder cannot be made or asked."""
    found = []
    for name in ("MEDIA_ROOT", "HLS_ROOT", "DATA_DIR"):
        root = Path(getattr(settings, name))
        root.mkdir(parents=True, exist_ok=True)
        usage = shutil.disk_usage(root)
        found.append(Disk(name, usage.free, usage.total))
    return found
