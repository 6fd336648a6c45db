"""Answers Prometheus at /metrics, and nobody else."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST

from operations.metrics import exposition

GetResponse = Callable[[HttpRequest], HttpResponseBase]
PATHS = ("/metrics", "/metrics/")


def answer_prometheus(get_response: GetResponse) -> GetResponse:
    """A middleware before those that look at host names and tokens: Prometheus calls the web server by a name of the
    inside network, and its token is none of a person's."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info in PATHS and request.method == "GET" and _may_read(request):
            return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
        return get_response(request)

    return middleware


def _may_read(request: HttpRequest) -> bool:
    """Who knows METRICS_TOKEN; without one, who asks from this machine or its network, and not through a proxy."""
    if settings.METRICS_TOKEN:
        return constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}")
    if "X-Forwarded-For" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_private
    except ValueError:
        return False
