"""The last of the disk: it is left to the database and to what is under way already."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings


def leaves_reserve(folder: Path, bytes_more: int = 0) -> bool:
    """Whether DISK_RESERVE_BYTES stay free on the disk of the folder if so many bytes come. Makes the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(folder).free >= settings.DISK_RESERVE_BYTES + bytes_more


def has_room_for_work() -> bool:
    """Whether something may be begun that writes: there is no telling how much it will be."""
    return all(leaves_reserve(Path(root)) for root in (settings.MEDIA_ROOT, settings.HLS_ROOT))
