"""Where something is wrong, people read a page in the site's look, scripts and programs JSON."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from streaming import api, views

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("fault", "status", "code", "words"),
    [
        (RuntimeError("/srv/secret"), 500, "internal_error", "Something broke here"),
        (PermissionDenied("/srv/secret"), 403, "forbidden", "You may not do that"),
    ],
)
def test_an_error_is_told_in_the_form_that_was_asked_for(
    browser: Client, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int, code: str, words: str
) -> None:
    def fail(*_arguments: object) -> None:
        raise fault

    for module in (api, views):
        monkeypatch.setattr(module, "page_of", fail)

    page, program = browser.get("/"), browser.get("/api/videos/")
    script = browser.get("/", headers={"Accept": "application/json"})

    shown = page.content.decode()
    assert (page.status_code, words in shown, "css/base" in shown) == (status, True, True)
    for answer in (script, program):
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not any("secret" in answer.content.decode() for answer in (page, script, program))
