from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client, TestCase

from accounts.models import ApiToken, User
from capture.models import Upload
from capture.parts import hold
from social import services as social
from social.models import Comment, Counts
from streaming.leaving import leave
from tests.capture.conftest import Tus, part_of
from tests.conftest import PASSWORD
from tests.factories import published
from videos import files
from videos.models import Video

pytestmark = pytest.mark.django_db


def delete_account(browser: Client, password: str = PASSWORD) -> tuple[int, str]:
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = browser.post("/account/delete/", {"password": password}, follow=True)
    return answer.status_code, answer.content.decode()


def test_an_account_goes_with_its_videos_and_their_files(as_alice: Client, alice: User, bob: User) -> None:
    video, other = published(alice), published(bob)
    reply = published(bob, kind=Video.Kind.REPLY, reply_to=video)
    kept = files.stored_path(files.media_key(video, files.VIDEO_FILE))
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"a video")
    for owner in (video, other):
        social.comment(video=owner, user=alice, text="mine")
        social.like(video=owner, user=alice)
    social.comment(video=other, user=bob, text="not hers")
    secret = ApiToken.make(user=alice)

    status, page = delete_account(as_alice)

    assert (status, "Your account is deleted" in page) == (200, True)
    assert not User.objects.filter(username="alice").exists()
    assert not kept.exists()
    assert not Video.objects.filter(pk=video.pk).exists()
    reply.refresh_from_db()
    assert reply.reply_to is None
    assert [row.text for row in Comment.objects.all()] == ["not hers"]
    counts = Counts.objects.get(video=other)
    assert (counts.comments, counts.likes) == (1, 0)
    assert as_alice.get("/account/").status_code == 302
    assert Client().get("/api/videos/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_nothing_stays_public_when_files_of_one_video_cannot_be_removed(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the bucket does not answer. Everything is out of reach before it is asked for the first time."""
    videos = [published(alice) for _ in range(3)]
    playlists = [files.playlist_path(video) for video in videos]
    plain = [files.stored_path(files.media_key(video, files.VIDEO_FILE)) for video in videos]
    for path in (*playlists, *plain):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("public")
    in_reach: list[bool] = []

    def away(_storage: FileSystemStorage, _key: str) -> None:
        in_reach.append(any(playlist.exists() for playlist in playlists))
        raise ConnectionError("The bucket does not answer.")

    monkeypatch.setattr(FileSystemStorage, "delete", away)

    leave(alice)

    assert not any(path.exists() for path in (*playlists, *plain))
    assert in_reach == [False] * 3


def test_the_password_is_asked(as_alice: Client, alice: User) -> None:
    published(alice)

    status, page = delete_account(as_alice, "guess")

    assert (status, "That is not your password." in page) == (200, True)
    assert alice.videos.count() == 1


def test_it_says_what_goes(as_alice: Client, alice: User) -> None:
    published(alice)
    assert "1 video of yours" in as_alice.get("/account/delete/").content.decode()


def test_a_stranger_is_led_to_the_log_in(stranger: Client) -> None:
    assert stranger.post("/account/delete/", {"password": "x"})["Location"].startswith("/login")


class TestUploads:
    def test_bytes_of_an_upload_under_way_go_too(self, as_alice: Client, alice: User) -> None:
        url = Tus(as_alice).begin(5)
        part: Path = part_of(url)
        assert part.exists()

        delete_account(as_alice)

        assert not part.exists()
        assert not Upload.objects.exists()

    def test_while_bytes_arrive_nothing_is_lost_and_the_person_is_told(self, as_alice: Client, alice: User) -> None:
        url = Tus(as_alice).begin(5)
        published(alice)

        with hold(url.rsplit("/", 1)[-1]):
            status, page = delete_account(as_alice)

        assert status == 423
        assert "Try again in a moment" in page
        assert alice.videos.count() == 1
