from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from social.models import Comment, Counts, View
from tests.factories import published
from videos.models import Video

pytestmark = pytest.mark.django_db
NO_ONE = {"likes": 0, "comments": 0, "replies": 0, "shares": 0, "views": 0}


@pytest.fixture
def video(alice: User) -> Video:
    return published(alice)


@pytest.fixture
def private(alice: User) -> Video:
    return published(alice, visibility=Video.Visibility.PRIVATE)


def at(video: Video, what: str) -> str:
    return f"/api/videos/{video.name}/{what}/"


def test_liking_twice_is_liking_once(as_bob: Client, video: Video) -> None:
    as_bob.post(at(video, "like"))
    answer = as_bob.post(at(video, "like"))

    assert answer.json() == {"liked": True, "counts": {**NO_ONE, "likes": 1}}


def test_taking_a_like_back(as_bob: Client, video: Video) -> None:
    as_bob.post(at(video, "like"))
    as_bob.delete(at(video, "like"))
    answer = as_bob.delete(at(video, "like"))

    assert answer.json() == {"liked": False, "counts": NO_ONE}


def test_a_stranger_is_told_to_log_in(stranger: Client, video: Video) -> None:
    for what in ("like", "comments"):
        answer = stranger.post(at(video, what), {"text": "hi"}, content_type="application/json")
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "not_signed_in"


def test_a_private_video_takes_nothing_from_others(as_charlie: Client, private: Video) -> None:
    for what in ("like", "shares", "views"):
        assert as_charlie.post(at(private, what)).status_code == 404
    answer = as_charlie.post(at(private, "comments"), {"text": "hi"}, content_type="application/json")
    assert answer.status_code == 404
    assert as_charlie.get(at(private, "comments")).status_code == 404


def test_comments_are_shown_newest_first_with_who_may_delete(as_alice: Client, as_bob: Client, video: Video) -> None:
    for text in ("first", "<b>second</b>"):
        assert as_bob.post(at(video, "comments"), {"text": text}, content_type="application/json").status_code == 201

    seen = as_alice.get(at(video, "comments")).json()

    assert [(row["user"], row["text"], row["may_delete"]) for row in seen["results"]] == [
        ("bob", "<b>second</b>", True),
        ("bob", "first", True),
    ]
    assert seen["next"] is None
    assert Counts.objects.get(video=video).comments == 2


def test_comments_come_page_by_page(as_bob: Client, bob: User, video: Video) -> None:
    Comment.objects.bulk_create(Comment(video=video, user=bob, text=str(number)) for number in range(60))

    first = as_bob.get(at(video, "comments")).json()
    second = as_bob.get(at(video, "comments"), {"before": first["next"]}).json()

    texts = [row["text"] for row in first["results"] + second["results"]]
    assert texts == [str(number) for number in reversed(range(60))]
    assert second["next"] is None


def test_a_comment_keeps_its_lines_and_loses_what_nobody_sees(as_bob: Client, video: Video) -> None:
    text = "one\x00\x07 \ud800\n\n  two  "
    answer = as_bob.post(at(video, "comments"), {"text": text}, content_type="application/json")

    assert (answer.status_code, answer.json()["text"]) == (201, "one\n\ntwo")


@pytest.mark.parametrize("text", ["", "   ", "\x00\n", "x" * 1001])
def test_it_refuses_an_empty_or_endless_comment(as_bob: Client, video: Video, text: str) -> None:
    answer = as_bob.post(at(video, "comments"), {"text": text}, content_type="application/json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_comment")


def test_a_comment_is_deleted_by_its_writer_or_the_owner_only(
    as_alice: Client, as_bob: Client, as_charlie: Client, video: Video
) -> None:
    made = [
        as_bob.post(at(video, "comments"), {"text": "hi"}, content_type="application/json").json()["id"]
        for _ in range(2)
    ]
    address = [f"{at(video, 'comments')}{id}/" for id in made]

    assert as_charlie.delete(address[0]).status_code == 403
    assert as_bob.delete(address[0]).status_code == 204
    assert as_alice.delete(address[1]).status_code == 204
    assert as_alice.delete(address[1]).status_code == 404
    assert Counts.objects.get(video=video).comments == 0


def test_staff_delete_comments_of_others_only_with_that_permission(
    as_bob: Client, as_charlie: Client, charlie: User, video: Video
) -> None:
    made = as_bob.post(at(video, "comments"), {"text": "hi"}, content_type="application/json").json()["id"]
    User.objects.filter(pk=charlie.pk).update(is_staff=True)

    assert as_charlie.delete(f"{at(video, 'comments')}{made}/").status_code == 403
    charlie.user_permissions.add(Permission.objects.get(codename="delete_comment"))
    assert as_charlie.get(at(video, "comments")).json()["results"][0]["may_delete"] is True
    assert as_charlie.delete(f"{at(video, 'comments')}{made}/").status_code == 204


def test_anybody_may_share(stranger: Client, video: Video) -> None:
    stranger.post(at(video, "shares"))
    assert stranger.post(at(video, "shares")).json()["shares"] == 2


def test_a_viewer_counts_once_and_is_not_named(as_bob: Client, stranger: Client, video: Video, bob: User) -> None:
    as_bob.post(at(video, "views"))
    as_bob.post(at(video, "views"))
    assert stranger.post(at(video, "views")).json()["views"] == 2
    assert not View.objects.filter(viewer__contains="127.0.0.1").exists()


def test_a_forged_form_of_another_site_is_refused(alice: User, video: Video) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    answer = browser.post(at(video, "like"))

    assert answer.status_code == 403
    assert answer.json()["error"]["message"]
