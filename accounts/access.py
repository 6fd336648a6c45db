"""Who is asking, for views that need an account."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.utils import check_csrf

from accounts.errors import CsrfFailed, NotSignedIn
from accounts.models import User


def optional_user(request: HttpRequest) -> User | None:
    """The person asking, or None for a stranger."""
    return request.user if isinstance(request.user, User) else None


def require_user(request: HttpRequest) -> User:
    """The person asking. Raises NotSignedIn for a stranger."""
    user = optional_user(request)
    if user is None:
        raise NotSignedIn
    return user


def refuse_forged(request: HttpRequest) -> None:
    """For views that are exempt from Django's own check, because they first ask who it is.

    Raises CsrfFailed if the request changes something and its CSRF token is missing or not the session's.
    """
    if check_csrf(request) is not None:
        raise CsrfFailed
