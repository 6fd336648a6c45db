"""So much at once, and it comes back steadily."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.reset_mail import sender
from limits import spending
from limits.models import Spent
from limits.spending import Limit, TooOften, address_of, give_back, spend, spent
from tests.conftest import PASSWORD
from tests.factories import published

THREE = Limit("try", 3, 60)


def later(seconds: float) -> None:
    """Time goes on for all that was spent."""
    for row in Spent.objects.all():
        Spent.objects.filter(pk=row.pk).update(back_at=row.back_at - timedelta(seconds=seconds))


@pytest.mark.django_db
def test_what_was_spent_comes_back_steadily() -> None:
    for _ in range(3):
        spend(THREE, "alice")
    with pytest.raises(TooOften) as refused:
        spend(THREE, "alice")
    assert 19 <= int(refused.value.headers["Retry-After"]) <= 21
    spend(THREE, "bob")

    later(20)
    spend(THREE, "alice")
    with pytest.raises(TooOften):
        spend(THREE, "alice")


@pytest.mark.django_db
def test_whoever_did_nothing_for_long_may_not_do_more_at_once() -> None:
    spend(THREE, "alice", 3)
    later(3600)

    spend(THREE, "alice", 3)
    with pytest.raises(TooOften):
        spend(THREE, "alice")


@pytest.mark.django_db
def test_what_was_given_back_can_be_spent() -> None:
    spend(THREE, "alice", 3)
    give_back(THREE, "alice", 2)

    assert spent(THREE, "alice") == 1
    spend(THREE, "alice", 2)


@pytest.mark.django_db
@pytest.mark.parametrize("gigabytes", [1, 161, 200])
def test_whoever_may_send_much_in_a_day_can_send(gigabytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)  # what comes back meanwhile depends on the machine
    bytes_a_day = Limit("upload_bytes", gigabytes * 1024**3, 24 * 3600)
    for _ in range(100):
        spend(bytes_a_day, "alice", 10**9 // 100)

    assert spent(bytes_a_day, "alice") == pytest.approx(10**9, rel=0.05)
    with pytest.raises(TooOften):
        spend(bytes_a_day, "alice", bytes_a_day.most)
    give_back(bytes_a_day, "alice", 10**9)
    # But for microseconds: rows keep no more.
    spend(bytes_a_day, "alice", bytes_a_day.most * 999 // 1000)


@pytest.mark.django_db
def test_rows_that_say_nothing_any_more_are_forgotten() -> None:
    spend(THREE, "alice")
    spend(THREE, "bob", 2)
    later(21)

    assert spending.forget_what_came_back() == 1
    assert spent(THREE, "bob") == 1


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_do_not_slip_through() -> None:
    def try_once(_number: int) -> bool:
        try:
            spend(THREE, "alice")
        except TooOften:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_once, range(16))) == 3


@pytest.mark.parametrize(
    ("address", "written"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("", "unknown")],
)
def test_a_household_is_one_doer(address: str, written: str) -> None:
    assert address_of(RequestFactory(REMOTE_ADDR=address).get("/")) == f"address {written}"


def few(settings: Settings, deed: str) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, deed: (2, 60)}


def assert_told_to_wait(answer: object) -> None:
    assert answer.status_code == 429  # type: ignore[attr-defined]
    assert int(answer["Retry-After"]) > 0  # type: ignore[index]
    assert b"Try again in" in answer.content  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/login", "/admin/login/"])
def test_passwords_of_one_person_are_not_guessed_from_many_addresses(
    stranger: Client, alice: User, settings: Settings, path: str
) -> None:
    few(settings, "log_in_anywhere")
    tries = [
        stranger.post(path, {"username": "ALICE", "password": "wrong"}, REMOTE_ADDR=f"192.0.2.{number}")
        for number in range(3)
    ]

    assert [answer.status_code for answer in tries[:2]] == [200, 200]
    assert_told_to_wait(tries[2])


def guess(username: str, count: int, address: str = "192.0.2.1") -> int:
    """The status of the last try."""
    for number in range(count):
        form = {"username": username, "password": f"wrong{number}"}
        answer = Client().post("/login", form, REMOTE_ADDR=address)
    return answer.status_code


@pytest.mark.parametrize("spelled", ["alice", "ALICE"])
def test_one_address_locks_nobody_out(stranger: Client, alice: User, spelled: str) -> None:
    assert guess(spelled, 40) == 429

    form = {"username": "alice", "password": PASSWORD}
    assert stranger.post("/login", form, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_passwords_of_one_person_are_not_guessed_from_one_address(alice: User) -> None:
    assert guess("alice", 10) == 200
    assert guess("alice", 1) == 429
    assert guess("bob", 1) == 200


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("/account/delete/", {"password": "wrong"}),
        ("/account/mail/", {"email": "x@example.org", "password": "wrong"}),
        (
            "/account/password/",
            {"old_password": "wrong", "new_password1": "New-77-horse", "new_password2": "New-77-horse"},
        ),
    ],
)
def test_a_password_is_not_guessed_in_a_session_that_was_left_open(
    as_alice: Client, alice: User, settings: Settings, page: str, form: dict[str, str]
) -> None:
    few(settings, "password")
    answers = [as_alice.post(page, form) for _ in range(3)]

    assert all(answer.status_code in (200, 302) for answer in answers[:2])
    assert_told_to_wait(answers[2])
    right = {key: PASSWORD if value == "wrong" else value for key, value in form.items()}
    assert_told_to_wait(as_alice.post(page, right))
    alice.refresh_from_db()
    assert (alice.email, alice.check_password(PASSWORD)) == ("", True)


def test_staff_change_their_password_where_wrong_tries_are_limited(as_alice: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)

    for answer in (as_alice.get("/admin/password_change/"), as_alice.post("/admin/password_change/", {})):
        assert answer["Location"] == reverse("change_password")


def test_whoever_knows_their_password_is_not_stopped(as_alice: Client, alice: User, settings: Settings) -> None:
    few(settings, "password")
    for number in range(4):
        as_alice.post("/account/mail/", {"email": f"x{number}@example.org", "password": PASSWORD})
    alice.refresh_from_db()
    assert alice.email == "x3@example.org"


def test_passwords_of_many_people_are_not_guessed_from_one_address(
    stranger: Client, db: None, settings: Settings
) -> None:
    few(settings, "log_in")
    tries = [stranger.post("/login", {"username": f"person{number}", "password": "wrong"}) for number in range(3)]

    assert_told_to_wait(tries[2])


def test_a_class_that_logs_in_from_one_address_is_not_stopped(alice: User, settings: Settings) -> None:
    few(settings, "log_in")
    few(settings, "log_in_as")

    for _ in range(5):
        assert Client().post("/login", {"username": "alice", "password": PASSWORD}).status_code == 302


def test_one_address_makes_few_accounts(db: None, settings: Settings) -> None:
    few(settings, "sign_up")
    answers = [
        Client().post("/signup", {"username": f"person{number}", "password1": PASSWORD, "password2": PASSWORD})
        for number in range(3)
    ]

    assert [answer.status_code for answer in answers[:2]] == [302, 302]
    assert_told_to_wait(answers[2])
    assert User.objects.count() == 2


@pytest.mark.parametrize(
    ("deed", "address", "body"),
    [
        ("comment", "/api/videos/{}/comments/", {"text": "hello"}),
        ("comment", "/playvideo/{}/comment", None),
        ("like", "/api/videos/{}/like/", {}),
        ("like", "/playvideo/{}/like", None),
        ("share", "/api/videos/{}/shares/", {}),
    ],
)
def test_one_person_does_not_flood_the_others(
    as_bob: Client, alice: User, settings: Settings, deed: str, address: str, body: dict[str, str] | None
) -> None:
    few(settings, deed)
    videos = [published(alice) for _ in range(5)]
    answers = []
    for video in videos:
        path = address.format(video.name)
        if body is None:
            answers.append(as_bob.post(path, {"text": "hello"}))
        else:
            answers.append(as_bob.post(path, body, content_type="application/json"))

    assert all(answer.status_code < 400 for answer in answers[:2])
    assert_told_to_wait(answers[-1])


def test_strangers_at_one_address_do_not_count_shares_up(stranger: Client, alice: User, settings: Settings) -> None:
    few(settings, "share")
    path = f"/api/videos/{published(alice).name}/shares/"
    answers = [stranger.post(path, {}, content_type="application/json") for _ in range(3)]

    assert_told_to_wait(answers[2])


def test_a_household_is_one_viewer(stranger: Client, alice: User) -> None:
    path = f"/api/videos/{published(alice).name}/views/"
    for number in range(20):
        answer = stranger.post(path, REMOTE_ADDR=f"2001:db8::{number:x}")
    assert answer.json()["views"] == 1
    assert stranger.post(path, REMOTE_ADDR="2001:db8:0:1::1").json()["views"] == 2


def test_strangers_at_one_address_do_not_count_views_up(stranger: Client, alice: User, settings: Settings) -> None:
    few(settings, "view")
    answers = [stranger.post(f"/api/videos/{published(alice).name}/views/") for _ in range(3)]

    assert_told_to_wait(answers[2])


def test_one_person_makes_few_tokens(as_alice: Client, settings: Settings) -> None:
    few(settings, "token")
    answers = [as_alice.post("/account/tokens/", {"label": "x", "days": "30"}) for _ in range(3)]

    assert_told_to_wait(answers[2])


@pytest.mark.django_db(transaction=True)  # mail is sent by another thread
def test_nobody_s_mailbox_is_filled(
    stranger: Client, alice: User, settings: Settings, mailoutbox: list[object]
) -> None:
    few(settings, "mail")
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.org", "site@example.org"
    settings.PUBLIC_URL = "https://videos.example.org"
    User.objects.filter(pk=alice.pk).update(email="alice@example.org")
    answers = [stranger.post(reverse("forgotten_password"), {"email": "alice@example.org"}) for _ in range(3)]

    sender.submit(int).result(20)

    assert_told_to_wait(answers[2])
    assert len(mailoutbox) == 2
