"""A completion that is interrupted anywhere gives exactly one video, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from capture import completion, parts, services
from capture.chunks import Chunk
from capture.housekeeping import tidy_uploads
from capture.models import Upload
from tests.capture.conftest import WEBM, Tus, part_of
from videos import files, originals
from videos.models import Video


class Killed(BaseException):
    """Nothing in the product catches this: the process is gone."""


def killed(*_arguments: Any, **_options: Any) -> None:
    raise Killed


@pytest.fixture(params=["before the file is moved", "after it was moved", "before the video is made"])
def interrupted(request: pytest.FixtureRequest, tus_alice: Tus, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an upload whose last PATCH was killed in the middle of its completion."""
    url = tus_alice.begin(len(WEBM), title="kept")
    arrive = originals.arrive

    def put_and_die(path: Path, key: str) -> None:
        arrive(path, key)
        raise Killed

    with monkeypatch.context() as patched:
        if request.param == "before the file is moved":
            patched.setattr(originals, "arrive", killed)
        elif request.param == "after it was moved":
            patched.setattr(originals, "arrive", put_and_die)
        else:
            patched.setattr(completion, "create_video", killed)
        with pytest.raises(Killed):
            tus_alice.patch(url, 0, WEBM)
    assert not Video.objects.exists()
    return url


def head(tus: Tus, url: str) -> Any:
    return tus.head(url)


def patch(tus: Tus, url: str) -> Any:
    return tus.patch(url, len(WEBM), b"")


@pytest.mark.django_db
@pytest.mark.parametrize("ask", [head, patch])
def test_the_next_request_finishes_it(tus_alice: Tus, interrupted: str, ask: Callable[[Tus, str], Any]) -> None:
    first, second = ask(tus_alice, interrupted), ask(tus_alice, interrupted)

    video = Video.objects.get()
    assert first["Video-Name"] == second["Video-Name"] == video.name
    assert first["Upload-Offset"] == str(len(WEBM))
    assert (video.title, files.exists(video.original_file)) == ("kept", True)
    assert (Path(settings.MEDIA_ROOT) / video.original_file).read_bytes() == WEBM
    assert not part_of(interrupted).exists()


@pytest.mark.django_db
def test_the_hourly_task_finishes_what_no_client_asks_for_again(tus_alice: Tus, interrupted: str) -> None:
    assert tidy_uploads() == 0

    assert Video.objects.get().name == tus_alice.head(interrupted)["Video-Name"]


@pytest.mark.django_db(transaction=True)
def test_many_requests_at_once_make_one_video(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    url = Tus(client).begin(len(WEBM))
    Tus(client).patch(url, 0, WEBM[:-1])
    barrier = threading.Barrier(6)
    answers: list[tuple[int, str | None]] = []

    def send() -> None:
        own = Client()
        own.cookies = client.cookies
        barrier.wait()
        answer = Tus(own).patch(url, len(WEBM) - 1, WEBM[-1:])
        answers.append((answer.status_code, answer.get("Video-Name")))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    video = Video.objects.get()
    assert [name for status, name in answers if status == 204] == [video.name]
    assert {status for status, _name in answers} <= {204, 409, 423}
    assert Tus(client).head(url)["Video-Name"] == video.name


@pytest.fixture
def stale(tus_alice: Tus) -> Upload:
    """What a request read of an upload before it waited for the lock; meanwhile another declared the length."""
    url = tus_alice.begin()
    read_before = Upload.objects.get()
    Upload.objects.update(length_bytes=len(WEBM))
    assert tus_alice.head(url)["Upload-Length"] == str(len(WEBM))
    return read_before


def test_a_chunk_that_waited_for_another_completes_what_that_one_declared(stale: Upload) -> None:
    services.receive_chunk(upload=stale, chunk=Chunk(0, len(WEBM), BytesIO(WEBM)))

    assert Video.objects.get().size_bytes == len(WEBM)


def test_a_question_that_waited_for_a_chunk_completes_what_that_one_declared(stale: Upload) -> None:
    parts.path_of(stale.id).write_bytes(WEBM)

    assert completion.settle(stale) == len(WEBM)
    assert Video.objects.get().size_bytes == len(WEBM)
