from __future__ import annotations

import pytest

from capture import parts
from capture.models import Upload
from tests.capture.conftest import WEBM, Tus, error_code, part_of, row_of
from videos.models import Video

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_cancelled_upload_leaves_nothing(tus_alice: Tus, slash: str) -> None:
    url = tus_alice.begin(len(WEBM))
    tus_alice.patch(url, 0, WEBM[:7])

    answer = tus_alice.delete(url + slash)

    assert (answer.status_code, answer["Tus-Resumable"]) == (204, "1.0.0")
    assert not part_of(url).exists()
    assert not Upload.objects.exists()
    assert tus_alice.head(url).status_code == 404
    assert error_code(tus_alice.patch(url, 7, WEBM[7:])) == (404, "upload_not_found")


def test_a_complete_upload_is_a_video_and_stays(tus_alice: Tus) -> None:
    url = tus_alice.begin(len(WEBM))
    tus_alice.patch(url, 0, WEBM)

    assert error_code(tus_alice.delete(url)) == (409, "already_complete")
    assert Video.objects.count() == 1


def test_an_upload_that_only_waits_for_its_video_becomes_it(tus_alice: Tus) -> None:
    url = tus_alice.begin(len(WEBM))
    part_of(url).write_bytes(WEBM)  # as after a crash behind the last byte

    assert error_code(tus_alice.delete(url)) == (409, "already_complete")
    assert Video.objects.count() == 1


def test_it_waits_for_the_request_that_writes(tus_alice: Tus) -> None:
    url = tus_alice.begin(5)

    with parts.hold(row_of(url).id):
        assert error_code(tus_alice.delete(url)) == (423, "upload_busy")

    assert part_of(url).exists()


def test_another_persons_upload_looks_absent(tus_alice: Tus, tus_bob: Tus) -> None:
    url = tus_alice.begin(5)

    assert error_code(tus_bob.delete(url)) == (404, "upload_not_found")
    assert part_of(url).exists()


def test_a_stranger_is_told_to_log_in(tus_alice: Tus, tus_stranger: Tus) -> None:
    assert error_code(tus_stranger.delete(tus_alice.begin(5))) == (401, "not_signed_in")
