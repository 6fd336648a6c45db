"""Which videos a person may cut."""

from __future__ import annotations

from accounts.models import User
from videos.models import Video, VideoQuerySet


def cuttable(user: User, start: int, count: int) -> list[Video]:
    """So many videos from a place on in the list of a person's own ones and then public ones of others, newest first.

    The two are read one after the other, each in the order of an index, and nothing is counted but a person's own:
    sorting all public videos by whose they are would read every one of them for each page.
    """
    own = _shown(Video.objects.published().filter(owner=user))
    videos = list(own[start : start + count])
    if len(videos) < count:
        begin = max(0, start - own.count())
        others = _shown(Video.objects.listed().filter(allows_cuts=True).exclude(owner=user))
        videos += others[begin : begin + count - len(videos)]
    return videos


def _shown(videos: VideoQuerySet) -> VideoQuerySet:
    return videos.select_related("owner").prefetch_related("steps").order_by("-published_at", "-id")
