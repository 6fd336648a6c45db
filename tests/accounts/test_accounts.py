from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-enough-word-7"


def sign_up(browser: Client, **changes: str) -> int:
    form = {"username": "dora", "password1": PASSWORD, "password2": PASSWORD, **changes}
    return browser.post("/signup", form).status_code


def test_signing_up_logs_in(stranger: Client) -> None:
    assert sign_up(stranger) == 302
    assert stranger.get("/profile").status_code == 200


@pytest.mark.parametrize("changes", [{"password2": "other"}, {"password1": "1", "password2": "1"}, {"username": ""}])
def test_it_shows_what_is_wrong_with_a_sign_up(stranger: Client, changes: dict[str, str]) -> None:
    assert sign_up(stranger, **changes) == 200
    assert not User.objects.filter(username="dora").exists()


@pytest.mark.parametrize(
    ("wanted", "page"),
    [("https://evil.example/", "/"), ("//evil.example", "/"), ("/cutvideo?page=2", "/cutvideo?page=2"), ("any", "any")],
)
def test_after_signing_up_it_goes_on_to_a_page_of_this_site_only(stranger: Client, wanted: str, page: str) -> None:
    form = {"username": "dora", "password1": PASSWORD, "password2": PASSWORD, "next": wanted}
    assert stranger.post("/signup", form).headers["Location"] == page


def test_it_refuses_a_name_that_differs_in_capitals_only(stranger: Client, alice: User) -> None:
    assert sign_up(stranger, username="Alice") == 200
    assert User.objects.count() == 1


def test_logging_in_and_out(stranger: Client) -> None:
    sign_up(stranger)
    stranger.post("/logout")
    assert stranger.get("/profile").status_code == 302
    assert stranger.post("/login", {"username": "dora", "password": PASSWORD}).status_code == 302
    assert stranger.get("/profile").status_code == 200


def test_what_was_wanted_is_kept_when_a_sign_up_is_wrong(stranger: Client) -> None:
    form = {"username": "dora", "password1": PASSWORD, "password2": "other", "next": "/cutvideo"}
    assert 'name="next" value="/cutvideo"' in stranger.post("/signup", form).content.decode()


def test_the_sign_up_says_in_plain_words_what_it_takes(stranger: Client) -> None:
    page = stranger.get("/signup").content.decode()

    assert "Up to 30 letters and digits" in page
    assert "At least 8 characters" in page
    assert "150 characters" not in page
    assert 'aria-describedby="id_username_helptext"' in page
    assert 'id="id_username_helptext"' in page
