"""A page stays open while its person logs out, or in again, in another tab."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import PASSWORD
from tests.factories import published

pytestmark = pytest.mark.django_db
AS_JSON = {"Accept": "application/json"}


@pytest.fixture
def browser() -> Client:
    """Checks CSRF as the site does."""
    return Client(enforce_csrf_checks=True)


def session(browser: Client) -> dict[str, str | None]:
    seen: dict[str, str | None] = browser.get("/api/session/").json()
    return seen


def log_in(browser: Client, **changes: str) -> tuple[int, dict[str, str]]:
    form = {"username": "alice", "password": PASSWORD, "csrfmiddlewaretoken": str(session(browser)["csrf_token"])}
    answer = browser.post("/login", form | changes, headers=AS_JSON)
    return answer.status_code, answer.json()


def like(browser: Client, owner: User, token: str) -> tuple[int, dict[str, dict[str, str]]]:
    address = f"/api/videos/{published(owner).name}/like/"
    answer = browser.post(address, headers={"X-CSRFToken": token})
    return answer.status_code, answer.json()


def test_after_a_log_out_elsewhere_the_page_learns_it_and_people_read_no_protocol(browser: Client, alice: User) -> None:
    _, seen = log_in(browser)
    browser.post("/logout", {"csrfmiddlewaretoken": seen["csrf_token"]})

    status, answer = like(browser, alice, seen["csrf_token"])

    assert (status, answer["error"]["code"]) == (401, "not_signed_in")
    assert "Bearer" not in answer["error"]["message"]
    assert "Log in" in answer["error"]["message"]


def test_after_a_log_in_elsewhere_the_page_gets_a_new_token_and_the_like_arrives(browser: Client, alice: User) -> None:
    _, before = log_in(browser)
    log_in(browser)

    status, answer = like(browser, alice, before["csrf_token"])
    assert (status, answer["error"]["code"]) == (403, "csrf_failed")
    assert "CSRF" not in answer["error"]["message"]
    fresh = session(browser)
    assert fresh["user"] == "alice"
    assert like(browser, alice, str(fresh["csrf_token"]))[0] == 200


def test_a_dialog_gets_the_form_alone_and_goes_on_with_what_it_answers(browser: Client, alice: User) -> None:
    form = browser.get("/login?part=1").content.decode()
    assert "Forgot your password?" in form
    assert "<html" not in form
    hidden = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    assert hidden is not None

    status, answer = log_in(browser, csrfmiddlewaretoken=hidden[1])

    assert (status, answer["user"]) == (200, "alice")
    assert like(browser, alice, answer["csrf_token"])[0] == 200


def test_a_wrong_password_is_told_where_it_was_typed(browser: Client, alice: User) -> None:
    status, answer = log_in(browser, password="wrong")

    assert (status, answer["error"]["code"]) == (422, "wrong_login")  # type: ignore[index]
    assert session(browser)["user"] is None


def test_a_stale_form_says_so_to_the_script_and_to_people(browser: Client, alice: User) -> None:
    stale = {"username": "alice", "password": PASSWORD, "csrfmiddlewaretoken": "x" * 64}

    assert browser.post("/login", stale, headers=AS_JSON).json()["error"]["code"] == "csrf_failed"
    page = browser.post("/login", stale)
    assert (page.status_code, page["Content-Type"][:9]) == (403, "text/html")
    assert "load the page anew" in page.content.decode()


def test_a_stale_token_of_an_upload_is_told_as_json(browser: Client, alice: User) -> None:
    log_in(browser)

    answer = browser.post("/api/uploads/", headers={"X-CSRFToken": "x" * 64, "Accept": "*/*"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf_failed")


def test_a_session_and_its_token_are_kept_by_nobody(as_alice: Client) -> None:
    assert "no-store" in as_alice.get("/api/session/")["Cache-Control"]


def test_a_401_says_how_to_authenticate(stranger: Client, alice: User) -> None:
    refused = stranger.post(f"/api/videos/{published(alice).name}/like/")
    unknown = stranger.get("/api/videos/", headers={"Authorization": "Bearer vs_wrong"})

    assert refused["WWW-Authenticate"] == 'Bearer realm="VideoStream"'
    assert unknown["WWW-Authenticate"] == 'Bearer realm="VideoStream", error="invalid_token"'
