"""Likes, comments, shares and views of the API."""

from __future__ import annotations

import hashlib
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from accounts.access import optional_user, require_user
from accounts.api_auth import needs_account, open_to_all
from accounts.models import User
from limits.spending import address_of, limit_of, person, spend
from problems.errors import NotFound
from social import services
from social.models import Comment
from social.selectors import counts_of
from videos.access import get_video
from videos.api_types import Count
from videos.errors import NotYourVideo
from videos.models import Video

router = Router(tags=["social"])
PAGE = 50


class CountsOut(Schema):
    likes: Count
    comments: Count
    replies: Count
    shares: Count
    views: Count


class LikeOut(Schema):
    liked: bool
    counts: CountsOut


class CommentIn(Schema):
    text: str = Field(json_schema_extra={"minLength": 1, "maxLength": services.COMMENT_MAX})


class CommentOut(Schema):
    id: int
    user: str
    text: str
    created_at: datetime
    may_delete: bool


class CommentPage(Schema):
    results: list[CommentOut]
    next: str | None


def _counts(video: Video) -> dict[str, int]:
    return counts_of([video])[video.pk]


def _may_delete(user: User | None, comment: Comment) -> bool:
    """Who wrote it, who owns the video, and people whose permissions say so."""
    if user is None:
        return False
    is_theirs = user.pk in (comment.user_id, comment.video.owner_id)
    return is_theirs or (user.is_staff and user.has_perm("social.delete_comment"))


def _comment_out(request: HttpRequest, comment: Comment) -> CommentOut:
    user = optional_user(request)
    return CommentOut(
        id=comment.pk,
        user=comment.user.username,
        text=comment.text,
        created_at=comment.created_at,
        may_delete=_may_delete(user, comment),
    )


@router.post("/videos/{name}/like/", response=LikeOut, auth=needs_account)
def like(request: HttpRequest, name: str) -> dict[str, object]:
    user = require_user(request)
    video = get_video(user, name)
    services.like(video=video, user=user)
    return {"liked": True, "counts": _counts(video)}


@router.delete("/videos/{name}/like/", response=LikeOut, auth=needs_account)
def unlike(request: HttpRequest, name: str) -> dict[str, object]:
    user = require_user(request)
    video = get_video(user, name)
    services.unlike(video=video, user=user)
    return {"liked": False, "counts": _counts(video)}


@router.get("/videos/{name}/comments/", response=CommentPage)
def comments(request: HttpRequest, name: str, before: int | None = Query(None, gt=0, lt=2**63)) -> CommentPage:  # type: ignore[type-arg]
    """Newest first; `next` is the `before` of the following page."""
    video = get_video(optional_user(request), name)
    rows = video.comments.select_related("user").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    for row in page:
        row.video = video
    following = str(page[PAGE - 1].pk) if len(page) > PAGE else None
    return CommentPage(results=[_comment_out(request, row) for row in page[:PAGE]], next=following)


@router.post("/videos/{name}/comments/", response={HTTPStatus.CREATED: CommentOut}, auth=needs_account)
def add_comment(request: HttpRequest, name: str, body: CommentIn) -> Status[CommentOut]:
    user = require_user(request)
    made = services.comment(video=get_video(user, name), user=user, text=body.text)
    return Status(HTTPStatus.CREATED, _comment_out(request, made))


@router.delete("/videos/{name}/comments/{comment_id}/", response={HTTPStatus.NO_CONTENT: None}, auth=needs_account)
def delete_comment(request: HttpRequest, name: str, comment_id: int) -> Status[None]:
    """For who wrote it and for the owner of the video."""
    user = require_user(request)
    video = get_video(user, name)
    comment = video.comments.filter(pk=comment_id).first()
    if comment is None:
        raise NotFound
    if not _may_delete(user, comment):
        raise NotYourVideo("Only who wrote this comment or owns the video may delete it.")
    services.delete_comment(comment)
    return Status(HTTPStatus.NO_CONTENT, None)


@router.post("/videos/{name}/shares/", response=CountsOut, auth=open_to_all)
def share(request: HttpRequest, name: str) -> dict[str, int]:
    user = optional_user(request)
    video = get_video(user, name)
    spend(limit_of("share"), person(user.pk) if user else address_of(request))
    services.share(video=video, user=user)
    return _counts(video)


@router.post("/videos/{name}/views/", response=CountsOut, auth=open_to_all)
def view(request: HttpRequest, name: str) -> dict[str, int]:
    user = optional_user(request)
    video = get_video(user, name)
    spend(limit_of("view"), person(user.pk) if user else address_of(request))
    services.view(video=video, viewer=_viewer(request))
    return _counts(video)


def _viewer(request: HttpRequest) -> str:
    """The person, else the household they come from; as a keyed digest, so that nobody can be read from it."""
    user = optional_user(request)
    who = f"user {user.pk}" if user else address_of(request)
    return hashlib.blake2b(who.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=24).hexdigest()
