"""What nobody waits for any more is removed, and what a crash left half done is finished."""

from __future__ import annotations

import logging
import time
from contextlib import suppress

from capture import parts
from capture.completion import settle
from capture.errors import UploadBusy, UploadNotFound
from capture.models import Upload
from capture.services import retire

STRAY_AFTER_S = 3600
log = logging.getLogger(__name__)


def tidy_uploads() -> int:
    """Remove expired uploads, and finish those whose every byte is there. Returns how many were removed."""
    removed = 0
    for upload in Upload.objects.under_way().expired():
        with suppress(UploadBusy):
            retire(upload)
            removed += not upload.is_complete
    for upload in Upload.objects.under_way():
        with suppress(UploadBusy, UploadNotFound):
            settle(upload)
    Upload.objects.expired().filter(completed_at__isnull=False).delete()
    strays = _remove_strays()
    if removed or strays:
        log.info("removed %d expired uploads and %d stray files", removed, strays)
    return removed


def _remove_strays() -> int:
    """Remove parts without a row: what is left of a creation that was killed, or of a person who was deleted."""
    removed = 0
    known = set(Upload.objects.values_list("pk", flat=True))
    for path in parts.folder().glob(f"*{parts.SUFFIX}"):
        if path.name.removesuffix(parts.SUFFIX) not in known:
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > STRAY_AFTER_S:
                    path.unlink()
                    removed += 1
    return removed
