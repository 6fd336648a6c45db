"""The words of a video. What was recognised stays on the video's own timeline; corrections are a layer over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from videos.models import Video

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Transcript(models.Model):
    """What is said in a video; one without cues says that nobody speaks."""

    video = models.OneToOneField(Video, on_delete=models.CASCADE, related_name="transcript")
    language = models.CharField(max_length=12)
    engine = models.CharField(max_length=60, help_text="What wrote it: engine and weights, or the cut's source")
    made_at = models.DateTimeField(auto_now_add=True)

    if TYPE_CHECKING:
        cues: RelatedManager[Cue]

    def __str__(self) -> str:
        return f"words of {self.video_id} ({self.language})"


class Cue(models.Model):
    """A line of subtitles with its words."""

    transcript = models.ForeignKey(Transcript, on_delete=models.CASCADE, related_name="cues")
    start_ms = models.PositiveIntegerField()
    end_ms = models.PositiveIntegerField()
    text = models.TextField(help_text="As recognised")
    words = models.JSONField(help_text="As recognised: [[start_ms, end_ms, text], ...]")
    corrected_text = models.TextField(blank=True, help_text="As a person corrected it; empty: not corrected")

    class Meta:
        ordering = ["start_ms", "id"]
        constraints = [models.CheckConstraint(condition=Q(end_ms__gt=F("start_ms")), name="cue_has_length")]
        indexes = [models.Index(fields=["transcript", "start_ms"], name="cue_in_order")]

    def __str__(self) -> str:
        return self.shown_text[:60]

    @property
    def shown_text(self) -> str:
        return self.corrected_text or self.text
