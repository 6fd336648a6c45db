from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.http import parse_http_date
from pytest_django import Settings

from accounts.models import ApiToken, User
from capture.models import Upload
from tests.capture.conftest import TUS, UPLOADS, Tus, error_code, metadata, part_of, row_of
from tests.factories import published
from videos.models import Video

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("url", [UPLOADS, UPLOADS.rstrip("/")])
def test_it_gives_a_new_upload_an_address_nobody_can_guess(tus_alice: Tus, alice: User, url: str) -> None:
    answer = tus_alice.create(100, url=url, title="A walk", visibility="unlisted", language="en", filename="../x.mp4")

    assert answer.status_code == 201
    assert re.fullmatch(r"/api/uploads/[0-9a-f]{32}", answer["Location"])
    assert (answer["Tus-Resumable"], answer["Upload-Offset"]) == ("1.0.0", "0")
    row = row_of(answer["Location"])
    assert (row.owner, row.length_bytes, row.title) == (alice, 100, "A walk")
    assert (row.visibility, row.language, row.kind) == ("unlisted", "en", "original")
    assert part_of(answer["Location"]).stat().st_size == 0


def test_it_says_when_the_upload_is_given_up(tus_alice: Tus) -> None:
    expires = parse_http_date(tus_alice.create(100)["Upload-Expires"])

    expected = timezone.now() + timedelta(hours=settings.UPLOAD_EXPIRES_HOURS)
    assert abs(expires - expected.timestamp()) < 5


def test_the_length_may_come_later(tus_alice: Tus) -> None:
    assert row_of(tus_alice.begin()).length_bytes is None


def test_a_program_may_upload_with_a_token(stranger: Client, alice: User) -> None:
    token = ApiToken.make(user=alice)
    answer = stranger.post(UPLOADS, headers={**TUS, "Upload-Length": "5", "Authorization": f"Bearer {token}"})

    assert row_of(answer["Location"]).owner == alice


def test_a_browser_needs_its_csrf_token(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)

    assert client.post(UPLOADS, headers={**TUS, "Upload-Length": "5"}).status_code == 403
    assert not Upload.objects.exists()


def test_a_stranger_is_told_to_log_in(tus_stranger: Tus) -> None:
    assert error_code(tus_stranger.create(5)) == (401, "not_signed_in")


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0.1"])
def test_it_speaks_one_version_only(as_alice: Client, version: str | None) -> None:
    headers = {"Upload-Length": "5"} | ({"Tus-Resumable": version} if version else {})
    answer = as_alice.post(UPLOADS, headers=headers)

    assert error_code(answer) == (412, "version_not_supported")
    assert answer["Tus-Version"] == answer["Tus-Resumable"] == "1.0.0"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Upload-Length": "5", "Upload-Defer-Length": "1"},
        {"Upload-Defer-Length": "0"},
        {"Upload-Length": "-1"},
        {"Upload-Length": "5.0"},
        {"Upload-Length": "٥".encode().decode("latin-1")},
        {"Upload-Length": "9" * 19},
    ],
)
def test_it_refuses_a_length_that_is_not_one(as_alice: Client, headers: dict[str, str]) -> None:
    assert error_code(as_alice.post(UPLOADS, headers=TUS | headers)) == (400, "invalid_header")


def test_it_refuses_an_empty_file(tus_alice: Tus) -> None:
    assert error_code(tus_alice.create(0)) == (400, "empty_upload")


def test_it_refuses_a_file_above_the_limit(tus_alice: Tus) -> None:
    assert tus_alice.create(settings.UPLOAD_MAX_BYTES).status_code == 201
    assert error_code(tus_alice.create(settings.UPLOAD_MAX_BYTES + 1)) == (413, "upload_too_large")


