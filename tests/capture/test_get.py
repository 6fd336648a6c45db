from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.capture.conftest import WEBM, Tus, error_code, part_of, row_of
from videos import services
from videos.models import Video

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slash", ["", "/"])
def test_it_tells_where_the_upload_is(tus_alice: Tus, slash: str) -> None:
    url = tus_alice.begin(len(WEBM))
    tus_alice.patch(url, 0, WEBM[:7])

    answer = tus_alice.get(url + slash).json()

    expires = datetime.fromisoformat(answer.pop("expires_at"))
    assert abs(expires - timezone.now() - timedelta(hours=24)) < timedelta(seconds=5)
    assert answer == {
        **{"id": row_of(url).id, "offset": 7, "length": len(WEBM)},
        **{"video": None, "state": "receiving"},
    }


def test_it_names_the_video_of_a_complete_upload(tus_alice: Tus) -> None:
    url = tus_alice.begin(len(WEBM))
    name = tus_alice.patch(url, 0, WEBM)["Video-Name"]

    answer = tus_alice.get(url).json()

    assert (answer["state"], answer["video"], answer["offset"]) == ("complete", name, len(WEBM))


def test_it_says_when_only_the_video_is_missing(tus_alice: Tus) -> None:
    url = tus_alice.begin(len(WEBM))
    part_of(url).write_bytes(WEBM)

    assert tus_alice.get(url).json()["state"] == "finishing"
    assert not Video.objects.exists()


def test_the_upload_of_a_deleted_video_is_gone(tus_alice: Tus) -> None:
    url = tus_alice.begin(len(WEBM))
    services.delete_video(Video.objects.get(name=tus_alice.patch(url, 0, WEBM)["Video-Name"]))

    assert error_code(tus_alice.get(url)) == (404, "upload_not_found")
    assert tus_alice.head(url).status_code == 404
    assert not Video.objects.exists()


def test_another_persons_upload_looks_absent(tus_alice: Tus, tus_bob: Tus) -> None:
    assert error_code(tus_bob.get(tus_alice.begin(5))) == (404, "upload_not_found")


@pytest.mark.parametrize("identity", ["0" * 32, "x", "..", "0" * 200])
def test_what_is_no_upload_is_told_as_json(tus_alice: Tus, identity: str) -> None:
    assert error_code(tus_alice.get(f"/api/uploads/{identity}")) == (404, "upload_not_found")


def test_a_stranger_is_told_to_log_in(tus_alice: Tus, tus_stranger: Tus) -> None:
    assert error_code(tus_stranger.get(tus_alice.begin(5))) == (401, "not_signed_in")
