"""Lists of videos page by page: a cursor names the last video of the page before (keyset paging)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from django.db.models import Q

from problems.errors import Problem
from videos.models import Video, VideoQuerySet

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")


class UnknownCursor(Problem):
    code = "unknown_cursor"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = "This is not a cursor of this list. Use the `next` of an earlier answer, or none to begin."


@dataclass(frozen=True)
class Page:
    """Some videos and the cursor of those that follow, or None at the end."""

    videos: list[Video]
    next: str | None


def cursor_of(video: Video) -> str:
    """Microseconds since 1970 and the number of the video."""
    assert video.published_at is not None, "only published videos are paged"
    return f"{(video.published_at - _EPOCH) // timedelta(microseconds=1)}-{video.pk}"


def page_of(videos: VideoQuerySet, cursor: str, size: int) -> Page:
    """Published videos, newest first, that follow `cursor` (empty: from the beginning). Raises UnknownCursor."""
    rows = videos.published().order_by("-published_at", "-pk")
    if cursor:
        rows = rows.filter(_after(cursor))
    found = list(rows[: size + 1])
    return Page(found[:size], cursor_of(found[size - 1]) if len(found) > size else None)


def _after(cursor: str) -> Q:
    parts = _CURSOR.fullmatch(cursor)
    if parts is None:
        raise UnknownCursor
    try:
        when = _EPOCH + timedelta(microseconds=int(parts[1]))
    except OverflowError:
        raise UnknownCursor from None
    # The first comparison alone lets the database enter its index at the right place.
    return Q(published_at__lte=when) & (Q(published_at__lt=when) | Q(pk__lt=int(parts[2])))
