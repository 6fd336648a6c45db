"""What nginx in front tells about the request it passes on."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def client_address(get_response: GetResponse) -> GetResponse:
    """Behind nginx, REMOTE_ADDR is the client's address: the last one of X-Forwarded-For, which nginx itself wrote."""
    if not settings.BEHIND_PROXY:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponseBase:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            request.META["REMOTE_ADDR"] = forwarded
        return get_response(request)

    return middleware
