"""Who is logged in, for pages that stay open while people log in and out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from ninja import Router, Schema

from accounts.access import optional_user

router = Router(tags=["accounts"])


class SessionOut(Schema):
    user: str | None
    csrf_token: str


def session_of(request: HttpRequest) -> SessionOut:
    """Who is asking, and the token that their next request must carry as X-CSRFToken."""
    user = optional_user(request)
    return SessionOut(user=user.username if user else None, csrf_token=get_token(request))


@router.get("/session/", response=SessionOut)
def show_session(request: HttpRequest, response: HttpResponse) -> SessionOut:
    """Who is logged in, or null, and a fresh CSRF token: what a page asks for after `csrf_failed`."""
    response["Cache-Control"] = "no-store"
    return session_of(request)
