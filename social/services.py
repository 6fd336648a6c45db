"""What changes likes, comments, shares and views, and the counts beside them."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Model, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from limits.spending import limit_of, person, spend
from problems.errors import Problem
from social.models import Comment, Counts, Like, Share, View
from videos.models import Video
from videos.text import lines

COMMENT_MAX = 1000
COUNTED: dict[str, type[Model]] = {"likes": Like, "comments": Comment, "shares": Share, "views": View}
# A row that many people watch at once is not written for each of them.
LAST_VIEW_PRECISION = timedelta(minutes=1)


class InvalidComment(Problem):
    code = "invalid_comment"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


def _count(video: Video, field: str, change: int) -> None:
    Counts.objects.get_or_create(video=video)
    Counts.objects.filter(video=video).update(**{field: F(field) + change})


def like(*, video: Video, user: User) -> None:
    """Liking twice is liking once. Raises TooOften."""
    spend(limit_of("like"), person(user.pk))
    try:
        with transaction.atomic():
            Like.objects.create(video=video, user=user)
            _count(video, "likes", 1)
    except IntegrityError:
        pass


@transaction.atomic
def unlike(*, video: Video, user: User) -> None:
    """Taking back what was not given is not an error."""
    removed, _ = Like.objects.filter(video=video, user=user).delete()
    if removed:
        _count(video, "likes", -1)


@transaction.atomic
def comment(*, video: Video, user: User, text: str) -> Comment:
    """Raises InvalidComment if there is nothing to read or too much, TooOften."""
    if len(text) > COMMENT_MAX:
        raise InvalidComment(f"A comment may have at most {COMMENT_MAX} characters; this one has {len(text)}.")
    text = lines(text)
    if not text:
        raise InvalidComment("Write something first.")
    spend(limit_of("comment"), person(user.pk))
    made = Comment.objects.create(video=video, user=user, text=text)
    _count(video, "comments", 1)
    return made


@transaction.atomic
def delete_comment(comment: Comment) -> None:
    removed, _ = comment.delete()
    if removed:
        _count(comment.video, "comments", -1)


@transaction.atomic
def share(*, video: Video, user: User | None) -> None:
    Share.objects.create(video=video, user=user)
    _count(video, "shares", 1)


def view(*, video: Video, viewer: str) -> None:
    """Count a viewer once, and note that the video is watched now; `viewer` is a digest that names nobody."""
    try:
        with transaction.atomic():
            View.objects.create(video=video, viewer=viewer)
            _count(video, "views", 1)
    except IntegrityError:
        pass
    now = timezone.now()
    is_outdated = Q(last_viewed_at=None) | Q(last_viewed_at__lt=now - LAST_VIEW_PRECISION)
    Counts.objects.filter(is_outdated, video=video).update(last_viewed_at=now)


def recount() -> int:
    """Put right what differs from the rows, such as after the deletion of a person; of how many videos that was."""
    return sum(_recount(counts) for counts in Counts.objects.filter(_drifted()))


def _drifted() -> Q:
    """Counts that are not as many as there are rows."""
    differs = Q()
    for field, model in COUNTED.items():
        rows = model._base_manager.filter(video=OuterRef("video")).order_by().values("video")
        total = Subquery(rows.annotate(total=Count("pk")).values("total"))
        differs |= ~Q(**{field: Coalesce(total, 0)})
    return differs


def _recount(counts: Counts) -> bool:
    with transaction.atomic():
        # Held, so that what somebody does meanwhile is counted before or after, not lost.
        held = Counts.objects.select_for_update().filter(pk=counts.pk).first()
        if held is None:
            return False
        totals = {field: model._base_manager.filter(video=held.pk).count() for field, model in COUNTED.items()}
        return bool(Counts.objects.filter(pk=held.pk).update(**totals))