@pytest.fixture
def disk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk of 400 bytes, of which 64 belong to the database; uploads take of it what they have sent."""

    def usage(folder: Path) -> object:
        return type("Usage", (), {"free": 400 - sum(part.stat().st_size for part in folder.glob("*.part"))})

    monkeypatch.setattr("shutil.disk_usage", usage)
    settings.DISK_RESERVE_BYTES = 64


def test_files_that_do_not_fit_beside_each_other_leave_room_for_the_database(
    disk: None, tus_alice: Tus, tus_bob: Tus
) -> None:
    """Three of 250 MB once filled a disk of 400 MB, and nobody could sign up any more."""
    first, second = tus_alice.begin(250), tus_bob.begin(250)
    tus_alice.patch(first, 0, b"." * 249)

    assert error_code(tus_bob.patch(second, 0, b"." * 88)) == (507, "disk_full")
    assert tus_bob.patch(second, 0, b"." * 87).status_code == 204


def test_an_upload_that_is_half_through_has_room_for_the_rest(disk: None, tus_alice: Tus, tus_bob: Tus) -> None:
    url = tus_alice.begin(250)
    tus_alice.patch(url, 0, b"." * 125)

    assert error_code(tus_bob.create(87)) == (507, "disk_full")
    assert tus_bob.create(86).status_code == 201


def test_lengths_that_are_declared_and_never_sent_keep_nobody_out(disk: None, tus_alice: Tus, tus_bob: Tus) -> None:
    for _ in range(5):
        tus_alice.begin(80)

    assert tus_bob.create(300).status_code == 201


@pytest.mark.parametrize(
    "header",
    [
        "title QQ==,title QQ==",
        "title !!!",
        "title QQ",
        "title QQ==,",
        ",",
        "title\tQQ==",
        "title /w==",  # not UTF-8
        "title AA==",  # a zero character
        "t" * 65 + " QQ==",
    ],
)
def test_it_refuses_metadata_that_is_not_exact(as_alice: Client, header: str) -> None:
    if header == "titel=QQ==":
        # A key may hold any visible character; this is a key without a value.
        assert (
            as_alice.post(UPLOADS, headers={**TUS, "Upload-Length": "5", "Upload-Metadata": header}).status_code == 201
        )
        return
    answer = as_alice.post(UPLOADS, headers={**TUS, "Upload-Length": "5", "Upload-Metadata": header})
    assert error_code(answer) == (400, "invalid_metadata")


@pytest.mark.parametrize(
    "values", [{"title": "x" * 121}, {"visibility": "secret"}, {"language": "English!"}, {"reply_to": "Nosuchvideo1"}]
)
def test_it_refuses_a_video_that_cannot_be(tus_alice: Tus, values: dict[str, str]) -> None:
    assert error_code(tus_alice.create(5, **values)) == (422, "invalid_details")
    assert not Upload.objects.exists()


def test_it_takes_words_of_any_script(tus_alice: Tus) -> None:
    assert row_of(tus_alice.begin(5, title="słońce 日光 ☀️")).title == "słońce 日光 ☀️"


def test_a_reply_answers_a_video_the_person_may_see(tus_bob: Tus, alice: User) -> None:
    seen, hidden = published(alice), published(alice, visibility=Video.Visibility.PRIVATE)

    row = row_of(tus_bob.begin(5, reply_to=seen.name))
    assert (row.kind, row.reply_to) == ("reply", seen)
    answer = tus_bob.create(5, reply_to=hidden.name)
    assert error_code(answer) == (422, "invalid_details")
    assert answer.json() == tus_bob.create(5, reply_to="Nosuchvideo1").json()


def test_a_person_has_a_few_uploads_at_a_time(tus_alice: Tus, tus_bob: Tus, settings: Settings) -> None:
    settings.UPLOAD_OPEN_MAX = 2
    tus_alice.begin(5)
    tus_alice.begin(5)

    answer = tus_alice.create(5)

    assert error_code(answer) == (429, "too_many_uploads")
    assert 0 < int(answer["Retry-After"]) <= 300
    assert tus_bob.create(5).status_code == 201


def test_an_abandoned_upload_gives_way_to_a_new_one(tus_alice: Tus, settings: Settings) -> None:
    settings.UPLOAD_OPEN_MAX = 2
    abandoned, other = tus_alice.begin(5), tus_alice.begin(5)
    Upload.objects.update(active_at=timezone.now() - timedelta(minutes=5))
    tus_alice.patch(other, 0, b"12")

    assert tus_alice.create(5).status_code == 201
    assert not part_of(abandoned).exists()
    assert (tus_alice.head(abandoned).status_code, tus_alice.head(other)["Upload-Offset"]) == (404, "2")
    assert error_code(tus_alice.create(5)) == (429, "too_many_uploads")


def test_metadata_come_back_as_they_were_sent(tus_alice: Tus) -> None:
    sent = metadata(title="słońce", filename="a.mp4") + ",is_test"
    answer = tus_alice.client.post(UPLOADS, headers={**TUS, "Upload-Length": "5", "Upload-Metadata": sent})

    told = tus_alice.head(answer["Location"])["Upload-Metadata"]
    assert sorted(told.split(",")) == sorted(sent.split(","))
