"""How names and passwords are compared, on every page that asks for them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.models import User
from limits.spending import Limit, address_of, give_back, limit_of, spend

TOO_MANY = "There were too many tries to log in."


class LimitedBackend(ModelBackend):
    """Django's own, with a limit on failed tries: for an address, for a name from it, and for a name from anywhere.

    A try is counted before the password is compared, so that tries at the same moment do not slip through, and
    given back when it was right.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Raises TooOften."""
        tries = _tries(request, username or "")
        for limit, who in tries:
            spend(limit, who, what=TOO_MANY)
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if user is not None:
            for limit, who in tries:
                give_back(limit, who)
        return user


def _tries(request: HttpRequest | None, username: str) -> list[tuple[Limit, str]]:
    """The tightest first: what is refused there is not taken from what others who try the name have left."""
    name = f"name {username.casefold()[:120]}"
    anywhere = (limit_of("log_in_anywhere"), name)
    if request is None:
        return [anywhere]
    address = address_of(request)
    return [(limit_of("log_in_as"), f"{name} {address}"), (limit_of("log_in"), address), anywhere]
