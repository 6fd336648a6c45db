from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import m3u8
import pytest
from django.db import OperationalError, connection
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from streaming.demand import Hands, make_playable
from tests.factories import make_clip, uploaded
from videos import files, services
from videos.models import ProcessingStep, Video
from videos.work import claims

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "clip.mp4", seconds=5)


@pytest.fixture
def video(alice: User, clip: Path) -> Video:
    """Uploaded, and not looked at by any worker."""
    return uploaded(alice, clip)


def stream(browser: Client, video: Video) -> tuple[int, dict[str, str]]:
    answer = browser.get(f"/api/streamoriginalvideo/{video.name}/")
    return answer.status_code, answer.json()


def fetch(browser: Client, address: str) -> tuple[HttpResponseBase, bytes]:
    """The answer and its whole body; what was open is closed."""
    answer = browser.get(address)
    content = b"".join(answer) if answer.streaming else answer.content
    answer.close()
    return answer, content


def test_it_makes_the_playlist_at_the_request(stranger: Client, video: Video) -> None:
    status, seen = stream(stranger, video)

    assert (status, seen["state"]) == (200, "playable")
    assert seen["playlist"] == f"/hls/playlist_{video.name}.m3u8"
    master = m3u8.loads(fetch(stranger, seen["playlist"])[1].decode())
    assert master.is_variant
    media_address = "/hls/" + master.playlists[0].uri
    media = m3u8.loads(fetch(stranger, media_address)[1].decode())
    assert media.is_endlist
    assert sum(segment.duration for segment in media.segments) == pytest.approx(5, abs=0.1)
    for segment in media.segments:
        answer, _ = fetch(stranger, media_address.replace("stream.m3u8", segment.uri))
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "video/iso.segment"
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_dropped_package_is_made_again(stranger: Client, video: Video) -> None:
    stream(stranger, video)
    files.delete_hls(video.name)

    assert stream(stranger, video)[0] == 200
    assert files.playlist_path(video).exists()


def test_the_playlist_address_itself_makes_a_dropped_package_again(stranger: Client, video: Video) -> None:
    stream(stranger, video)
    shutil.rmtree(files.hls_folder(video))
    files.playlist_path(video).unlink()

    assert fetch(stranger, f"/hls/playlist_{video.name}.m3u8")[0].status_code == 200


def test_many_who_ask_at_once_cause_one_package(video: Video, clip: Path) -> None:
    answers: list[int] = []

    def ask() -> None:
        answers.append(stream(Client(), video)[0])
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * 4
    assert len(list(files.hls_folder(video).iterdir())) == 1
    assert video.steps.get(kind="package").attempts == 1


def test_it_waits_for_a_worker_and_then_says_come_back(stranger: Client, video: Video, settings: Settings) -> None:
    settings.STREAM_WAIT_S = 0.3
    claims.claim(video.steps.get(kind="prepare"))

    answer = stranger.get(f"/api/streamoriginalvideo/{video.name}/")

    assert (answer.status_code, answer.headers["Retry-After"]) == (202, "5")
    assert answer.json() == {"playlist": None, "fallback": None, "state": "processing"}


def test_it_tells_its_owner_why_a_video_cannot_be_played(
    as_alice: Client, stranger: Client, alice: User, tmp_path: Path
) -> None:
    source = tmp_path / "text.mp4"
    source.write_text("hello")
    video = uploaded(alice, source)

    assert stream(stranger, video)[0] == 404, "who asked before it failed is told no more than who asks after"
    assert fetch(stranger, f"/hls/playlist_{video.name}.m3u8")[0].status_code == 404
    status, seen = stream(as_alice, video)

    assert status == 422
    assert seen["error"]["code"] == "cannot_be_played"  # type: ignore[index]


def test_a_request_that_knows_an_older_visibility_brings_nothing_back(stranger: Client, video: Video) -> None:
    stream(stranger, video)
    public = [files.playlist_path(video), files.hls_folder(video)]
    older = Video.objects.get(pk=video.pk)
    services.change_details(video=video, visibility=Video.Visibility.PRIVATE)

    make_playable(older)

    assert not any(path.exists() for path in public)
    assert stream(stranger, video)[0] == 404


@pytest.mark.parametrize("address", ["/api/streamoriginalvideo/{}/", "/hls/playlist_{}.m3u8"])
@pytest.mark.parametrize("end", ["made private", "deleted"])
def test_who_waits_is_told_nothing_of_a_video_that_went_away(
    stranger: Client, video: Video, monkeypatch: pytest.MonkeyPatch, address: str, end: str
) -> None:
    claims.claim(video.steps.get(kind="prepare"))

    def go_away(_seconds: float) -> None:
        if end == "deleted":
            services.delete_video(video)
        else:
            changed = services.change_details(video=video, visibility=Video.Visibility.PRIVATE)
            files.playlist_path(changed).parent.mkdir(parents=True, exist_ok=True)
            files.playlist_path(changed).write_text("secret")
            Video.objects.filter(pk=video.pk).update(published_at=video.created_at)

    monkeypatch.setattr("streaming.demand.time.sleep", go_away)

    assert stranger.get(address.format(video.name)).status_code == 404


