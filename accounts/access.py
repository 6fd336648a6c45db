"""Who is asking, for views that need an account."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.errors import NotSignedIn
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
