"""The word that connects the lines of one request."""

from __future__ import annotations

import io
import json
import logging

import pytest
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from operations.logs import JsonFormatter
from operations.request_ids import AddRequest, name_request

NGINX_S = "0123456789abcdef0123456789abcdef"


def request_of_a_line(given: str) -> str:
    """What a line that a view logs says of its request."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(AddRequest())
    logger = logging.getLogger("a view")
    logger.addHandler(handler)

    def view(_request: HttpRequest) -> HttpResponse:
        logger.warning("something")
        return HttpResponse()

    try:
        name_request(view)(RequestFactory().get("/", HTTP_X_REQUEST_ID=given))
        logger.warning("outside of requests")
    finally:
        logger.removeHandler(handler)
    inside, outside = (json.loads(line) for line in stream.getvalue().splitlines())
    assert "request" not in outside
    return str(inside["request"])


def test_a_line_carries_the_word_that_nginx_gave_its_request(settings: LazySettings) -> None:
    settings.BEHIND_PROXY = True

    assert request_of_a_line(NGINX_S) == NGINX_S


@pytest.mark.parametrize("forged", ['", "level": "ERROR', "short", "x" * 65, ""])
def test_nobody_writes_into_the_log_by_a_header(settings: LazySettings, forged: str) -> None:
    settings.BEHIND_PROXY = True

    assert len(request_of_a_line(forged)) == 32


def test_without_nginx_in_front_the_word_is_ours(settings: LazySettings) -> None:
    settings.BEHIND_PROXY = False

    assert request_of_a_line(NGINX_S) != NGINX_S
