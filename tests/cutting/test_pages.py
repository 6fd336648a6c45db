from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from cutting.models import Draft
from cutting.page import items_in, lines_of
from tests.cutting.test_api import with_words
from tests.factories import published
from tests.speech import give_words
from transcribe.selectors import cues_of
from transcribe.services import correct_cues
from videos.models import ProcessingStep, Video

pytestmark = pytest.mark.django_db


@pytest.fixture
def video(alice: User) -> Video:
    return with_words(alice, title="A speech")


def page_of(browser: Client, video: Video) -> str:
    answer = browser.get(f"/cutvideo/{video.name}")
    assert answer.status_code == 200
    return answer.content.decode()


def send(browser: Client, video: Video, **fields: Any) -> Any:
    """What the form posts; `digest` is taken from the page unless it is given."""
    shown = re.search(r'name="digest" value="(\w+)"', page_of(browser, video))
    form = {"digest": shown[1] if shown else "", "title": "", "visibility": "public", "start_s": "0", "end_s": "9"}
    return browser.post(f"/cutvideo/{video.name}", {**form, **fields})


def made() -> Video:
    video: Video = Video.objects.get(kind=Video.Kind.CUT)
    return video


@pytest.mark.parametrize("path", ["/cutvideo", "/cutvideo/", "/cutvideo/NAME", "/cutvideo/NAME/"])
def test_strangers_log_in_first_and_come_back(stranger: Client, as_bob: Client, video: Video, path: str) -> None:
    path = path.replace("NAME", video.name)
    answer = stranger.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/login?next={path}")
    assert as_bob.get(path).status_code == 200


def test_one_chooses_among_own_videos_and_public_ones(as_bob: Client, alice: User, bob: User, video: Video) -> None:
    mine = published(bob, title="Mine", visibility=Video.Visibility.PRIVATE)
    for visibility in (Video.Visibility.PRIVATE, Video.Visibility.UNLISTED):
        published(alice, title="Not for Bob", visibility=visibility)
    Video.objects.filter(pk=published(bob, title="Not ready").pk).update(published_at=None)

    page = as_bob.get("/cutvideo").content.decode()

    assert page.index(f"/cutvideo/{mine.name}") < page.index(f"/cutvideo/{video.name}")
    assert "Not for Bob" not in page
    assert "Not ready" not in page


def test_choosing_goes_page_by_page_with_few_queries(
    as_bob: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        published(alice)
    with django_assert_max_num_queries(8):
        first = as_bob.get("/cutvideo").content.decode()
    assert first.count('class="cut-card"') == 24
    assert as_bob.get("/cutvideo?page=2").content.decode().count('class="cut-card"') == 6


def test_pages_go_from_own_videos_on_to_those_of_others_and_leave_none_out(
    as_bob: Client, alice: User, bob: User
) -> None:
    own = [published(bob).name for _ in range(26)]
    others = [published(alice).name for _ in range(25)]
    shown = [
        re.findall(r'href="/cutvideo/(\w+)"', as_bob.get(f"/cutvideo?page={number}").content.decode())
        for number in (1, 2, 3)
    ]
    assert [len(page) for page in shown] == [24, 24, 3]
    assert sum(shown, []) == [*reversed(own), *reversed(others)]
    assert as_bob.get("/cutvideo?page=x").status_code == 200


def test_choosing_among_very_many_videos_reads_one_page_of_them(as_bob: Client, alice: User) -> None:
    for _ in range(3):
        published(alice)
    with CaptureQueriesContext(connection) as queries, connection.cursor() as cursor:
        as_bob.get("/cutvideo")
        if connection.vendor == "postgresql":
            cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off")
        of_others = [query["sql"] for query in queries if "allows_cuts" in query["sql"] and "LIMIT" in query["sql"]]
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + of_others[-1])
        plan = str(cursor.fetchall())
    assert "video_feed" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
    assert not [query for query in queries if "COUNT" in query["sql"] and '"owner_id" =' not in query["sql"]]


def test_one_who_has_nothing_is_sent_to_record(as_bob: Client) -> None:
    assert "/captureevent" in as_bob.get("/cutvideo").content.decode()


def test_the_page_is_for_those_who_may_cut(
    as_alice: Client, as_bob: Client, as_charlie: Client, alice: User, video: Video
) -> None:
    unlisted = with_words(alice, visibility=Video.Visibility.UNLISTED)
    private = with_words(alice, visibility=Video.Visibility.PRIVATE)

    for browser, source, status in (
        (as_alice, private, 200),
        (as_bob, video, 200),
        (as_bob, unlisted, 403),
        (as_charlie, private, 404),
    ):
        assert browser.get(f"/cutvideo/{source.name}").status_code == status
        assert browser.post(f"/cutvideo/{source.name}", {}).status_code == (422 if status == 200 else status)
    assert not Video.objects.filter(kind=Video.Kind.CUT).exists()


