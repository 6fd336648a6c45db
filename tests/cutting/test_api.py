from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts.models import ApiToken, User
from cutting import services
from cutting.errors import TooManyCuts
from cutting.plan import PADDING_MS
from cutting.services import UNDER_WAY_MAX
from tests.factories import published
from tests.speech import GAP_MS, PAUSE_MS, WORD_MS, give_words
from videos import files
from videos.models import ProcessingStep, Video

pytestmark = pytest.mark.django_db
LINES = ("Ask not what your country", "can do for you.", "Ask what you can do.")


def with_words(owner: User, **details: Any) -> Video:
    """A playable video of 9 s; only the place of its file is taken."""
    video = published(owner, **details)
    Video.objects.filter(pk=video.pk).update(duration_ms=9000)
    with files.scratch_folder() as folder:
        (folder / "video.mp4").write_bytes(b"not looked at")
        files.put(folder / "video.mp4", files.media_key(video, files.VIDEO_FILE))
    give_words(video, *LINES)
    video.refresh_from_db()
    return video


@pytest.fixture
def video(alice: User) -> Video:
    return with_words(alice, title="A speech", language="en")


def cut(browser: Client, video: Video, **body: Any) -> Any:
    return browser.post(f"/api/videos/{video.name}/cuts/", body, content_type="application/json")


def made(answer: Any) -> Video:
    assert answer.status_code == 202, answer.content
    video: Video = Video.objects.get(name=answer.json()["name"])
    return video


def refusal(answer: Any) -> tuple[int, str]:
    assert answer.json()["error"]["message"]
    return answer.status_code, answer.json()["error"]["code"]


def test_ranges_are_taken_exactly_and_a_cut_is_made_of_them(as_alice: Client, alice: User, video: Video) -> None:
    answer = cut(as_alice, video, keep=[[4001, 5007], [1003, 2000]])

    new = made(answer)
    assert answer.json()["url"] == f"/playvideo/{new.name}"
    assert new.cut_ranges == [[1003, 2000], [4001, 5007]]
    assert (new.kind, new.cut_from, new.owner, new.language) == ("cut", video, alice, "en")
    assert new.title == "Cut of A speech"
    assert {step.kind: step.state for step in new.steps.all()} == dict.fromkeys(
        ("render", "package", "poster", "captions"), ProcessingStep.State.WAITING
    )


def test_a_full_account_makes_no_more_cuts(as_alice: Client, video: Video, settings: Settings) -> None:
    settings.ACCOUNT_MAX_BYTES = 100
    Video.objects.filter(pk=video.pk).update(size_bytes=100)

    answer = cut(as_alice, video, remove=[[1000, 2000]])

    assert (answer.status_code, answer.json()["error"]["code"]) == (507, "no_room_left")


def test_removing_keeps_the_rest(as_alice: Client, video: Video) -> None:
    assert made(cut(as_alice, video, remove=[[1000, 2000]])).cut_ranges == [[0, 1000], [2000, 9000]]


def test_text_is_kept_with_a_little_of_the_silence_around_it(as_alice: Client, video: Video) -> None:
    new = made(cut(as_alice, video, text="“CAN do for you”"))

    start_ms = 5 * (WORD_MS + GAP_MS) + PAUSE_MS
    end_ms = start_ms + 4 * (WORD_MS + GAP_MS) - GAP_MS
    assert new.cut_ranges == [[start_ms - PADDING_MS, end_ms + PADDING_MS]]


def test_silence_at_the_end_of_the_video_is_not_kept_with_text(as_alice: Client, video: Video) -> None:
    assert made(cut(as_alice, video, text="what you can do")).cut_ranges == [[5950, 7900 + PADDING_MS]]


