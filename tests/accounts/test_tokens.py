from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, User
from tests.factories import published

pytestmark = pytest.mark.django_db


def secret_in(page: Any) -> str:
    found = re.search(r'id="secret">(vs_[\w-]+)<', page.content.decode())
    assert found is not None
    return found[1]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_token_is_shown_once_and_acts_as_its_owner(as_alice: Client, alice: User, stranger: Client) -> None:
    secret = secret_in(as_alice.post("/account/tokens/", {"label": "phone"}, follow=True))
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

    assert as_bob.post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    assert as_alice.post(f"/account/tokens/{token.pk}/revoke/").status_code == 302
    assert not ApiToken.objects.exists()


def test_the_command_prints_a_working_token(alice: User, stranger: Client) -> None:
    out = StringIO()
    call_command("create_token", "alice", stdout=out)

    answer = stranger.get("/api/videos/", headers={"Authorization": f"Bearer {out.getvalue().strip()}"})

    assert answer.status_code == 200


def test_the_command_names_an_unknown_person() -> None:
    with pytest.raises(CommandError, match="nobody"):
        call_command("create_token", "nobody")


def test_loading_the_page_of_a_token_anew_makes_no_other_and_shows_it_no_more(as_alice: Client, alice: User) -> None:
    answer = as_alice.post("/account/tokens/", {"label": "phone", "days": "30"})
    assert answer.status_code == 302
    secret = secret_in(as_alice.get(answer["Location"]))

    again = as_alice.get(answer["Location"]).content.decode()

    assert secret not in again
    assert "It was shown once" in again
    assert alice.api_tokens.count() == 1
    assert secret not in str(as_alice.session.items())


def test_a_token_made_by_another_person_is_not_shown_on_the_way(as_alice: Client, as_bob: Client) -> None:
    as_alice.post("/account/tokens/", {"label": "phone"})

    assert "It was shown once" in as_bob.get("/account/tokens/made/").content.decode()


@pytest.mark.parametrize(("days", "ends_after"), [("30", 30), ("", 90), ("365", 365)])
def test_a_token_ends(as_alice: Client, alice: User, days: str, ends_after: int) -> None:
    secret = secret_in(as_alice.post("/account/tokens/", {"days": days}, follow=True))
    token = alice.api_tokens.get()
    assert abs(token.expires_at - timezone.now() - timedelta(days=ends_after)) < timedelta(minutes=1)
    assert Client().get("/api/videos/", headers=bearer(secret)).status_code == 200

    alice.api_tokens.update(expires_at=timezone.now())

    answer = Client().get("/api/videos/", headers=bearer(secret))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unknown_token")
    assert "ended on" in as_alice.get("/account/").content.decode()


def test_nobody_makes_a_token_for_ever(as_alice: Client, alice: User) -> None:
    as_alice.post("/account/tokens/", {"days": "99999"})

    assert not alice.api_tokens.exists()


def test_people_see_when_a_token_was_used_last(as_alice: Client, alice: User) -> None:
    secret = ApiToken.make(user=alice)
    assert "never used" in as_alice.get("/account/").content.decode()

    Client().get("/api/videos/", headers=bearer(secret))

    used_at = alice.api_tokens.get().last_used_at
    assert used_at is not None
    assert f"last used on {used_at.day}" in as_alice.get("/account/").content.decode()


def test_a_busy_program_does_not_write_with_each_call(
    alice: User, django_assert_num_queries: Any, stranger: Client
) -> None:
    secret = ApiToken.make(user=alice)
    stranger.get("/api/session/", headers=bearer(secret))

    with django_assert_num_queries(1):
        stranger.get("/api/session/", headers=bearer(secret))


@pytest.mark.parametrize("path", ["/admin/", "/account/", "/profile", "/admin/accounts/user/", "/captureevent"])
def test_a_token_opens_no_page(alice: User, path: str) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)

    answer = Client().get(path, headers=bearer(ApiToken.make(user=alice)))

    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("pretended", ["/api", "/hls", "/media"])
def test_a_token_opens_no_page_that_pretends_to_lie_below_the_api(alice: User, pretended: str) -> None:
    answer = Client(SCRIPT_NAME=pretended).get("/account/", headers=bearer(ApiToken.make(user=alice)))

    assert (answer.status_code, "/login" in answer["Location"]) == (302, True)


def test_a_token_does_not_take_the_check_against_forgery_from_the_admin(alice: User, bob: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    answer = browser.post(
        "/admin/accounts/user/",
        {"action": "delete_selected", "_selected_action": bob.pk, "post": "yes"},
        headers=bearer(ApiToken.make(user=alice)),
    )

    assert answer.status_code == 403
    assert User.objects.filter(pk=bob.pk).exists()


def test_a_token_opens_the_files_that_the_api_names_to_read_them_only(alice: User, stranger: Client) -> None:
    video = published(alice, visibility="private")
    secret = ApiToken.make(user=alice)
    address = f"/media/videos/{video.name}/video.mp4"

    def message(**headers: str) -> str:
        answer = stranger.get(address, headers={**headers, "Accept": "application/json"})
        return str(answer.json()["error"]["message"])

    assert message() == "There is no such video, or it is private."
    assert message(**bearer(secret)) == "There is nothing at this address."  # no file here, but allowed to ask


def test_the_command_takes_a_number_of_days(alice: User) -> None:
    call_command("create_token", "alice", "--days", "2", stdout=StringIO())

    assert alice.api_tokens.get().expires_at < timezone.now() + timedelta(days=2)
    with pytest.raises(CommandError, match="--days"):
        call_command("create_token", "alice", "--days", "0")
