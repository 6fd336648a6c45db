from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from capture import parts
from capture.housekeeping import tidy_uploads
from capture.models import Upload
from tests.capture.conftest import WEBM, Tus, part_of, row_of
from videos.models import Video

pytestmark = pytest.mark.django_db


def age(url: str, hours: float) -> None:
    Upload.objects.filter(pk=row_of(url).pk).update(active_at=timezone.now() - timedelta(hours=hours))


def test_expired_uploads_go_with_their_bytes(tus_alice: Tus) -> None:
    old, young = tus_alice.begin(5), tus_alice.begin(5)
    age(old, 24.1)
    age(young, 23.9)

    assert tidy_uploads() == 1

    assert list(Upload.objects.all()) == [row_of(young)]
    assert (part_of(old).exists(), part_of(young).exists()) == (False, True)


def test_an_expired_upload_that_is_whole_becomes_its_video(tus_alice: Tus) -> None:
    url = tus_alice.begin(len(WEBM))
    part_of(url).write_bytes(WEBM)
    age(url, 25)

    assert tidy_uploads() == 0

    assert Video.objects.get().size_bytes == len(WEBM)


def test_a_completed_upload_is_forgotten_and_its_video_stays(tus_alice: Tus) -> None:
    url = tus_alice.begin(len(WEBM))
    name = tus_alice.patch(url, 0, WEBM)["Video-Name"]
    age(url, 25)

    tidy_uploads()

    assert not Upload.objects.exists()
    assert Video.objects.get().name == name


def test_it_leaves_an_upload_alone_that_is_being_written(tus_alice: Tus) -> None:
    url = tus_alice.begin(5)
    age(url, 25)

    with parts.hold(row_of(url).id):
        assert tidy_uploads() == 0

    assert part_of(url).exists()


def test_files_that_belong_to_nothing_go_after_a_while(tus_alice: Tus) -> None:
    kept = part_of(tus_alice.begin(5))
    old, young = kept.with_name("a" * 32 + ".part"), kept.with_name("b" * 32 + ".part")
    for path in (old, young):
        path.write_bytes(b"1")
    for path in (old, kept):
        os.utime(path, (time.time() - 4000,) * 2)

    tidy_uploads()

    assert (old.exists(), young.exists(), kept.exists()) == (False, True, True)


def test_the_command_says_what_it_removed(tus_alice: Tus, capsys: pytest.CaptureFixture[str]) -> None:
    age(tus_alice.begin(5), 25)

    call_command("remove_expired_uploads")

    assert capsys.readouterr().out == "Removed 1 expired uploads.\n"