def test_text_is_removed(as_alice: Client, video: Video) -> None:
    new = made(cut(as_alice, video, remove_text="your county can do\nyou can"))

    assert new.cut_ranges == [[0, 1450], [3950, 6450], [7450, 9000]]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "one_choice"),
        ({"keep": [[0, 1000]], "text": "ask"}, "one_choice"),
        ({"keep": []}, "nothing_left"),
        ({"remove": [[0, 9000]]}, "nothing_left"),
        ({"remove_text": " ".join(LINES)}, "nothing_left"),
        ({"keep": [[2000, 1000]]}, "range_reversed"),
        ({"keep": [[9000, 9001]]}, "range_outside"),
        ({"keep": [[-5, 1000]]}, "range_outside"),
        ({"keep": [[i, i + 1] for i in range(201)]}, "too_many_ranges"),
        ({"text": "a banana"}, "text_not_found"),
        ({"text": ""}, "nothing_left"),
        ({"text": "a" * 20_001}, "text_too_long"),
        ({"keep": [[0, 1.5]]}, "invalid_request"),
        ({"keep": [[True, 500]]}, "invalid_request"),
        ({"keep": [[0, 1000, 2000]]}, "invalid_request"),
        ({"keep": "everything"}, "invalid_request"),
        ({"keep": [[0, 1000]], "visibility": "secret"}, "invalid_details"),
        ({"keep": [[0, 1000]], "title": "x" * 121}, "invalid_details"),
    ],
)
def test_it_refuses_with_a_code_and_makes_nothing(
    as_alice: Client, video: Video, body: dict[str, Any], code: str
) -> None:
    assert refusal(cut(as_alice, video, **body)) == (422, code)
    assert Video.objects.count() == 1


def test_the_missing_text_is_named(as_alice: Client, video: Video) -> None:
    answer = cut(as_alice, video, text="Ask not what\nthe banana")
    assert answer.json()["error"]["message"] == "«the banana» is not said in this video."


def test_text_of_a_video_without_words_is_refused(as_alice: Client, alice: User, video: Video) -> None:
    give_words(video)
    assert refusal(cut(as_alice, video, text="ask")) == (422, "no_words")


def test_everybody_with_an_account_cuts_a_public_video_and_owns_the_cut(
    as_bob: Client, bob: User, stranger: Client, video: Video
) -> None:
    new = made(cut(as_bob, video, keep=[[0, 1000]], title=" My part ", visibility="unlisted"))
    assert (new.owner, new.title, new.visibility) == (bob, "My part", "unlisted")
    assert refusal(cut(stranger, video, keep=[[0, 1000]])) == (401, "not_signed_in")


def test_a_video_that_is_not_public_is_cut_by_its_owner_only(
    as_alice: Client, as_bob: Client, as_charlie: Client, alice: User
) -> None:
    unlisted = with_words(alice, visibility=Video.Visibility.UNLISTED)
    private = with_words(alice, visibility=Video.Visibility.PRIVATE)

    assert refusal(cut(as_bob, unlisted, keep=[[0, 1000]])) == (403, "may_not_cut")
    assert refusal(cut(as_charlie, private, keep=[[0, 1000]])) == (404, "video_not_found")
    for source in (unlisted, private):
        assert made(cut(as_alice, source, keep=[[0, 1000]])).visibility == source.visibility


def test_an_owner_keeps_others_from_cutting_a_public_video(
    as_alice: Client, as_bob: Client, stranger: Client, video: Video
) -> None:
    change = {"allows_cuts": False}
    answer = as_alice.patch(f"/api/videos/{video.name}/", change, content_type="application/json")
    assert (answer.status_code, answer.json()["allows_cuts"]) == (200, False)

    assert refusal(cut(as_bob, video, keep=[[0, 1000]])) == (403, "may_not_cut")
    assert as_bob.get(f"/cutvideo/{video.name}").status_code == 403
    assert video.name not in as_bob.get("/cutvideo").content.decode()
    page = as_bob.get(f"/playvideo/{video.name}").content.decode()
    assert "Not to be cut by others" in page
    assert "/cutvideo/" not in page
    own = made(cut(as_alice, video, keep=[[0, 1000]]))
    assert not own.allows_cuts, "nor through a cut of it"


