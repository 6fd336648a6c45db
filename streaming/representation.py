"""A video as clients and pages see it, put together from what every app knows about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated

from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.urls import reverse
from ninja import Field, Schema

from accounts.models import User
from social.api import CountsOut
from social.selectors import counts_of, liked_by
from transcribe.models import Cue, Transcript
from videos import files
from videos.access import may_be_told_of, may_change, may_cut, may_delete
from videos.addresses import media_url, playlist_url
from videos.api_types import Count, one_of
from videos.models import ProcessingStep, Video, steps_in_order
from videos.work.table import STEPS_OF, VideoState, state_of


class StepOut(Schema):
    kind: Annotated[str, one_of(ProcessingStep.Kind)]
    label: str
    state: Annotated[str, one_of(ProcessingStep.State)]
    progress: int = Field(ge=0, le=100)
    error: str


class CaptionOut(Schema):
    language: str
    url: str


class VideoLink(Schema):
    """Another video that this one belongs to."""

    name: str
    title: str
    url: str


class VideoOut(Schema):
    name: str
    title: str
    kind: Annotated[str, one_of(Video.Kind)]
    owner: str
    visibility: Annotated[str, one_of(Video.Visibility)]
    duration_ms: Count
    width: Count
    height: Count
    state: VideoState
    steps: list[StepOut]
    playlist: str | None
    fallback: str | None
    poster: str | None
    captions: list[CaptionOut]
    counts: CountsOut
    published_at: datetime | None
    url: str
    liked: bool
    may_change: bool
    may_delete: bool
    may_cut: bool
    allows_cuts: bool
    reply_to: VideoLink | None
    cut_from: VideoLink | None


def represent(videos: Sequence[Video], user: User | None) -> list[VideoOut]:
    """The videos as this person sees them, with a fixed number of queries."""
    prefetch_related_objects(videos, "owner", "steps", "reply_to__owner", "cut_from__owner")
    counts, liked, languages = counts_of(videos), liked_by(user, videos), _caption_languages(videos)
    return [
        _represent_one(video, user, counts[video.pk], languages.get(video.pk), is_liked=video.pk in liked)
        for video in videos
    ]


def represent_one(video: Video, user: User | None) -> VideoOut:
    return represent([video], user)[0]


def _caption_languages(videos: Collection[Video]) -> dict[int, str]:
    """By the number of the video: the language of its subtitles, where there are any."""
    transcripts = Transcript.objects.filter(Exists(Cue.objects.filter(transcript=OuterRef("pk"))), video__in=videos)
    return dict(transcripts.values_list("video", "language"))


def _represent_one(
    video: Video, user: User | None, counts: dict[str, int], language: str | None, *, is_liked: bool
) -> VideoOut:
    steps = steps_in_order(video.steps.all(), STEPS_OF[video.kind])
    state = state_of(video, steps)
    has_poster = any(step.kind == ProcessingStep.Kind.POSTER and step.state == step.State.DONE for step in steps)
    can_play = state in {VideoState.PLAYABLE, VideoState.READY}
    return VideoOut(
        name=video.name,
        title=video.shown_title,
        kind=video.kind,
        owner=video.owner.username,
        visibility=video.visibility,
        duration_ms=video.duration_ms,
        width=video.width,
        height=video.height,
        state=state,
        steps=[_step(step) for step in steps],
        playlist=playlist_url(video) if can_play else None,
        fallback=media_url(video, files.VIDEO_FILE) if can_play else None,
        poster=media_url(video, files.POSTER_FILE) if has_poster else None,
        captions=[CaptionOut(language=language, url=reverse("api:captions_vtt", args=[video.name]))]
        if language
        else [],
        counts=CountsOut(**counts),
        published_at=video.published_at,
        url=video.get_absolute_url(),
        liked=is_liked,
        may_change=may_change(user, video),
        may_delete=may_delete(user, video),
        may_cut=may_cut(user, video),
        allows_cuts=video.allows_cuts,
        reply_to=_link(video.reply_to, user),
        cut_from=_link(video.cut_from, user),
    )


def _step(step: ProcessingStep) -> StepOut:
    return StepOut(
        kind=step.kind, label=step.get_kind_display(), state=step.state, progress=step.progress, error=step.error
    )


def _link(video: Video | None, user: User | None) -> VideoLink | None:
    """Nothing where this person may not know the other video."""
    if video is None or not may_be_told_of(user, video):
        return None
    return VideoLink(name=video.name, title=video.shown_title, url=video.get_absolute_url())