def test_those_who_wait_leave_room_for_others(as_alice: Client, video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    claims.claim(video.steps.get(kind="prepare"))
    monkeypatch.setattr("streaming.demand._places", threading.BoundedSemaphore(1))
    others: list[int] = []

    def ask_meanwhile(_seconds: float) -> None:
        others.append(stream(as_alice, video)[0])
        video.steps.update(state=ProcessingStep.State.FAILED)

    monkeypatch.setattr("streaming.demand.time.sleep", ask_meanwhile)

    assert stream(as_alice, video)[0] == 422
    assert others == [202]


def test_this_process_carries_out_no_more_at_once_than_a_worker(
    stranger: Client, video: Video, bob: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.STREAM_WAIT_S = 0
    monkeypatch.setattr("streaming.demand._hands", hands := Hands(1))

    assert hands.take(bob.pk)
    assert stream(stranger, video)[0] == 202
    assert video.steps.get(kind="prepare").state == ProcessingStep.State.WAITING

    hands.give_back(bob.pk)
    settings.STREAM_WAIT_S = 30
    assert stream(stranger, video)[0] == 200
    wait_until_free(hands, video)


def wait_until_free(hands: Hands, video: Video) -> None:
    """The thread gives its hand back a moment after the answer."""
    deadline = time.monotonic() + 10
    while not hands.take(video.owner_id):
        assert time.monotonic() < deadline, "the hand was not given back"
        time.sleep(0.01)
    hands.give_back(video.owner_id)


def test_one_person_s_heavy_files_leave_a_hand_for_a_neighbour(
    stranger: Client, video: Video, bob: User, clip: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.STREAM_WAIT_S = 0
    monkeypatch.setattr("streaming.demand._hands", hands := Hands(2))
    assert hands.take(video.owner_id)

    assert stream(stranger, video)[0] == 202
    assert video.steps.get(kind="prepare").state == ProcessingStep.State.WAITING

    settings.STREAM_WAIT_S = 30
    assert stream(stranger, uploaded(bob, clip))[0] == 200


def test_a_database_that_is_locked_for_a_moment_costs_no_hand(
    stranger: Client, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streaming.demand._hands", hands := Hands(1))

    def locked(_step: ProcessingStep) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as away:
        away.setattr("streaming.demand.claims.claim", locked)
        for _ in range(2):
            with pytest.raises(OperationalError):
                make_playable(video)

    assert stream(stranger, video)[0] == 200
    wait_until_free(hands, video)


def test_a_step_that_somebody_else_took_first_costs_no_hand(
    stranger: Client, video: Video, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.STREAM_WAIT_S = 0
    monkeypatch.setattr("streaming.demand._hands", hands := Hands(1))
    seen = video.steps.get(kind="prepare")
    claims.claim(seen)
    monkeypatch.setattr("streaming.demand._next_step", lambda _video: seen)

    assert stream(stranger, video)[0] == 202

    assert hands.take(video.owner_id)


@pytest.mark.parametrize("sister", ["streamcutvideo", "streamreplyvideo"])
def test_the_sisters_know_only_their_kind(stranger: Client, video: Video, sister: str) -> None:
    assert stranger.get(f"/api/{sister}/{video.name}/").status_code == 404


@pytest.fixture
def private_addresses(as_alice: Client, video: Video) -> Callable[[], list[str]]:
    def addresses() -> list[str]:
        folder = next(files.hls_folder(video).iterdir())
        served = [f"/hls/{video.name}/{folder.name}/{path.name}" for path in folder.iterdir()]
        media = [f"/media/videos/{video.name}/{name}" for name in ("video.mp4", "poster.jpg")]
        return [f"/hls/playlist_{video.name}.m3u8", *served, *media]

    return addresses


def test_a_private_video_is_served_to_its_owner_alone(
    as_alice: Client,
    as_charlie: Client,
    stranger: Client,
    video: Video,
    private_addresses: Callable[[], list[str]],
) -> None:
    stream(as_alice, video)
    claimed = claims.claim(video.steps.get(kind=ProcessingStep.Kind.POSTER))
    assert claimed
    video.refresh_from_db()
    services.change_details(video=video, visibility=Video.Visibility.PRIVATE)
    video.refresh_from_db()
    poster = files.stored_path(files.media_key(video, files.POSTER_FILE))
    poster.write_bytes(b"picture")

    for address in private_addresses():
        assert stranger.get(address).status_code == 404, address
        assert as_charlie.get(address).status_code == 404, address
        answer, _ = fetch(as_alice, address)
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert stream(as_charlie, video)[0] == 404
