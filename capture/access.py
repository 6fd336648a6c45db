"""Whose upload it is. What is absent and what is another person's look the same."""

from __future__ import annotations

import re

from django.utils import timezone

from accounts.models import User
from capture.errors import UploadExpired, UploadNotFound
from capture.models import Upload

_ID = re.compile(r"[0-9a-f]{32}")


def get_upload(user: User, upload_id: str) -> Upload:
    """The person's own upload. Raises UploadNotFound, or UploadExpired if it was not continued in time."""
    if not _ID.fullmatch(upload_id):  # what no id is may also be what no database takes
        raise UploadNotFound
    upload = Upload.objects.filter(owner=user, pk=upload_id).select_related("video").first()
    if upload is None:
        raise UploadNotFound
    if not upload.is_complete and upload.expires_at <= timezone.now():
        raise UploadExpired
    return upload
