"""How often somebody may do something: so much at once, and it comes back steadily, as water runs out of a bucket.

One row for each doer and deed holds when all that was spent will have come back. Rows rather than the cache, because
every process of every installation shares the database, and because a row can be held while it is changed
(docs/decisions/0016-limits-are-rows.md).
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from limits.models import Spent
from problems.errors import Problem


class TooOften(Problem):
    code = "too_often"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, wait_s: float, what: str = "That was too often.") -> None:
        seconds = max(1, int(wait_s) + 1)
        self.headers = {"Retry-After": str(seconds)}
        super().__init__(f"{what} Try again in {_in_words(seconds)}.")


@dataclass(frozen=True)
class Limit:
    """`most` at once; all of it has come back after `window_s` seconds. `most` 0: no limit."""

    deed: str
    most: int
    window_s: int

    def back_after(self, amount: int) -> timedelta:
        """How long until so much has come back. Not a sum of rounded parts: one of many bytes is less than a tick."""
        return timedelta(seconds=self.window_s * amount / self.most)


def limit_of(deed: str) -> Limit:
    """What settings.RATE_LIMITS says."""
    return Limit(deed, *settings.RATE_LIMITS[deed])


def spend(limit: Limit, who: str, amount: int = 1, what: str = "That was too often.") -> None:
    """Raises TooOften, with the words of `what` before the waiting time, if there is not so much left."""
    if not limit.most:
        return
    with transaction.atomic():
        now = timezone.now()
        row, _made = Spent.objects.select_for_update().get_or_create(
            doer=who, deed=limit.deed, defaults={"back_at": now}
        )
        back_at = max(row.back_at, now) + limit.back_after(amount)
        wait = back_at - now - timedelta(seconds=limit.window_s)
        if wait > timedelta(0):
            raise TooOften(wait.total_seconds(), what)
        row.back_at = back_at
        row.save(update_fields=["back_at"])


@transaction.atomic
def give_back(limit: Limit, who: str, amount: int = 1) -> None:
    """For what was spent and then not used."""
    row = Spent.objects.select_for_update().filter(doer=who, deed=limit.deed).first()
    if row is not None and limit.most:
        row.back_at -= limit.back_after(amount)
        row.save(update_fields=["back_at"])


def spent(limit: Limit, who: str) -> int:
    """How much has not come back yet."""
    row = Spent.objects.filter(doer=who, deed=limit.deed).first()
    if row is None or not limit.most:
        return 0
    return max(0, round((row.back_at - timezone.now()).total_seconds() * limit.most / limit.window_s))


def forget_what_came_back(now: datetime | None = None) -> int:
    """Remove rows that say nothing any more. Returns how many."""
    return Spent.objects.filter(back_at__lte=now or timezone.now()).delete()[0]


def person(number: int) -> str:
    """How somebody with an account is written down, by the number of their row."""
    return f"person {number}"


def address_of(request: HttpRequest) -> str:
    """How a stranger is written down: the address, of IPv6 the network that one household has (64 bits)."""
    text = request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "address unknown"
    if address.version == 4:
        return f"address {address}"
    return f"address {ipaddress.ip_network((address, 64), strict=False)}"


def _in_words(seconds: int) -> str:
    for size, name in ((3600, "hour"), (60, "minute")):
        if seconds > size:
            return f"{-(-seconds // size)} {name}s"
    return "a second" if seconds == 1 else f"{seconds} seconds"
