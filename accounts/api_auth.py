"""How calls of the API say who asks: a session with CSRF, or a bearer token (`accounts/middleware.py`)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie

from accounts.access import require_user


class OpenToAll(APIKeyCookie):
    """Strangers may call; a call with a session must carry the CSRF token."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return request.user


class NeedsAccount(OpenToAll):
    """Raises NotLoggedIn for strangers."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return require_user(request)


open_to_all = OpenToAll()
needs_account = NeedsAccount()
