"""Uploads that are under way. Their bytes, and the truth of how many arrived, are on the disk."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import User
from videos.models import Video
from videos.names import new_name


def new_id() -> str:
    """128 random bits, unguessable, as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def waiting_time() -> timedelta:
    """How long an upload without new bytes is kept."""
    return timedelta(hours=settings.UPLOAD_EXPIRES_HOURS)


class UploadQuerySet(models.QuerySet["Upload"]):
    def under_way(self) -> UploadQuerySet:
        """Those that are no video yet."""
        return self.filter(completed_at__isnull=True)

    def expired(self) -> UploadQuerySet:
        """Those that nobody waits for any more, completed or not."""
        return self.filter(active_at__lte=timezone.now() - waiting_time())


class Upload(models.Model):
    """A tus upload: https://tus.io/protocols/resumable-upload

    `video_name` and `original_file` are decided before the bytes are moved, so that a completion that was
    interrupted anywhere can be taken up again and gives the same video.
    """

    id = models.CharField(primary_key=True, max_length=32, default=new_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="uploads")
    length_bytes = models.PositiveBigIntegerField(null=True, blank=True, help_text="Empty: not declared yet")
    metadata = models.JSONField(default=dict, blank=True, help_text="As the client sent it")
    title = models.CharField(max_length=120, blank=True)
    visibility = models.CharField(max_length=8, choices=Video.Visibility, default=Video.Visibility.PUBLIC)
    language = models.CharField(max_length=12, blank=True)
    kind = models.CharField(max_length=8, choices=Video.Kind, default=Video.Kind.ORIGINAL)
    reply_to = models.ForeignKey(Video, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    video_name = models.CharField(max_length=12, unique=True, default=new_name, help_text="Name of the video to be")
    original_file = models.CharField(max_length=200, blank=True, help_text="Where the complete file goes")
    video = models.ForeignKey(Video, on_delete=models.SET_NULL, null=True, blank=True, related_name="uploads")
    created_at = models.DateTimeField(default=timezone.now)
    active_at = models.DateTimeField(default=timezone.now, help_text="When bytes arrived last")
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    if TYPE_CHECKING:
        owner_id: int
        video_id: int | None

    class Meta:
        indexes = [
            models.Index(
                fields=["owner", "active_at"],
                name="upload_under_way",
                condition=models.Q(completed_at__isnull=True),
            ),
            models.Index(fields=["active_at"], name="upload_expiry"),
        ]

    def __str__(self) -> str:
        return f"upload {self.id}"

    @property
    def expires_at(self) -> datetime:
        """When it is given up, unless more bytes arrive."""
        return self.active_at + waiting_time()

    @property
    def is_complete(self) -> bool:
        return self.completed_at is not None


class Allowance(models.Model):
    """What one person may have stored and send in a day, where it differs from the site's own limits."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="allowance")
    stored_max_gb = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: as the site; 0: no limit")
    day_max_gb = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: as the site; 0: no limit")

    def __str__(self) -> str:
        return f"allowance of {self.person}"
