from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import published
from videos.models import Video

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("url", ["/captureevent", "/captureevent/"])
def test_it_is_for_people_with_an_account(as_alice: Client, stranger: Client, url: str) -> None:
    assert as_alice.get(url).status_code == 200
    answer = stranger.get(url)
    assert (answer.status_code, answer["Location"]) == (302, f"/login?next={url}")


@pytest.mark.parametrize("url", ["/catpureevent", "/catpureevent/"])
def test_the_other_spelling_leads_here(stranger: Client, url: str) -> None:
    answer = stranger.get(f"{url}?reply_to=Abcdefghijk1")

    assert (answer.status_code, answer["Location"]) == (301, "/captureevent?reply_to=Abcdefghijk1")


def test_it_shows_what_is_answered_to_those_who_may_see_it(
    as_alice: Client, as_bob: Client, as_charlie: Client, alice: User
) -> None:
    secret = published(alice, title="Only <mine>", visibility=Video.Visibility.PRIVATE)
    url = f"/captureevent?reply_to={secret.name}"

    assert "Only &lt;mine&gt;" in as_alice.get(url).content.decode()
    assert as_bob.get(url).status_code == as_charlie.get(url).status_code == 404
    assert as_bob.get("/captureevent?reply_to=Nosuchvideo1").status_code == 404


def test_scripts_and_styles_come_from_files_only(as_alice: Client) -> None:
    page = as_alice.get("/captureevent").content.decode()

    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=') == 2
    assert "<style" not in page
    assert " style=" not in page


def test_the_camera_is_for_this_site_alone(as_alice: Client) -> None:
    answer = as_alice.get("/captureevent")

    assert "camera=(self), microphone=(self)" in answer["Permissions-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "default-src 'self'" in answer["Content-Security-Policy"]
