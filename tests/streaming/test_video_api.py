from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from tests.factories import published
from videos import services
from videos.models import ProcessingStep, Video

pytestmark = pytest.mark.django_db
PUBLIC, UNLISTED, PRIVATE = Video.Visibility.PUBLIC, Video.Visibility.UNLISTED, Video.Visibility.PRIVATE


def many(owner: User, count: int) -> list[Video]:
    """Videos published a second apart, but each pair at the same moment."""
    videos = [published(owner) for _ in range(count)]
    start = timezone.now()
    for place, video in enumerate(videos):
        Video.objects.filter(pk=video.pk).update(published_at=start + timedelta(seconds=place // 2))
    return videos


def test_the_list_holds_public_playable_videos_newest_first(stranger: Client, alice: User) -> None:
    first, second = published(alice, title="one"), published(alice, title="two")
    published(alice, visibility=UNLISTED)
    published(alice, visibility=PRIVATE)
    services.create_video(owner=alice, kind=Video.Kind.ORIGINAL)

    answer = stranger.get("/api/videos/").json()

    assert [video["name"] for video in answer["results"]] == [second.name, first.name]
    assert answer["next"] is None


def test_pages_neither_repeat_nor_lose_a_video(stranger: Client, alice: User) -> None:
    videos = many(alice, 45)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = stranger.get("/api/videos/", {"cursor": cursor}).json()
        seen += [video["name"] for video in page["results"]]
        cursor = page["next"]

    assert seen == [video.name for video in reversed(videos)]


@pytest.mark.parametrize("cursor", ["x", "1", "-", "1-2-3", "1e5-3", "١-١"])
def test_it_refuses_a_cursor_it_did_not_give(stranger: Client, cursor: str) -> None:
    answer = stranger.get("/api/videos/", {"cursor": cursor})

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "unknown_cursor")


def test_a_list_costs_the_same_queries_however_long(
    stranger: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many(alice, 20)
    with django_assert_max_num_queries(8):
        stranger.get("/api/videos/")


def test_a_video_tells_what_a_client_needs(stranger: Client, alice: User) -> None:
    video = published(alice, title="Hello")

    seen = stranger.get(f"/api/videos/{video.name}/").json()

    assert {key: seen[key] for key in ("name", "title", "kind", "owner", "visibility", "state")} == {
        "name": video.name,
        "title": "Hello",
        "kind": "original",
        "owner": "alice",
        "visibility": "public",
        "state": "ready",
    }
    assert seen["playlist"] == f"/hls/playlist_{video.name}.m3u8"
    assert seen["fallback"] == f"/media/videos/{video.name}/video.mp4"
    assert seen["poster"] == f"/media/videos/{video.name}/poster.jpg"
    assert [step["kind"] for step in seen["steps"]] == ["prepare", "package", "poster", "transcribe"]
    assert (seen["may_change"], seen["may_cut"], seen["liked"]) == (False, False, False)


def test_a_video_in_the_making_tells_its_steps(as_alice: Client, alice: User) -> None:
    video = services.create_video(owner=alice, kind=Video.Kind.ORIGINAL)
    video.steps.filter(kind="prepare").update(state=ProcessingStep.State.RUNNING, progress=40)

    seen = as_alice.get(f"/api/videos/{video.name}/").json()

    assert (seen["state"], seen["playlist"], seen["poster"]) == ("processing", None, None)
    assert seen["steps"][0] == {
        "kind": "prepare",
        "label": "Checking and preparing",
        "state": "running",
        "progress": 40,
        "error": "",
    }


@pytest.mark.parametrize("visibility", [PRIVATE, UNLISTED])
@pytest.mark.parametrize("link", ["reply_to", "cut_from"])
def test_what_is_not_public_is_named_to_its_owner_alone(
    stranger: Client, as_alice: Client, alice: User, bob: User, visibility: str, link: str
) -> None:
    parent = published(alice, visibility=visibility, title="Secret")
    child = published(bob, kind=Video.Kind.REPLY if link == "reply_to" else Video.Kind.CUT, **{link: parent})

    for address in (f"/api/videos/{child.name}/", f"/playvideo/{child.name}", "/", f"/@{bob.username}"):
        assert parent.name not in stranger.get(address).content.decode()
    assert as_alice.get(f"/api/videos/{child.name}/").json()[link]["title"] == "Secret"


def test_a_public_parent_is_named(stranger: Client, alice: User, bob: User) -> None:
    parent = published(alice, title="Known")
    reply = published(bob, kind=Video.Kind.REPLY, reply_to=parent)

    assert stranger.get(f"/api/videos/{reply.name}/").json()["reply_to"]["title"] == "Known"


def test_the_owner_changes_title_and_visibility(as_alice: Client, alice: User) -> None:
    video = published(alice)

    answer = as_alice.patch(
        f"/api/videos/{video.name}/", {"title": "New", "visibility": "private"}, content_type="application/json"
    )

    assert (answer.json()["title"], answer.json()["visibility"]) == ("New", "private")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"visibility": "x"}, "invalid_details"),
        ({"title": "x" * 121}, "invalid_details"),
        ({"title": 7}, "invalid_request"),
    ],
)
def test_it_refuses_a_wrong_change(as_alice: Client, alice: User, change: dict[str, object], code: str) -> None:
    video = published(alice)

    answer = as_alice.patch(f"/api/videos/{video.name}/", change, content_type="application/json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)


def test_a_change_of_a_video_that_is_deleted_meanwhile_finds_nothing(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = services.change_details

    def delete_first(*, video: Video, **details: Any) -> Video:
        services.delete_video(Video.objects.get(pk=video.pk))
        return change(video=video, **details)

    monkeypatch.setattr(services, "change_details", delete_first)
    for_api, for_page = published(alice), published(alice)

    answer = as_alice.patch(f"/api/videos/{for_api.name}/", {"title": "New"}, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "video_not_found")
    form = {"title": "New", "visibility": PUBLIC}
    assert as_alice.post(f"/playvideo/{for_page.name}/edit", form).status_code == 404


def test_others_neither_change_nor_delete(as_bob: Client, as_charlie: Client, stranger: Client, alice: User) -> None:
    video, private = published(alice), published(alice, visibility=PRIVATE)

    for browser, status in ((as_bob, 403), (stranger, 401)):
        assert browser.delete(f"/api/videos/{video.name}/").status_code == status
        answer = browser.patch(f"/api/videos/{video.name}/", {"title": "x"}, content_type="application/json")
        assert answer.status_code == status
    assert as_charlie.delete(f"/api/videos/{private.name}/").status_code == 404
    assert Video.objects.count() == 2


def test_the_owner_deletes(as_alice: Client, alice: User) -> None:
    video = published(alice)

    assert as_alice.delete(f"/api/videos/{video.name}/").status_code == 204
    assert as_alice.get(f"/api/videos/{video.name}/").status_code == 404


def test_replies_are_listed_with_their_video(stranger: Client, alice: User, bob: User) -> None:
    video = published(alice)
    reply = published(bob, kind=Video.Kind.REPLY, reply_to=video)
    published(bob, kind=Video.Kind.REPLY, reply_to=video, visibility=UNLISTED)

    answer = stranger.get(f"/api/videos/{video.name}/replies/").json()

    assert [row["name"] for row in answer["results"]] == [reply.name]
    assert stranger.get(f"/api/videos/{video.name}/").json()["counts"]["replies"] == 1


def test_an_unknown_address_of_the_api_answers_in_json(stranger: Client) -> None:
    answer = stranger.get("/api/videos/Nothing12345/")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "video_not_found")


def test_the_description_names_every_call_of_the_design(stranger: Client) -> None:
    paths = stranger.get("/api/openapi.json").json()["paths"]

    for path in (
        "",
        "like/",
        "comments/",
        "shares/",
        "replies/",
        "transcript/",
        "cuts/",
        "captions.vtt",
        "captions.srt",
    ):
        assert f"/api/videos/{{name}}/{path}" in paths
    assert stranger.get("/api/docs").status_code == 200
