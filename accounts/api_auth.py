"""How calls of the API say who asks: a session with CSRF, or a bearer token (`accounts/middleware.py`)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie
from ninja.utils import check_csrf

from accounts.access import require_user
from accounts.errors import CsrfFailed


class OpenToAll(APIKeyCookie):
    """Strangers may call; a call without a bearer token must carry the CSRF token, else CsrfFailed is raised."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        if check_csrf(request) is not None:
            raise CsrfFailed
        return request.COOKIES.get(self.param_name)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return request.user


class NeedsAccount(OpenToAll):
    """Raises NotSignedIn for strangers."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return require_user(request)


open_to_all = OpenToAll()
needs_account = NeedsAccount()
