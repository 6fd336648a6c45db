from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import ApiToken, User
from tests.factories import published

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


def test_a_token_is_shown_once_and_acts_as_its_owner(as_alice: Client, alice: User, stranger: Client) -> None:
    page = as_alice.post("/profile/tokens/", {"label": "phone"}).content.decode()
    secret = next(
        word for word in page.replace('"', " ").replace("<", " ").replace(">", " ").split() if word[:3] == "vs_"
    )
    video = published(alice, visibility="private")
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post(f"/api/videos/{video.name}/like/", headers={"Authorization": f"Bearer {secret}"})

    assert answer.json()["liked"] is True
    assert not ApiToken.objects.filter(digest=secret).exists()


def test_an_unknown_token_is_refused_even_where_strangers_may_look(as_alice: Client) -> None:
    answer = as_alice.get("/api/videos/", headers={"Authorization": "Bearer vs_wrong"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unknown_token")


def test_a_token_of_a_closed_account_is_refused(stranger: Client, alice: User) -> None:
    secret = ApiToken.make(user=alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert stranger.get("/api/videos/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_nobody_revokes_the_token_of_another(as_bob: Client, as_alice: Client, alice: User) -> None:
    ApiToken.make(user=alice)
    token = ApiToken.objects.get()

    assert as_bob.post(f"/profile/tokens/{token.pk}/revoke/").status_code == 404
    assert as_alice.post(f"/profile/tokens/{token.pk}/revoke/").status_code == 302
    assert not ApiToken.objects.exists()


def test_the_command_prints_a_working_token(alice: User, stranger: Client) -> None:
    out = StringIO()
    call_command("create_token", "alice", stdout=out)

    answer = stranger.get("/api/videos/", headers={"Authorization": f"Bearer {out.getvalue().strip()}"})

    assert answer.status_code == 200


def test_the_command_names_an_unknown_person() -> None:
    with pytest.raises(CommandError, match="nobody"):
        call_command("create_token", "nobody")
