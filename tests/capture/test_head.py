from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from capture import parts
from capture.models import Upload
from tests.capture.conftest import WEBM, Tus, part_of, row_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slash", ["", "/"])
def test_it_tells_how_much_has_arrived(tus_alice: Tus, slash: str) -> None:
    url = tus_alice.begin(len(WEBM))
    tus_alice.patch(url, 0, WEBM[:7])

    answer = tus_alice.head(url + slash)

    assert answer.status_code == 200
    assert (answer["Upload-Offset"], answer["Upload-Length"]) == ("7", str(len(WEBM)))
    assert (answer["Cache-Control"], answer["Tus-Resumable"], answer.content) == ("no-store", "1.0.0", b"")
    assert "Upload-Expires" in answer
    assert "Video-Name" not in answer


def test_the_disk_knows_better_than_anything_else(tus_alice: Tus) -> None:
    url = tus_alice.begin(len(WEBM))
    part_of(url).write_bytes(WEBM[:9])  # as after a crash in the middle of a chunk

    assert tus_alice.head(url)["Upload-Offset"] == "9"


def test_a_length_that_is_not_known_is_told_as_deferred(tus_alice: Tus) -> None:
    answer = tus_alice.head(tus_alice.begin())

    assert answer["Upload-Defer-Length"] == "1"
    assert "Upload-Length" not in answer


def test_a_complete_upload_names_its_video_again(tus_alice: Tus) -> None:
    url = tus_alice.begin(len(WEBM))
    name = tus_alice.patch(url, 0, WEBM)["Video-Name"]

    answer = tus_alice.head(url)

    assert answer["Video-Name"] == name
    assert answer["Upload-Offset"] == answer["Upload-Length"] == str(len(WEBM))
    assert "Upload-Expires" not in answer


def test_while_bytes_are_being_written_it_is_locked_but_not_gone(tus_alice: Tus) -> None:
    url = tus_alice.begin(len(WEBM))

    with parts.hold(row_of(url).id):
        answer = tus_alice.head(url)

    assert (answer.status_code, answer["Retry-After"], answer.content) == (423, "1", b"")


def test_another_persons_upload_looks_absent(tus_alice: Tus, tus_bob: Tus) -> None:
    url = tus_alice.begin(5)

    assert tus_bob.head(url).status_code == tus_bob.head("/api/uploads/" + "0" * 32).status_code == 404


def test_a_stranger_is_told_to_log_in(tus_alice: Tus, tus_stranger: Tus) -> None:
    assert tus_stranger.head(tus_alice.begin(5)).status_code == 401


def test_an_expired_upload_is_gone(tus_alice: Tus) -> None:
    url = tus_alice.begin(5)
    Upload.objects.update(active_at=timezone.now() - timedelta(hours=25))

    assert tus_alice.head(url).status_code == 410


def test_an_upload_whose_bytes_were_lost_is_gone(tus_alice: Tus) -> None:
    url = tus_alice.begin(5)
    part_of(url).unlink()

    assert tus_alice.head(url).status_code == 404
