"""A word for each request, by which the lines of nginx, Django and whatever else stands in front are found together."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]

HEADER = "X-Request-Id"
# nginx's own are 32 hexadecimal digits: https://nginx.org/en/docs/http/ngx_http_core_module.html#var_request_id
_ACCEPTABLE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def name_request(get_response: GetResponse) -> GetResponse:
    """Lines that are logged while a request is answered carry its word: nginx's, where it is in front."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "") if settings.BEHIND_PROXY else ""
        token = _request_id.set(given if _ACCEPTABLE.fullmatch(given) else secrets.token_hex(16))
        try:
            return get_response(request)
        finally:
            _request_id.reset(token)

    return middleware


class AddRequest(logging.Filter):
    """Gives each record the field `request_id`, empty outside of requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        return True
