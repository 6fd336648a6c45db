from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from accounts.models import User
from accounts.names import fault_of, folded

PASSWORD = "a-long-enough-word-7"


def sign_up(browser: Client, username: str) -> str:
    """The page that says why the name cannot be had; empty after a sign-up."""
    answer = browser.post("/signup", {"username": username, "password1": PASSWORD, "password2": PASSWORD})
    return "" if answer.status_code == 302 else answer.content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "dora",
        "Ольга",
        "Юлия",
        "علي",
        "محمد",
        "فاطمة",
        "דוד",
        "李小龙",
        "さくらサクラ",
        "김민준",
        "Γιώργος",
        "Zoë",
        "josé.m",
        "x_1",
        "allison",
        "hostmann",
        "team-anna",
        "1234",
    ],
)
def test_people_may_have_their_own_name_in_their_own_script(name: str) -> None:
    assert fault_of(name) == ""


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("аlice", "scripts"),  # the first letter is Cyrillic
        ("alicе", "scripts"),  # the last one is
        ("аррӏе", "Latin"),  # all of them are
        ("ɑlice", "Latin"),  # a Latin letter, but not that one
        ("ali\u3164ce", "see"),
        ("x" * 31, "at most 30"),
    ],
)
def test_nobody_passes_for_another_person_by_letters_that_look_alike(name: str, word: str) -> None:
    assert word in fault_of(name)


@pytest.mark.parametrize(
    "name",
    [
        *("admin", "Admin", "adm1n", "api", "search", "settings", "support", "supp0rt", "a.d.m.i.n", "no-reply", "www"),
        *("ádmin", "admin1", "admin_2026", "Àdmïn", "support-team", "videostream_support", "rnod"),
    ],
)
def test_nobody_passes_for_the_site(name: str) -> None:
    assert "kept for the site" in fault_of(name)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a1ice", "aIice", "ALICE", "alice_", "alice.", "a-lice", "álice", "Älice"])
def test_nobody_takes_a_name_that_looks_like_one_that_is_there(stranger: Client, alice: User, name: str) -> None:
    assert "looks like it" in sign_up(stranger, name) or "already exists" in sign_up(stranger, name)
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("taken", "name"), [("vwbus", "vvvbus"), ("vvvbus", "wvbus"), ("modern", "rnodem"), ("zoë", "zoe"), ("o_o", "0.0")]
)
def test_nobody_finds_another_way_to_write_the_same_shape(stranger: Client, taken: str, name: str) -> None:
    User.objects.create_user(taken)

    assert "looks like it" in sign_up(stranger, name)


@pytest.mark.django_db
@pytest.mark.parametrize(("taken", "name"), [("Сергей", "Сергеи"), ("सीता", "सुता"), ("かな", "がな"), ("...", "---")])
def test_marks_that_make_another_name_in_other_scripts_keep_names_apart(
    stranger: Client, taken: str, name: str
) -> None:
    assert folded(taken) != folded(name)


@pytest.mark.django_db(transaction=True)
def test_whoever_had_an_account_before_an_upgrade_is_not_imitated_after_it(stranger: Client) -> None:
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes("accounts")
    executor.migrate([("accounts", "0004_allow_cuts")])
    before = executor.loader.project_state(("accounts", "0004_allow_cuts")).apps.get_model("accounts", "User")
    before.objects.create(username="alice")

    MigrationExecutor(connection).migrate(latest)

    assert "looks like it" in sign_up(stranger, "álice")


@pytest.mark.django_db
def test_a_name_with_signs_of_regular_expressions_is_a_name(stranger: Client, alice: User) -> None:
    assert sign_up(stranger, "a.i+e") == ""


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["ali\u202ece", "alice\u200b"])
def test_a_name_has_no_character_that_turns_or_hides_others(stranger: Client, name: str) -> None:
    assert sign_up(stranger, name)
    assert not User.objects.exists()
