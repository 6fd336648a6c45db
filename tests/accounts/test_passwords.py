from __future__ import annotations

import re
import threading
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.models import ApiToken, User
from accounts.reset_mail import sender
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


@pytest.fixture
def sends_mail(settings: Settings) -> None:
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "smtp.example.org", "videos@example.org"
    settings.PUBLIC_URL = "https://videos.example.org"


def ask_for_a_link(browser: Client, email: str, **headers: str) -> str:
    """The page that follows, and all mail is sent."""
    answer = browser.post("/login/forgotten/", {"email": email}, follow=True, headers=headers)
    sender.submit(int).result(20)
    return answer.content.decode()


# What is sent is sent by another thread, which sees no open transaction.
in_other_threads = pytest.mark.django_db(transaction=True)


@in_other_threads
@pytest.mark.usefixtures("sends_mail")
def test_where_mail_is_sent_a_link_comes_by_mail(stranger: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.org")
    as_alice = log_in("alice", PASSWORD)
    assert as_alice is not None

    page = ask_for_a_link(stranger, "alice@example.org")

    assert "Look into your mail" in page
    (message,) = mail.outbox
    assert (message.to, message.from_email) == (["alice@example.org"], "videos@example.org")
    link = re.search(r"https://videos\.example\.org(/\S+)", str(message.body))
    assert link is not None
    assert "Log in with it" in choose(stranger, link[1])
    assert log_in("alice", NEW)
    assert not is_logged_in(as_alice)
    assert "does not work any more" in stranger.get(link[1], follow=True).content.decode()


@in_other_threads
@pytest.mark.usefixtures("sends_mail")
def test_nobody_else_chooses_where_the_link_in_the_mail_leads(
    stranger: Client, alice: User, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["videos.example.org", "localhost"]
    User.objects.filter(pk=alice.pk).update(email="alice@example.org")

    ask_for_a_link(stranger, "alice@example.org", host="localhost:6666")

    assert "https://videos.example.org/login/new/" in str(mail.outbox[0].body)
    assert "localhost" not in str(mail.outbox[0].body)


@pytest.mark.usefixtures("sends_mail")
def test_where_nobody_said_what_the_site_is_called_no_link_is_sent(stranger: Client, settings: Settings) -> None:
    settings.PUBLIC_URL, settings.SITE_CONTACT = "", "eve@example.org"

    page = ask_for_a_link(stranger, "alice@example.org")

    assert "sends no mail" in page
    assert "eve@example.org" in page
    assert 'type="email"' not in page


@pytest.mark.usefixtures("sends_mail")
def test_nobody_finds_out_who_has_an_account(stranger: Client, alice: User) -> None:
    page = ask_for_a_link(stranger, "nobody@example.org")

    assert "Look into your mail" in page
    assert not mail.outbox


class SlowMailServer(BaseEmailBackend):
    """Takes no mail until it is told to."""

    may_take = threading.Event()

    def send_messages(self, email_messages: Any) -> int:
        assert self.may_take.wait(20)
        mail.outbox.extend(email_messages)
        return len(email_messages)


@in_other_threads
@pytest.mark.usefixtures("sends_mail")
def test_nobody_finds_out_who_has_an_account_by_how_long_a_slow_mail_server_takes(
    stranger: Client, alice: User, settings: Settings
) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.org")
    settings.EMAIL_BACKEND = f"{__name__}.SlowMailServer"
    threading.Timer(3, SlowMailServer.may_take.set).start()

    answer = stranger.post("/login/forgotten/", {"email": "alice@example.org"})
    was_answered_first = not SlowMailServer.may_take.is_set()
    SlowMailServer.may_take.set()
    sender.submit(int).result(20)

    assert (answer.status_code, was_answered_first) == (302, True)
    assert len(mail.outbox) == 1


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


@pytest.mark.usefixtures("sends_mail")
def test_a_mail_address_is_taken_with_the_password_only(as_alice: Client, alice: User) -> None:
    assert "Mail address" in as_alice.get("/account/").content.decode()

    as_alice.post("/account/mail/", {"email": "mallory@example.org", "password": "guess"})
    alice.refresh_from_db()
    assert alice.email == ""
    as_alice.post("/account/mail/", {"email": "alice@example.org", "password": PASSWORD})
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"
