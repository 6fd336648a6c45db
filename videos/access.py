"""The only way a view gets a Video. What is absent and what is not for you look the same."""

from __future__ import annotations

import re

from django.db.models import Q

from accounts.models import User
from videos.errors import NotYourVideo, VideoNotFound
from videos.models import Video, VideoQuerySet
from videos.names import PATTERN
from videos.permissions import staff_may

_NAME = re.compile(PATTERN)
# 18 digits fit the database's 64-bit integers.
_NUMBER = re.compile(r"[0-9]{1,18}")


def videos_for(user: User | None) -> VideoQuerySet:
    """Every video whose address works for this person."""
    return VideoQuerySet(Video).visible_to(user).select_related("owner")


def get_video(user: User | None, name: str) -> Video:
    """The video of that name. Raises VideoNotFound if there is none that this person may see."""
    if not _NAME.fullmatch(name):  # what no name is may also be what no database takes
        raise VideoNotFound
    try:
        return videos_for(user).get(name=name)
    except Video.DoesNotExist:
        raise VideoNotFound from None


def get_video_by_id_or_name(user: User | None, key: str, *, kind: str) -> Video:
    """The video of that kind under its name, or its number in the database.

    Numbers can be guessed, so an unlisted video answers to its number only for its owner.
    """
    videos = videos_for(user).filter(kind=kind)
    if _NAME.fullmatch(key):
        found = videos.filter(name=key)
    elif not _NUMBER.fullmatch(key):
        found = videos.none()
    else:
        found = videos.filter(Q(visibility=Video.Visibility.PUBLIC) | videos.known_to(user), pk=key)
    video = found.first()
    if video is None:
        raise VideoNotFound
    return video


def may_change(user: User | None, video: Video) -> bool:
    """Owners change their videos, and people whose permissions say so."""
    return _is_owner(user, video) or staff_may(user, "change", video.kind)


def may_delete(user: User | None, video: Video) -> bool:
    """Owners delete their videos, and people whose permissions say so."""
    return _is_owner(user, video) or staff_may(user, "delete", video.kind)


def may_be_told_of(user: User | None, video: Video) -> bool:
    """Whether a page may lead this person to it: the address of an unlisted video is what keeps it."""
    is_public = video.visibility == Video.Visibility.PUBLIC
    return is_public or _is_owner(user, video) or staff_may(user, "view", video.kind)


def _is_owner(user: User | None, video: Video) -> bool:
    return user is not None and user.pk == video.owner_id


def get_video_to_change(user: User | None, name: str) -> Video:
    """The video of that name. Raises VideoNotFound, or NotYourVideo if the person may only watch it."""
    video = get_video(user, name)
    if not may_change(user, video):
        raise NotYourVideo
    return video


def get_video_to_delete(user: User | None, name: str) -> Video:
    """As `get_video_to_change`, for deleting it."""
    video = get_video(user, name)
    if not may_delete(user, video):
        raise NotYourVideo
    return video


def may_cut(user: User | None, video: Video) -> bool:
    """Owners cut their videos; others with an account what is public, unless its owner forbids it."""
    if user is None:
        return False
    return may_change(user, video) or (video.allows_cuts and video.visibility == Video.Visibility.PUBLIC)
