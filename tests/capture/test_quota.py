"""What one person may store and send in a day, and what is left of the disk: nothing that arrived is lost."""

from __future__ import annotations

import shutil

import pytest
from django.conf import settings as site_settings
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from capture.models import Allowance
from capture.quota import bytes_a_day, usage_of
from limits.spending import person, spend
from tests.capture.conftest import WEBM, Tus, error_code, part_of
from tests.factories import published
from videos.models import Video
from videos.services import delete_video

pytestmark = pytest.mark.django_db
GB = 1024**3


def test_a_full_account_is_told_so_before_it_sends_anything(
    tus_alice: Tus, tus_bob: Tus, alice: User, settings: Settings
) -> None:
    settings.ACCOUNT_MAX_BYTES = 100
    video = published(alice, size_bytes=60)

    answer = tus_alice.create(41)

    assert error_code(answer) == (507, "no_room_left")
    assert "you have used 60\xa0bytes of 100\xa0bytes" in answer.json()["error"]["message"]
    assert tus_alice.create(40).status_code == 201
    assert error_code(tus_alice.create(1)) == (507, "no_room_left"), "what another upload declared counts"
    assert tus_bob.create(100).status_code == 201, "everybody has their own"
    delete_video(video)
    assert tus_alice.create(60).status_code == 201


def test_a_recording_that_fills_the_account_goes_on_when_something_was_deleted(
    tus_alice: Tus, alice: User, settings: Settings
) -> None:
    settings.ACCOUNT_MAX_BYTES = 100
    video = published(alice, size_bytes=50)
    url = tus_alice.begin()
    tus_alice.patch(url, 0, WEBM[:50])

    assert error_code(tus_alice.patch(url, 50, WEBM[50:])) == (507, "no_room_left")
    assert part_of(url).read_bytes() == WEBM[:50]

    delete_video(video)
    name = tus_alice.patch(url, 50, WEBM[50:], Upload_Length=str(len(WEBM)))["Video-Name"]
    assert Video.objects.get(name=name).size_bytes == len(WEBM)


def test_more_than_a_day_s_bytes_wait_until_they_have_come_back(
    tus_alice: Tus, alice: User, settings: Settings
) -> None:
    settings.ACCOUNT_DAY_MAX_BYTES = 60
    url = tus_alice.begin(len(WEBM))
    tus_alice.patch(url, 0, WEBM[:50])
    tus_alice.delete(tus_alice.begin(10))

    answer = tus_alice.patch(url, 50, WEBM[50:])

    assert error_code(answer) == (429, "too_often")
    assert 0 < int(answer["Retry-After"]) <= 24 * 3600
    assert part_of(url).read_bytes() == WEBM[:50]
    assert usage_of(alice).today_bytes == 50
    settings.ACCOUNT_DAY_MAX_BYTES = 0
    assert "Video-Name" in tus_alice.patch(url, 50, WEBM[50:])


def test_what_did_not_arrive_is_not_counted_for_the_day(tus_alice: Tus, alice: User) -> None:
    url = tus_alice.begin(len(WEBM))

    tus_alice.patch(url, 0, WEBM[:50], Upload_Checksum="sha1 " + "A" * 27 + "=")

    assert usage_of(alice).today_bytes == 0


def test_the_admin_gives_a_person_more_than_the_others(
    tus_alice: Tus, tus_bob: Tus, alice: User, settings: Settings
) -> None:
    settings.ACCOUNT_MAX_BYTES = 10
    Allowance.objects.create(person=alice, stored_max_gb=1)

    assert tus_alice.create(1000).status_code == 201
    assert error_code(tus_bob.create(1000)) == (507, "no_room_left")
    Allowance.objects.update(stored_max_gb=0)
    assert tus_alice.create(2 * GB).status_code == 201


def test_people_see_how_much_they_have_used(as_alice: Client, alice: User, settings: Settings) -> None:
    settings.ACCOUNT_MAX_BYTES = 5 * GB
    published(alice, size_bytes=2 * GB)

    page = as_alice.get("/captureevent").content.decode()

    assert "You have used 2.0\xa0GB of 5.0\xa0GB" in page


def test_people_are_told_what_they_may_send_only_when_it_is_less_than_they_expect(
    as_alice: Client, alice: User, settings: Settings
) -> None:
    settings.ACCOUNT_DAY_MAX_BYTES = 20 * GB
    spend(bytes_a_day(alice), person(alice.pk), GB // 1024)
    assert "You can send" not in as_alice.get("/captureevent").content.decode()

    spend(bytes_a_day(alice), person(alice.pk), 5 * GB)

    page = as_alice.get("/captureevent").content.decode()
    assert "You can send 15.0\xa0GB now; all 20.0\xa0GB have come back within a day." in page


def test_a_disk_that_fills_during_an_upload_keeps_what_arrived(tus_alice: Tus, settings: Settings) -> None:
    url = tus_alice.begin(len(WEBM))
    tus_alice.patch(url, 0, WEBM[:50])

    settings.DISK_RESERVE_BYTES = shutil.disk_usage(site_settings.MEDIA_ROOT).total
    answer = tus_alice.patch(url, 50, WEBM[50:])

    assert error_code(answer) == (507, "disk_full")
    assert part_of(url).read_bytes() == WEBM[:50]
    settings.DISK_RESERVE_BYTES = 0
    assert "Video-Name" in tus_alice.patch(url, 50, WEBM[50:])
