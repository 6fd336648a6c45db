"""Counts for lists of videos, each with one query however long the list is."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count

from accounts.models import User
from social.models import Counts, Like
from videos.models import Video

NO_COUNTS = {"likes": 0, "comments": 0, "replies": 0, "shares": 0, "views": 0}


def counts_of(videos: Collection[Video]) -> dict[int, dict[str, int]]:
    """By the number of the video: likes, comments, replies, shares, views."""
    ids = [video.pk for video in videos]
    counts = {id: dict(NO_COUNTS) for id in ids}
    for row in Counts.objects.filter(video__in=ids):
        counts[row.pk].update(likes=row.likes, comments=row.comments, shares=row.shares, views=row.views)
    replies = Video.objects.listed().filter(reply_to__in=ids).order_by().values("reply_to").annotate(total=Count("pk"))
    for group in replies:
        counts[group["reply_to"] or 0]["replies"] = group["total"]
    return counts


def liked_by(user: User | None, videos: Collection[Video]) -> set[int]:
    """The numbers of those of the videos that the person likes."""
    if user is None:
        return set()
    ids = [video.pk for video in videos]
    return set(Like.objects.filter(user=user, video__in=ids).values_list("video", flat=True))
