"""Whoever opens the site by another name than PUBLIC_URL's is told the right one, and does not flood the log."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.test import Client

from operations.logs import ForeignHosts, TextFormatter


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The lines about foreign hosts as the settings have them, with the minute beginning now."""
    stream = io.StringIO()
    logger = logging.getLogger("django.security.DisallowedHost")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextFormatter())
    logger.addHandler(handler)
    kept, logger.filters = (
        logger.filters,
        [ForeignHosts() if isinstance(one, ForeignHosts) else one for one in logger.filters],
    )
    yield stream
    logger.filters = kept
    logger.removeHandler(handler)


def test_many_foreign_names_are_one_line_that_names_the_right_address(
    stranger: Client, settings: LazySettings, log: io.StringIO
) -> None:
    settings.PUBLIC_URL = "https://videos.example.org"

    for number in range(5):
        assert stranger.get("/", headers={"host": f"10.0.0.{number}"}).status_code == 400

    (line,) = log.getvalue().splitlines()
    assert "WARNING" in line and "PUBLIC_URL (https://videos.example.org)" in line and "10.0.0.0" in line


def test_the_page_leads_to_the_right_address(stranger: Client, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://videos.example.org"

    page = stranger.get("/", headers={"host": "10.0.0.1"}).content.decode()

    assert 'href="https://videos.example.org/"' in page and "Traceback" not in page


def test_a_program_is_told_the_right_address(stranger: Client, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "https://videos.example.org"

    error = stranger.get("/api/videos/", headers={"host": "10.0.0.1"}).json()["error"]

    assert error["code"] == "bad_request" and "https://videos.example.org" in error["message"]