def test_the_edit_page_shows_and_keeps_whether_others_may_cut(as_alice: Client, video: Video) -> None:
    address, details = f"/playvideo/{video.name}/edit/", {"title": "A speech", "visibility": "public"}
    assert re.search(r'name="allows_cuts"[^>]*checked', as_alice.get(address).content.decode())
    as_alice.post(address, details)
    assert not re.search(r'name="allows_cuts"[^>]*checked', as_alice.get(address).content.decode())
    as_alice.post(address, {**details, "allows_cuts": "on"})
    assert Video.objects.get().allows_cuts


def test_what_a_person_says_once_counts_for_videos_made_later(as_alice: Client, alice: User, video: Video) -> None:
    assert "Others may cut my new videos" in as_alice.get("/account").content.decode()
    as_alice.post("/account/cutting/", {})
    alice.refresh_from_db()
    assert not published(alice).allows_cuts
    video.refresh_from_db()
    assert video.allows_cuts

    as_alice.post("/account/cutting/", {"allows_cuts": "on"})
    alice.refresh_from_db()
    assert published(alice).allows_cuts


def test_a_video_that_is_still_prepared_is_refused(as_alice: Client, alice: User) -> None:
    assert refusal(cut(as_alice, published(alice), keep=[[0, 1000]])) == (409, "not_playable_yet")


def test_nobody_waits_for_a_video_that_will_never_be_ready(as_alice: Client, alice: User) -> None:
    failed = published(alice)
    failed.steps.filter(kind="prepare").update(state=ProcessingStep.State.FAILED)
    Video.objects.filter(pk=failed.pk).update(published_at=None)

    for answer in (cut(as_alice, failed, keep=[[0, 1000]]), as_alice.get(f"/cutvideo/{failed.name}")):
        assert answer.status_code == 409
        assert "could not be prepared" in answer.content.decode()
        assert "still being prepared" not in answer.content.decode()


def test_one_person_has_so_many_cuts_in_the_making_and_no_more(as_alice: Client, as_bob: Client, video: Video) -> None:
    cuts = [made(cut(as_bob, video, keep=[[0, 1000]])) for _ in range(UNDER_WAY_MAX)]

    assert refusal(cut(as_bob, video, keep=[[0, 1000]])) == (429, "too_many_cuts")
    made(cut(as_alice, video, keep=[[0, 1000]]))
    ProcessingStep.objects.filter(video__in=cuts, kind="render").update(state=ProcessingStep.State.RUNNING)
    assert refusal(cut(as_bob, video, keep=[[0, 1000]])) == (429, "too_many_cuts"), "what is being made counts, too"
    cuts[0].steps.filter(kind="render").update(state=ProcessingStep.State.DONE)
    made(cut(as_bob, video, keep=[[0, 1000]]))


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_do_not_both_get_the_last_place(
    alice: User, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "UNDER_WAY_MAX", 1)
    both_looked, look = Barrier(2), services._check_room

    def look_together(user: User) -> None:
        look(user)
        with suppress(BrokenBarrierError):
            both_looked.wait(1)

    def try_once(_number: int) -> bool:
        try:
            services.make_cut(video=video, user=alice, choice=services.Choice(keep=[[0, 1000]]))
        except TooManyCuts:
            return False
        finally:
            connection.close()
        return True

    monkeypatch.setattr(services, "_check_room", look_together)
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(try_once, range(2))) == 1


def test_a_token_cuts_without_a_session(bob: User, video: Video) -> None:
    headers = {"Authorization": f"Bearer {ApiToken.make(user=bob)}"}
    answer = Client(enforce_csrf_checks=True, headers=headers).post(
        f"/api/videos/{video.name}/cuts/", {"text": "Ask what you"}, content_type="application/json"
    )
    assert made(answer).owner == bob


def test_a_long_title_of_the_source_fits_into_that_of_the_cut(as_alice: Client, alice: User) -> None:
    title = made(cut(as_alice, with_words(alice, title="x" * 120), keep=[[0, 1000]])).title
    assert len(title) == 120
    assert title.endswith("…")
