"""Videos of the API: lists, one, changing, deleting; and the addresses that make a video streamable."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from accounts.access import optional_user
from accounts.api_auth import needs_account
from streaming.demand import CannotBePlayed, make_playable
from streaming.paging import page_of
from streaming.representation import VideoOut, represent, represent_one
from videos import services
from videos.access import get_video, get_video_by_id_or_name, get_video_to_change, get_video_to_delete
from videos.api_types import TitleIn, VisibilityIn, YesOrNoIn
from videos.models import Video
from videos.work.table import VideoState

router = Router(tags=["videos"])
PAGE = 20
RETRY_AFTER_S = 5


class VideoPage(Schema):
    results: list[VideoOut]
    next: str | None


class VideoChange(Schema):
    title: TitleIn | None = None
    visibility: VisibilityIn | None = None
    allows_cuts: YesOrNoIn | None = None


class StreamOut(Schema):
    playlist: str | None
    fallback: str | None
    state: VideoState


@router.get("/videos/", response=VideoPage)
def list_videos(request: HttpRequest, cursor: str = "") -> VideoPage:
    """Public videos, newest first."""
    page = page_of(Video.objects.listed(), cursor, PAGE)
    return VideoPage(results=represent(page.videos, optional_user(request)), next=page.next)


@router.get("/videos/{name}/", response=VideoOut)
def show_video(request: HttpRequest, name: str) -> VideoOut:
    user = optional_user(request)
    return represent_one(get_video(user, name), user)


@router.patch("/videos/{name}/", response=VideoOut, auth=needs_account)
def change_video(request: HttpRequest, name: str, change: VideoChange) -> VideoOut:
    """Title, visibility and whether others may cut it; what is left out stays as it is."""
    user = optional_user(request)
    video = get_video_to_change(user, name)
    return represent_one(services.change_details(video=video, **change.dict()), user)


@router.delete("/videos/{name}/", response={HTTPStatus.NO_CONTENT: None}, auth=needs_account)
def delete_video(request: HttpRequest, name: str) -> Status[None]:
    """Gone with all its files."""
    services.delete_video(get_video_to_delete(optional_user(request), name))
    return Status(HTTPStatus.NO_CONTENT, None)


@router.get("/videos/{name}/replies/", response=VideoPage)
def list_replies(request: HttpRequest, name: str, cursor: str = "") -> VideoPage:
    """Replies that everybody may see, newest first."""
    user = optional_user(request)
    page = page_of(Video.objects.listed().filter(reply_to=get_video(user, name)), cursor, PAGE)
    return VideoPage(results=represent(page.videos, user), next=page.next)


def _stream(request: HttpRequest, response: HttpResponse, key: str, kind: str) -> Status[StreamOut]:
    user = optional_user(request)
    video = get_video_by_id_or_name(user, key, kind=kind)
    try:
        is_playable = make_playable(video)
    except CannotBePlayed:
        get_video(user, video.name)  # only who may see a failed video is told why
        raise
    seen = represent_one(get_video(user, video.name), user)
    if is_playable:
        return Status(HTTPStatus.OK, StreamOut(playlist=seen.playlist, fallback=seen.fallback, state=seen.state))
    response["Retry-After"] = str(RETRY_AFTER_S)
    return Status(HTTPStatus.ACCEPTED, StreamOut(playlist=None, fallback=None, state=seen.state))


_STREAM_ANSWERS = {HTTPStatus.OK: StreamOut, HTTPStatus.ACCEPTED: StreamOut}


@router.get("/streamoriginalvideo/{key}/", response=_STREAM_ANSWERS)
def stream_original(request: HttpRequest, response: HttpResponse, key: str) -> Status[StreamOut]:
    """Makes the playlist if it is not there and answers when it can be played; 202 if that takes long."""
    return _stream(request, response, key, Video.Kind.ORIGINAL)


@router.get("/streamcutvideo/{key}/", response=_STREAM_ANSWERS)
def stream_cut(request: HttpRequest, response: HttpResponse, key: str) -> Status[StreamOut]:
    """Makes the playlist if it is not there and answers when it can be played; 202 if that takes long."""
    return _stream(request, response, key, Video.Kind.CUT)


@router.get("/streamreplyvideo/{key}/", response=_STREAM_ANSWERS)
def stream_reply(request: HttpRequest, response: HttpResponse, key: str) -> Status[StreamOut]:
    """Makes the playlist if it is not there and answers when it can be played; 202 if that takes long."""
    return _stream(request, response, key, Video.Kind.REPLY)
