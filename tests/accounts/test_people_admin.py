"""People in the admin: they can be removed with all they brought, and nobody reaches beyond their own rights there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client, TestCase

from accounts.models import User
from capture.models import Upload
from capture.parts import hold
from social import services as social
from social.models import Counts
from tests.capture.conftest import Tus, part_of
from tests.conftest import PASSWORD
from tests.factories import published
from videos.models import Video

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/accounts/user/"
NEW = "quite-another-word-8"


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("boss", password=PASSWORD)


@pytest.fixture
def as_boss(boss: User) -> Client:
    browser = Client()
    browser.force_login(boss)
    return browser


def as_staff(*may: str) -> Client:
    """A browser of staff with these permissions."""
    steve = User.objects.create_user("steve", password=PASSWORD, is_staff=True)
    steve.user_permissions.set(Permission.objects.filter(codename__in=may))
    browser = Client()
    browser.force_login(steve)
    return browser


def delete_alone(browser: Client, person: User) -> int:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return browser.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"}).status_code


def delete_selected(browser: Client, person: User) -> int:
    chosen = {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"}
    with TestCase.captureOnCommitCallbacks(execute=True):
        return browser.post(PEOPLE, chosen).status_code


@pytest.mark.parametrize("delete", [delete_alone, delete_selected])
@pytest.mark.parametrize("may", ["everything", "delete people alone"])
def test_who_misuses_the_site_can_be_removed_with_all_they_brought(
    delete: Callable[[Client, User], int], may: str, as_boss: Client, alice: User, as_alice: Client, bob: User
) -> None:
    browser = as_boss if may == "everything" else as_staff("view_user", "delete_user")
    others, hers = published(bob), published(alice)
    part = part_of(Tus(as_alice).begin(5))
    social.comment(video=others, user=alice, text="spam")
    social.like(video=others, user=alice)

    confirmation = browser.get(f"{PEOPLE}{alice.pk}/delete/").content.decode()
    status = delete(browser, alice)

    assert hers.name in confirmation
    assert "Are you sure" in confirmation
    assert status == 302
    assert not User.objects.filter(pk=alice.pk).exists()
    assert not Video.objects.filter(pk=hers.pk).exists()
    assert not Upload.objects.exists()
    assert not part.exists()
    counts = Counts.objects.get(video=others)
    assert (counts.comments, counts.likes) == (0, 0)


def test_while_bytes_of_theirs_arrive_nothing_is_lost_and_staff_are_told(
    as_boss: Client, alice: User, as_alice: Client
) -> None:
    url = Tus(as_alice).begin(5)
    published(alice)

    with hold(url.rsplit("/", 1)[-1]):
        status = delete_alone(as_boss, alice)

    assert status == 423
    assert alice.videos.count() == 1


@pytest.mark.parametrize("rank", ["is_superuser", "is_staff"])
def test_staff_who_manage_people_do_not_get_into_an_account_with_more_rights(rank: str, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(**{rank: True})
    browser = as_staff("view_user", "change_user")

    chosen = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    status = browser.post(f"{PEOPLE}{bob.pk}/password/", chosen).status_code
    browser.post(f"{PEOPLE}{bob.pk}/change/", {"username": "bob", "email": "mallory@example.org"})

    bob.refresh_from_db()
    assert status == 403
    assert bob.check_password(PASSWORD)
    assert bob.email == ""


@pytest.mark.parametrize("delete", [delete_alone, delete_selected])
@pytest.mark.parametrize("rank", ["is_superuser", "is_staff"])
def test_staff_who_delete_people_do_not_delete_who_runs_the_site(
    delete: Callable[[Client, User], int], rank: str, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(**{rank: True})

    assert delete(as_staff("view_user", "delete_user"), bob) == 403
    assert User.objects.filter(pk=bob.pk).exists()


def test_staff_who_change_people_give_nobody_rights(bob: User) -> None:
    right = Permission.objects.get(codename="delete_user")
    browser = as_staff("view_user", "change_user")

    form = {"username": "bob", "email": "bob@example.org", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "12:00:00"}
    answer = browser.post(f"{PEOPLE}{bob.pk}/change/", form | joined | {"user_permissions": [right.pk]})

    bob.refresh_from_db()
    assert (answer.status_code, bob.email) == (302, "bob@example.org")
    assert (bob.is_staff, bob.is_superuser, bob.user_permissions.count()) == (False, False, 0)


def test_staff_who_change_groups_do_not_give_themselves_rights(as_boss: Client) -> None:
    browser = as_staff("view_group", "change_group", "add_group")
    group = Group.objects.create(name="helpers")
    User.objects.get(username="steve").groups.add(group)
    rights = {"name": "helpers", "permissions": [Permission.objects.get(codename="delete_user").pk]}

    refused = browser.post(f"/admin/auth/group/{group.pk}/change/", rights).status_code
    assert (refused, group.permissions.count()) == (403, 0)

    as_boss.post(f"/admin/auth/group/{group.pk}/change/", rights)
    assert group.permissions.count() == 1


def test_a_superuser_makes_somebody_staff(as_boss: Client, bob: User) -> None:
    form = {"username": "bob", "is_active": "on", "is_staff": "on"}
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "12:00:00"}
    as_boss.post(f"{PEOPLE}{bob.pk}/change/", form | joined)

    bob.refresh_from_db()
    assert bob.is_staff
