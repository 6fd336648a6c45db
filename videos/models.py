"""The video, and the steps that make it watchable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from accounts.models import User
from videos.names import new_name
from videos.permissions import staff_may

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class VideoQuerySet(models.QuerySet["Video"]):
    def published(self) -> VideoQuerySet:
        """Those that can be played."""
        return self.filter(published_at__isnull=False)

    def listed(self) -> VideoQuerySet:
        """Those that may stand in lists for everybody."""
        return self.published().not_failed().filter(visibility=Video.Visibility.PUBLIC)

    def not_failed(self) -> VideoQuerySet:
        """Those that can be played, or will be."""
        return self.filter(~_is_failed())

    def visible_to(self, user: User | None) -> VideoQuerySet:
        """Those whose address works for this person; None is a stranger, to whom a failed video means nothing."""
        not_private = ~Q(visibility=Video.Visibility.PRIVATE)
        return self.filter((not_private & ~_is_failed()) | self.known_to(user))

    @staticmethod
    def known_to(user: User | None) -> Q:
        """Their own, and what their permissions let them view."""
        if user is None:
            return Q(pk__in=[])
        return Q(owner=user) | Q(kind__in=[kind for kind in Video.Kind.values if staff_may(user, "view", kind)])

    def newest_first(self) -> VideoQuerySet:
        return self.order_by(F("published_at").desc(nulls_first=True), "-pk")


def _is_failed() -> Exists:
    kinds, failed = ProcessingStep.PLAYABLE_KINDS, ProcessingStep.State.FAILED
    return Exists(ProcessingStep.objects.filter(video=OuterRef("pk"), kind__in=kinds, state=failed))


class VideoManager(models.Manager.from_queryset(VideoQuerySet)):  # type: ignore[misc]
    """All videos, or only those of one kind."""

    def __init__(self, kind: str = "") -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> VideoQuerySet:
        videos = VideoQuerySet(self.model, using=self._db)
        return videos.filter(kind=self.kind) if self.kind else videos


class Video(models.Model):
    """One video: recorded, replied or cut. Its files lie where `videos/files.py` says."""

    class Kind(models.TextChoices):
        ORIGINAL = "original"
        CUT = "cut"
        REPLY = "reply"

    class Visibility(models.TextChoices):
        PUBLIC = "public", "Public: everybody, also in the feed"
        UNLISTED = "unlisted", "Unlisted: everybody with the address"
        PRIVATE = "private", "Private: only me"

    name = models.CharField(max_length=12, unique=True, default=new_name, editable=False)
    # Files would be left behind if rows went with their owner: videos are deleted first, each with its files.
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="videos")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.ORIGINAL)
    title = models.CharField(max_length=120, blank=True)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.PUBLIC)
    allows_cuts = models.BooleanField(default=True, help_text="Whether others may cut it while it is public")
    language = models.CharField(max_length=12, blank=True, help_text="Spoken language, such as en; empty: recognise it")
    reply_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replies")
    cut_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="cuts")
    cut_ranges = models.JSONField(default=list, blank=True, help_text="What a cut keeps: [[start_ms, end_ms], ...]")

    original_file = models.CharField(max_length=200, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size_bytes = models.PositiveBigIntegerField(default=0, editable=False)
    duration_ms = models.PositiveIntegerField(default=0, editable=False)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    facts = models.JSONField(null=True, editable=False, help_text="What is known of video.mp4: see videos/facts.py")

    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it could first be played"
    )

    objects: ClassVar[VideoManager] = VideoManager()

    if TYPE_CHECKING:
        steps: RelatedManager[ProcessingStep]
        replies: RelatedManager[Video]
        cuts: RelatedManager[Video]
        owner_id: int
        reply_to_id: int | None
        cut_from_id: int | None

    class Meta:
        indexes = [
            models.Index(F("published_at").desc(), F("id").desc(), name="video_feed", condition=Q(visibility="public")),
            models.Index(fields=["owner", "-id"], name="video_of_owner"),
            models.Index(fields=["reply_to", "-published_at"], name="video_replies"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility__in=["public", "unlisted", "private"]), name="video_visibility_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=["original", "cut", "reply"]), name="video_kind_known"),
        ]

    def __str__(self) -> str:
        return self.title or self.name

    def get_absolute_url(self) -> str:
        return reverse("watch", args=[self.name])

    @property
    def is_private(self) -> bool:
        return self.visibility == self.Visibility.PRIVATE

    @property
    def is_playable(self) -> bool:
        return self.published_at is not None

    @property
    def shown_title(self) -> str:
        """The title, or words that say what it is."""
        return self.title or {"cut": "A cut", "reply": "A reply"}.get(self.kind, "A video") + f" by {self.owner}"


class OriginalVideo(Video):
    """A recording that stands for itself."""

    objects: ClassVar[VideoManager] = VideoManager(Video.Kind.ORIGINAL)

    class Meta:
        proxy = True


class CutVideo(Video):
    """A new video made of parts of another one."""

    objects: ClassVar[VideoManager] = VideoManager(Video.Kind.CUT)

    class Meta:
        proxy = True


class ReplyVideo(Video):
    """A recording that answers another video."""

    objects: ClassVar[VideoManager] = VideoManager(Video.Kind.REPLY)

    class Meta:
        proxy = True
        verbose_name_plural = "reply videos"


class ProcessingStep(models.Model):
    """One piece of work on one video. This table is the truth; the queue only says «look at this video»."""

    class Kind(models.TextChoices):
        PREPARE = "prepare", "Checking and preparing"
        RENDER = "render", "Cutting"
        PACKAGE = "package", "Making it streamable"
        POSTER = "poster", "Taking the still picture"
        TRANSCRIBE = "transcribe", "Writing the words"
        CAPTIONS = "captions", "Fitting the words to the cut"
        STORE = "store", "Keeping the original"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        SKIPPED = "skipped"

    # Where one of these failed, the video has: it cannot be played.
    PLAYABLE_KINDS = (Kind.PREPARE, Kind.RENDER, Kind.PACKAGE)

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    progress = models.PositiveSmallIntegerField(default=0, help_text="0 to 100")
    worker = models.CharField(max_length=80, blank=True, help_text="The process that has it, or had it last")
    claim = models.CharField(max_length=32, blank=True, editable=False, help_text="Known only to who carries it out")
    wanted_again = models.BooleanField(default=False, help_text="Runs once more when it has ended")
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True, help_text="Not tried again earlier than this")
    error_code = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=500, blank=True, help_text="A sentence for people")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["video", "kind"], name="step_once_per_video"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="step_progress_percent"),
        ]
        indexes = [
            models.Index("created_at", "id", name="step_unfinished", condition=Q(state__in=["waiting", "running"])),
            # Who was served lately.
            models.Index(fields=["started_at"], name="step_started"),
            # What ended lately, for the figures about the site (operations/).
            models.Index(fields=["finished_at"], name="step_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.video_id}: {self.state}"

    if TYPE_CHECKING:
        video_id: int

    @property
    def is_finished(self) -> bool:
        return self.state not in {self.State.WAITING, self.State.RUNNING}


class StepTotal(models.Model):
    """How many steps of a kind have ever ended so, for figures that only grow: rows of steps go with their videos."""

    kind = models.CharField(max_length=12, choices=ProcessingStep.Kind)
    state = models.CharField(max_length=8, choices=ProcessingStep.State)
    count = models.PositiveBigIntegerField(default=0)
    work_ms = models.PositiveBigIntegerField(default=0, help_text="How long they took together")
    heard_ms = models.PositiveBigIntegerField(default=0, help_text="How much sound they listened to for words")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "state"], name="step_total_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}: {self.count}"


class Worker(models.Model):
    """A process that carries out steps. It renews its row every few seconds: see videos/work/workers.py."""

    name = models.CharField(max_length=80, primary_key=True, help_text="As in ProcessingStep.worker")
    host = models.CharField(max_length=80)
    pid = models.PositiveIntegerField()
    threads = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


def steps_in_order(steps: Iterable[ProcessingStep], order: Iterable[str]) -> list[ProcessingStep]:
    """The steps of one video in the order in which they run."""
    places = {kind: place for place, kind in enumerate(order)}
    return sorted(steps, key=lambda step: places.get(step.kind, len(places)))
