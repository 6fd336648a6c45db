"""Keeps what a person chooses on the cut page, so that a reload or another device goes on where they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from accounts.models import User
from cutting.errors import MayNotCut
from cutting.models import Draft
from cutting.page import digest_of, items_in, lines_of
from limits.spending import limit_of, person, spend
from transcribe.selectors import cues_of
from videos.access import may_cut
from videos.errors import InvalidDetails
from videos.models import Video
from videos.services import clean_title, clean_visibility


class Chosen(TypedDict):
    """Times in milliseconds of the source; `removed`: numbers of items, counted in the words of that `digest`."""

    removed: Sequence[int]
    from_ms: int
    to_ms: int
    title: str
    visibility: str
    digest: str


def keep_draft(*, video: Video, user: User, **chosen: Unpack[Chosen]) -> None:
    """In the place of the one before. Raises MayNotCut, InvalidDetails, TooOften."""
    if not may_cut(user, video):
        raise MayNotCut
    spend(limit_of("draft"), person(user.pk))
    details = {
        **chosen,
        "removed": _removed(video, chosen),
        "title": clean_title(chosen["title"]),
        "visibility": clean_visibility(chosen["visibility"]),
    }
    Draft.objects.update_or_create(user=user, video=video, defaults=details)


def _removed(video: Video, chosen: Chosen) -> list[int]:
    """Numbers of items that there are. Of words that have changed meanwhile none is kept: nobody could read it."""
    items = items_in(lines_of(cues_of(video), video.duration_ms))
    if chosen["digest"] != digest_of(items):
        return []
    removed = sorted(set(chosen["removed"]))
    if removed and removed[-1] >= len(items):
        raise InvalidDetails(f"This video has {len(items)} words and pauses: there is no number {removed[-1]}.")
    return removed


def drop_draft(*, video: Video, user: User) -> None:
    """Also where there is none."""
    Draft.objects.filter(user=user, video=video).delete()


def draft_of(video: Video, user: User, digest: str) -> Draft | None:
    """What was kept. Where the words have changed since, their numbers are left out and the rest stays."""
    draft = Draft.objects.filter(user=user, video=video).first()
    if draft is not None and draft.digest != digest:
        draft.removed = []
    return draft
