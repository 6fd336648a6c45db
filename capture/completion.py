"""A complete upload becomes a video: exactly one, whenever and however often this is interrupted or repeated.

1. The place of the file is written down.
2. The file is moved there, on the disk that it came to: no request waits for a bucket (videos/originals.py).
3. The video is made and the upload marked, in one transaction.

A process that is killed after 1 leaves the part in its place, and everything is done again. After 2 the part is gone
but the file lies where 1 says, and only 3 is done. After 3 the upload says which video it became.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from capture.errors import UploadNotFound
from capture.models import Upload
from capture.parts import Part, PartMissing, hold
from mediatools.containers import HEAD_BYTES, extension_of
from videos import files, originals
from videos.models import Video
from videos.services import create_video


def complete(upload: Upload, part: Part) -> None:
    """Make the video of an upload whose every byte has arrived and whose part is held."""
    key = files.original_key(upload.video_name, extension_of(part.head(HEAD_BYTES)))
    Upload.objects.filter(pk=upload.pk).update(original_file=key)
    originals.arrive(part.path, key)
    _make_video(upload)


def take_up_again(upload: Upload) -> None:
    """Finish an upload whose part has been moved. Raises UploadNotFound if its bytes are nowhere."""
    refresh(upload)
    if upload.is_complete:
        if upload.video_id is None:
            raise UploadNotFound("The video of this upload was deleted.")
        return
    if not upload.original_file or not originals.is_there(upload.original_file):
        raise UploadNotFound
    _make_video(upload)


def settle(upload: Upload) -> int:
    """How many bytes have arrived; a completion that was interrupted is finished first.

    Raises UploadBusy while bytes are being written, UploadNotFound if they are gone.
    """
    try:
        with hold(upload.id) as part:
            refresh(upload)
            size_bytes = part.size_bytes
            if size_bytes == upload.length_bytes:
                complete(upload, part)
            return size_bytes
    except PartMissing:
        take_up_again(upload)
        return upload.length_bytes or 0


def refresh(upload: Upload) -> None:
    """Read the row again. Raises UploadNotFound if it was cancelled meanwhile."""
    try:
        upload.refresh_from_db()
    except Upload.DoesNotExist:
        raise UploadNotFound from None


def _make_video(upload: Upload) -> None:
    with transaction.atomic():
        current = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if current is not None and not current.is_complete:
            current.video = _video_of(current)
            current.completed_at = timezone.now()
            current.save(update_fields=["video", "completed_at"])
    refresh(upload)


def _video_of(upload: Upload) -> Video:
    return create_video(
        owner=upload.owner,
        kind=upload.kind,
        title=upload.title,
        visibility=upload.visibility,
        reply_to=upload.reply_to,
        language=upload.language,
        name=upload.video_name,
        original_file=upload.original_file,
        size_bytes=upload.length_bytes or 0,
    )
