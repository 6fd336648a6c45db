"""How much a person may have stored, and may send in a day."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from accounts.models import User
from capture import parts
from capture.errors import NoRoomLeft
from capture.models import Allowance, Upload
from limits import spending
from limits.spending import Limit
from videos.models import Video

DAY_S = 24 * 3600
TOO_MUCH_TODAY = "You have sent as much as you may in one day. What arrived is kept."


@dataclass(frozen=True)
class Usage:
    """What a person has of what is allowed, in bytes; a `max` of 0 is no limit. Uploads under way are counted whole.

    `stored_bytes`: of recordings and chosen files as much as was sent, of cuts as much as was made. The video.mp4 that
    is made of a recording is not counted: nobody who sends a file can tell how large it will be.
    `today_bytes`: what was sent and has not come back yet, as it does steadily (limits/spending.py).
    """

    stored_bytes: int
    stored_max_bytes: int
    today_bytes: int
    day_max_bytes: int

    @property
    def day_left_bytes(self) -> int | None:
        """What may be sent now. None: so much that nobody needs to be told, at least nine tenths of a day's."""
        if self.today_bytes * 10 <= self.day_max_bytes or not self.day_max_bytes:
            return None
        return max(0, self.day_max_bytes - self.today_bytes)


def usage_of(person: User, *, besides: Upload | None = None) -> Usage:
    """What is used, without the upload `besides`."""
    stored_max_bytes, day_max_bytes = _allowed(person)
    stored_bytes = Video.objects.filter(owner=person).aggregate(sum=Sum("size_bytes"))["sum"] or 0
    return Usage(
        stored_bytes=stored_bytes + _under_way_bytes(person, besides),
        stored_max_bytes=stored_max_bytes,
        today_bytes=spending.spent(bytes_a_day(person), spending.person(person.pk)),
        day_max_bytes=day_max_bytes,
    )


def check_room(person: User, bytes_more: int, *, besides: Upload | None = None) -> None:
    """Raises NoRoomLeft if the person may not store so many bytes more."""
    usage = usage_of(person, besides=besides)
    if usage.stored_max_bytes and usage.stored_bytes + bytes_more > usage.stored_max_bytes:
        used, most = filesizeformat(usage.stored_bytes), filesizeformat(usage.stored_max_bytes)
        raise NoRoomLeft(
            f"This does not fit: you have used {used} of {most}. Delete a video that you do not need, then go on."
        )


def bytes_a_day(person: User) -> Limit:
    """What arrives is spent from this."""
    return Limit("upload_bytes", _allowed(person)[1], DAY_S)


def bytes_to_come() -> int:
    """How much of the disk is kept for uploads under way: what is to come of each, at most as much as it has sent.

    Nobody keeps others out by declaring lengths; an upload that is half through has the room for the rest.
    """
    declared = Upload.objects.under_way().filter(length_bytes__isnull=False).values_list("pk", "length_bytes")
    return sum(_kept_for(length_bytes or 0, parts.size_of(pk) or 0) for pk, length_bytes in declared)


def _kept_for(length_bytes: int, sent_bytes: int) -> int:
    return max(0, min(sent_bytes, length_bytes - sent_bytes))


def _allowed(person: User) -> tuple[int, int]:
    own = Allowance.objects.filter(person=person).first() or Allowance()
    stored, today = settings.ACCOUNT_MAX_BYTES, settings.ACCOUNT_DAY_MAX_BYTES
    return (
        stored if own.stored_max_gb is None else own.stored_max_gb * 1024**3,
        today if own.day_max_gb is None else own.day_max_gb * 1024**3,
    )


def _under_way_bytes(person: User, besides: Upload | None) -> int:
    """The declared length of each upload under way; of those that declared none yet, what has arrived."""
    uploads = Upload.objects.under_way().filter(owner=person)
    if besides is not None:
        uploads = uploads.exclude(pk=besides.pk)
    return sum(upload.length_bytes or parts.size_of(upload.pk) or 0 for upload in uploads)
