"""What people do with a video: like it, comment on it, share it, watch it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from videos.models import Video


class Like(models.Model):
    """A person likes a video; at most once."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="likes")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="likes")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["video", "user"], name="like_once")]

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.video_id}"


class Comment(models.Model):
    """A few words under a video."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="comments")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="comments")
    text = models.CharField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_not_empty")]
        indexes = [models.Index(fields=["video", "-id"], name="comment_of_video")]

    def __str__(self) -> str:
        return self.text[:60]


class Share(models.Model):
    """Somebody took the address of a video to others."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="shares")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="shares")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"share of {self.video_id}"


class View(models.Model):
    """Somebody watched a video for a while; once for each browser session or person."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="views")
    viewer = models.CharField(max_length=64, help_text="A digest that tells viewers apart without naming them")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["video", "viewer"], name="view_once")]

    def __str__(self) -> str:
        return f"view of {self.video_id}"


class Counts(models.Model):
    """How often each of these happened, kept beside the rows so that a list of videos costs one small query."""

    video = models.OneToOneField(Video, on_delete=models.CASCADE, primary_key=True, related_name="counts")
    likes = models.PositiveIntegerField(default=0)
    comments = models.PositiveIntegerField(default=0)
    shares = models.PositiveIntegerField(default=0)
    views = models.PositiveIntegerField(default=0)
    # Which packages HLS_ROOT can do without is decided by this (streaming/cache.py).
    last_viewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "counts"

    def __str__(self) -> str:
        return f"counts of {self.video_id}"
