from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.models import ApiToken, User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "quite-another-word-8"


def log_in(username: str, password: str) -> Client | None:
    browser = Client()
    answer = browser.post("/login", {"username": username, "password": password})
    return browser if answer.status_code == 302 else None


def is_logged_in(browser: Client) -> bool:
    return browser.get("/account/").status_code == 200


def choose(browser: Client, link: str) -> str:
    """The page after a new password was chosen at a link."""
    form = browser.get(link, follow=True)
    where = form.request["PATH_INFO"]
    answer = browser.post(where, {"new_password1": NEW, "new_password2": NEW}, follow=True)
    return answer.content.decode()


def test_people_change_their_password_and_are_logged_out_everywhere_else(as_alice: Client, alice: User) -> None:
    elsewhere = log_in("alice", PASSWORD)
    assert elsewhere is not None
    ApiToken.make(user=alice)

    page = as_alice.post(
        "/account/password/",
        {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW},
        follow=True,
    ).content.decode()

    assert "API tokens that still work: 1" in page
    assert is_logged_in(as_alice)
    assert not is_logged_in(elsewhere)
    assert log_in("alice", PASSWORD) is None
    assert log_in("alice", NEW)


def test_the_old_password_is_asked(as_alice: Client) -> None:
    answer = as_alice.post("/account/password/", {"old_password": "x", "new_password1": NEW, "new_password2": NEW})

    assert answer.status_code == 200
    assert log_in("alice", PASSWORD)


def test_people_end_their_other_sessions_and_stay_logged_in_here(as_alice: Client, as_bob: Client) -> None:
    elsewhere = log_in("alice", PASSWORD)
    assert elsewhere is not None

    as_alice.post("/account/sessions/end/")

    assert is_logged_in(as_alice)
    assert not is_logged_in(elsewhere)
    assert is_logged_in(as_bob)


def test_where_mail_is_sent_a_link_comes_by_mail(stranger: Client, alice: User, settings: Settings) -> None:
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "smtp.example.org", "videos@example.org"
    User.objects.filter(pk=alice.pk).update(email="alice@example.org")
    as_alice = log_in("alice", PASSWORD)
    assert as_alice is not None

    page = stranger.post("/login/forgotten/", {"email": "alice@example.org"}, follow=True).content.decode()

    assert "Look into your mail" in page
    (message,) = mail.outbox
    assert (message.to, message.from_email) == (["alice@example.org"], "videos@example.org")
    link = re.search(r"http://testserver(/\S+)", str(message.body))
    assert link is not None
    assert "Log in with it" in choose(stranger, link[1])
    assert log_in("alice", NEW)
    assert not is_logged_in(as_alice)
    assert "does not work any more" in stranger.get(link[1], follow=True).content.decode()


def test_nobody_finds_out_who_has_an_account(stranger: Client, alice: User, settings: Settings) -> None:
    settings.EMAIL_HOST = "smtp.example.org"

    page = stranger.post("/login/forgotten/", {"email": "nobody@example.org"}, follow=True).content.decode()

    assert "Look into your mail" in page
    assert not mail.outbox


@pytest.mark.parametrize(("contact", "shown"), [("", "the person who runs this site"), ("eve@example.org", "eve@")])
def test_where_no_mail_is_sent_the_page_says_whom_to_ask(
    stranger: Client, settings: Settings, contact: str, shown: str
) -> None:
    settings.EMAIL_HOST, settings.SITE_CONTACT = "", contact

    page = stranger.get("/login/forgotten/").content.decode()

    assert 'href="/login/forgotten' in stranger.get("/login").content.decode()
    assert "sends no mail" in page
    assert shown in page
    assert 'type="email"' not in page


def test_who_runs_the_site_hands_over_a_link(stranger: Client, alice: User, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://videos.example.org"
    out = StringIO()
    call_command("password_link", "alice", stdout=out)

    link = out.getvalue().strip()

    assert link.startswith("https://videos.example.org/login/new/")
    assert "Log in with it" in choose(stranger, link.removeprefix("https://videos.example.org"))
    assert log_in("alice", NEW)
    with pytest.raises(CommandError, match="nobody"):
        call_command("password_link", "nobody")


def test_the_admin_makes_a_link_but_not_into_an_account_with_more_rights(
    as_alice: Client, alice: User, bob: User, charlie: User
) -> None:
    from django.contrib.auth.models import Permission

    User.objects.filter(pk=alice.pk).update(is_staff=True)
    User.objects.filter(pk=charlie.pk).update(is_superuser=True)
    alice.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))

    chosen = {"action": "make_password_link", "_selected_action": [bob.pk, charlie.pk]}
    page = as_alice.post("/admin/accounts/user/", chosen, follow=True).content.decode()

    assert len(re.findall(r"http://testserver/login/new/[\w-]+/[\w-]+", page)) == 1
    assert "Only a superuser may make a link for charlie" in page


def test_a_mail_address_is_taken_with_the_password_only(as_alice: Client, alice: User, settings: Settings) -> None:
    settings.EMAIL_HOST = "smtp.example.org"
    assert "Mail address" in as_alice.get("/account/").content.decode()

    as_alice.post("/account/mail/", {"email": "mallory@example.org", "password": "guess"})
    alice.refresh_from_db()
    assert alice.email == ""
    as_alice.post("/account/mail/", {"email": "alice@example.org", "password": PASSWORD})
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"
