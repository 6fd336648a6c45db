"""What a person has chosen on the cut page and not cut yet."""

from __future__ import annotations

from django.db import models

from accounts.models import User
from videos.models import Video


class Draft(models.Model):
    """One for each person and video. Numbers of items mean nothing once the words have changed: see `digest`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="cut_drafts")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="cut_drafts")
    removed = models.JSONField(default=list, help_text="Numbers of the words and pauses that are removed")
    from_ms = models.PositiveIntegerField()
    to_ms = models.PositiveIntegerField()
    title = models.CharField(max_length=120, blank=True)
    visibility = models.CharField(max_length=8, choices=Video.Visibility)
    digest = models.CharField(max_length=16, help_text="Of the words and pauses that were numbered")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "video"], name="draft_once_per_person_and_video")]

    def __str__(self) -> str:
        return f"draft of {self.user_id} for {self.video_id}"