def test_words_are_shown_as_text_whatever_they_say(as_alice: Client, video: Video) -> None:
    correct_cues(video=video, texts={cues_of(video)[0].id: '<script>alert("1")</script> </script><!-- "\' &amp;'})

    page = page_of(as_alice, video)

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;" in page
    assert page.count("</script>") == 3, "of the items, of the draft and of the page's module"


def test_a_title_that_is_read_from_the_right_is_cut_off_at_its_end(as_alice: Client, alice: User) -> None:
    page = page_of(as_alice, with_words(alice, title="שלום עולם"))
    assert re.search(r'<h1>.*<a [^>]*dir="auto"[^>]*>שלום עולם</a></h1>', page)


def test_a_form_with_thousands_of_ticks_is_taken(as_alice: Client, video: Video) -> None:
    Video.objects.filter(pk=video.pk).update(duration_ms=1_500_000)
    give_words(video, *["one two three four five"] * 400)

    answer = send(as_alice, video, item=[str(number) for number in range(1, 1900)], end_s="1500")

    assert answer.status_code == 302, answer.content
    assert made().cut_ranges


def test_ticked_words_are_removed(as_alice: Client, video: Video) -> None:
    answer = send(as_alice, video, mode="remove", item=["1", "2"])

    assert answer["Location"] == made().get_absolute_url()
    assert made().cut_ranges == [[0, 450], [1450, 9000]]


def test_ticked_words_and_lines_are_all_that_is_kept(as_alice: Client, video: Video) -> None:
    send(as_alice, video, mode="keep", line=["1"], item=["0"], title="Short", visibility="private")

    assert made().cut_ranges == [[0, 450], [2880, 5020]]
    assert (made().title, made().visibility) == ("Short", "private")


def test_times_cut_alone_and_together_with_words(as_alice: Client, video: Video) -> None:
    send(as_alice, video, item=["1"], start_s="0.25", end_s="2.125")
    assert made().cut_ranges == [[250, 450], [950, 2125]]


def test_a_video_without_words_is_cut_by_times(as_alice: Client, video: Video) -> None:
    give_words(video)
    assert "Nobody speaks" in page_of(as_alice, video)
    send(as_alice, video, start_s="1", end_s="")
    assert made().cut_ranges == [[1000, 9000]]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "Choose what to cut first"),
        ({"mode": "keep"}, "Choose what to cut first"),
        ({"start_s": "8", "end_s": "2"}, "Nothing would be left"),
        ({"start_s": "-1"}, "greater than or equal to 0"),
        ({"start_s": "soon"}, "Enter a number"),
        ({"line": ["0", "1", "2"]}, "Nothing would be left"),
        ({"item": ["99"]}, ""),
        ({"item": ["9" * 5000], "line": ["9" * 5000]}, ""),
        ({"start_s": "1e999999"}, "less than or equal to 86400"),
        ({"end_s": "1e999999"}, "less than or equal to 86400"),
        ({"item": ["1"], "digest": "old"}, "were changed meanwhile"),
        ({"visibility": "secret"}, ""),
    ],
)
def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(
    as_alice: Client, video: Video, fields: dict[str, Any], reason: str
) -> None:
    answer = send(as_alice, video, title="My title", **fields)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert reason in page
    assert 'value="My title"' in page
    assert not Video.objects.filter(kind=Video.Kind.CUT).exists()


def test_it_says_that_words_are_still_coming_or_why_they_are_not(as_alice: Client, alice: User, video: Video) -> None:
    silent = with_words(alice)
    silent.transcript.delete()
    step = silent.steps.filter(kind=ProcessingStep.Kind.TRANSCRIBE)

    step.update(state=ProcessingStep.State.RUNNING)
    assert "still being written" in page_of(as_alice, silent)
    step.update(state=ProcessingStep.State.FAILED, error="There are no weights.")
    assert "There are no weights." in page_of(as_alice, silent)


def test_a_video_that_is_still_prepared_cannot_be_cut(as_alice: Client, video: Video) -> None:
    Video.objects.filter(pk=video.pk).update(published_at=None)
    assert as_alice.get(f"/cutvideo/{video.name}").status_code == 409


# What Postgres cannot store, what is no digest, what is longer than one.
NO_DIGESTS: list[dict[str, Any]] = [{"digest": digest} for digest in ("\0", "z", "0" * 17, "0\n")]


