"""How long requests take, by view and answer. Kept by prometheus_client, for all processes of one gunicorn together
(`videostream/gunicorn.py`)."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from prometheus_client import Histogram

GetResponse = Callable[[HttpRequest], HttpResponseBase]

REQUEST_S = Histogram(
    "videostream_request_seconds",
    "Time until the answer began, by view, method and status.",
    ["view", "method", "status"],
    # A request for a stream may wait for its playlist (STREAM_WAIT_S).
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30, 60),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def measure(get_response: GetResponse) -> GetResponse:
    """The first middleware: sees the whole time that Django takes."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        started_s = time.perf_counter()
        response = get_response(request)
        # Only words that are known before: strangers must not be able to make ever new series.
        method = request.method if request.method in METHODS else "other"
        REQUEST_S.labels(_view_of(request), method, response.status_code).observe(time.perf_counter() - started_s)
        return response

    return middleware


def _view_of(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None:
        return "none"
    return match.view_name or match.func.__name__
