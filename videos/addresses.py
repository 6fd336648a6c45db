"""Where browsers find the files of a video."""

from __future__ import annotations

from django.conf import settings

from videos import files
from videos.models import Video


def media_url(video: Video, file_name: str) -> str:
    """The address of a file made from the video; it does not tell whether the file is there."""
    return f"{settings.MEDIA_URL}videos/{video.name}/{file_name}"


def playlist_url(video: Video) -> str:
    """The address of the master playlist."""
    return settings.HLS_URL + files.playlist_name(video.name)