def keep(browser: Client, video: Video, **chosen: Any) -> Any:
    """Sends a draft as the page does."""
    shown = re.search(r'data-digest="(\w+)"', page_of(browser, video))
    assert shown
    draft = {"removed": [], "from_ms": 0, "to_ms": 9000, "title": "", "visibility": "public"}
    body = {**draft, "digest": shown[1], **chosen}
    return browser.put(f"/api/videos/{video.name}/cut-draft/", body, content_type="application/json")


def draft_on(page: str) -> Any:
    found = re.search(r'<script id="cut-draft" type="application/json">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


def test_a_reload_loses_nothing_of_what_was_chosen(as_alice: Client, as_bob: Client, video: Video) -> None:
    assert draft_on(page_of(as_alice, video)) is None
    assert keep(as_alice, video, removed=[1]).status_code == 204
    chosen = {"removed": [1, 2], "from_ms": 250, "title": "My part", "visibility": "unlisted"}
    assert keep(as_alice, video, **chosen).status_code == 204

    page = page_of(as_alice, video)

    assert draft_on(page) == {"removed": [1, 2], "from_ms": 250, "to_ms": 9000}
    assert 'value="My part"' in page
    assert '<option value="unlisted" selected>' in page
    assert re.findall(r'name="item" value="(\d+)" checked', page) == ["1", "2"], "also without a script"
    assert draft_on(page_of(as_bob, video)) is None, "it is one person's"


def test_a_page_says_how_old_the_draft_is_so_that_a_newer_one_is_not_lost(as_alice: Client, video: Video) -> None:
    assert 'data-draft-age-ms=""' in page_of(as_alice, video)
    keep(as_alice, video, removed=[1])
    Draft.objects.update(updated_at=timezone.now() - timedelta(minutes=1))
    found = re.search(r'data-draft-age-ms="(\d+)"', page_of(as_alice, video))
    assert found
    assert 60_000 <= int(found[1]) < 70_000


def test_a_draft_ends_with_the_cut_and_when_one_starts_again(as_alice: Client, video: Video) -> None:
    keep(as_alice, video, removed=[1])
    assert as_alice.delete(f"/api/videos/{video.name}/cut-draft/").status_code == 204
    assert draft_on(page_of(as_alice, video)) is None

    keep(as_alice, video, removed=[1])
    send(as_alice, video, item=["1"])
    assert draft_on(page_of(as_alice, video)) is None


def test_a_cut_that_is_refused_leaves_the_draft(as_alice: Client, video: Video) -> None:
    keep(as_alice, video, removed=[1])
    assert send(as_alice, video, item=["1"], digest="old").status_code == 422
    assert draft_on(page_of(as_alice, video)) is not None


def test_numbers_of_words_that_were_changed_meanwhile_are_not_taken_for_others(as_alice: Client, video: Video) -> None:
    keep(as_alice, video, removed=[1], from_ms=500)
    give_words(video, "other words", "now")
    assert draft_on(page_of(as_alice, video)) == {"removed": [], "from_ms": 500, "to_ms": 9000}


def test_numbers_beyond_the_words_of_a_video_are_not_kept(as_alice: Client, video: Video) -> None:
    count = len(items_in(lines_of(cues_of(video), video.duration_ms)))
    for removed in ([count], [2**31 - 1]):
        answer = keep(as_alice, video, removed=removed)
        assert (answer.status_code, f"has {count} words and pauses" in answer.json()["error"]["message"]) == (422, True)
    assert keep(as_alice, video, removed=[0] * 20_000).status_code == 204
    assert keep(as_alice, video, removed=list(range(count)), digest="0").status_code == 204, "of other words"
    assert Draft.objects.get().removed == []


def test_nobody_floods_the_site_with_drafts(as_alice: Client, video: Video, settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "draft": (2, 60)}
    assert [keep(as_alice, video).status_code for _ in range(3)] == [204, 204, 429]


def test_nobody_keeps_a_draft_for_a_video_that_is_not_theirs_to_cut(
    as_bob: Client, stranger: Client, as_alice: Client, alice: User, video: Video
) -> None:
    unlisted = with_words(alice, visibility=Video.Visibility.UNLISTED)
    draft = {"removed": [], "from_ms": 0, "to_ms": 1, "title": "", "visibility": "public", "digest": ""}
    for browser, source, status in ((as_bob, unlisted, 403), (stranger, video, 401)):
        address = f"/api/videos/{source.name}/cut-draft/"
        assert browser.put(address, draft, content_type="application/json").status_code == status
    wrongs: list[dict[str, Any]] = [{"removed": [-1]}, {"removed": [0] * 20_001}, {"title": "x" * 121}]
    for wrong in [*wrongs, {"visibility": "secret"}, *NO_DIGESTS]:
        assert keep(as_alice, video, **wrong).status_code == 422
    assert not Draft.objects.exists()
