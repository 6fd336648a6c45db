"""What people get to see as HTML: every page, for its owner, for others and for strangers."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client

from accounts.models import ApiToken, User
from social.services import comment, like
from streaming.representation import StepOut
from streaming.templatetags.video_display import clock, shape, short, step_words
from tests.factories import published
from tests.speech import give_words
from transcribe.cues import CueText, Word
from transcribe.models import Cue
from transcribe.services import store_transcript
from videos.models import ProcessingStep, Video
from videos.services import create_video

HOSTILE = "<script>alert(1)</script>"


def _html(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content
    return response.content.decode()


def _say(video: Video, *words: str) -> None:
    spoken = tuple(Word(n * 500, n * 500 + 400, word) for n, word in enumerate(words))
    cues = [CueText(0, spoken[-1].end_ms, " ".join(words), spoken)] if words else []
    store_transcript(video=video, language="en", engine="test", cues=cues)


class TestFeed:
    @pytest.mark.parametrize("address", ["/", "/playallsnap", "/playallsnap/"])
    def test_it_shows_public_videos_newest_first(self, address: str, stranger: Client, alice: User) -> None:
        for title in ("Older", "Newer"):
            published(alice, title=title)
        html = _html(stranger, address)
        assert html.index("Newer") < html.index("Older")

    def test_it_hides_what_is_not_public_even_from_its_owner(self, as_alice: Client, alice: User) -> None:
        published(alice, title="Secret", visibility="private")
        published(alice, title="By address", visibility="unlisted")
        create_video(owner=alice, kind="original", title="Not ready")
        html = _html(as_alice, "/")
        assert not any(title in html for title in ("Secret", "By address", "Not ready"))
        assert "It is quiet here" in html

    def test_it_plays_without_a_script(self, stranger: Client, alice: User) -> None:
        video = published(alice)
        html = _html(stranger, "/")
        assert f'src="/media/videos/{video.name}/video.mp4"' in html
        assert 'preload="none"' in html

    def test_a_part_is_items_without_a_page(self, stranger: Client, alice: User) -> None:
        published(alice, title="One")
        html = _html(stranger, "/playallsnap?part=1")
        assert "data-item=" in html
        assert "<html" not in html

    def test_the_parts_hold_every_video_once(self, stranger: Client, alice: User) -> None:
        names = [published(alice).name for _ in range(7)]
        first = _html(stranger, "/")
        address = first.split('data-next="')[1].split('"')[0].replace("&amp;", "&")
        second = _html(stranger, address)
        assert [first.count(f'data-item="{name}"') + second.count(f'data-item="{name}"') for name in names] == [1] * 7
        assert "You have seen it all" in second

    def test_it_begins_with_the_video_that_is_asked_for(self, stranger: Client, alice: User) -> None:
        first = published(alice, title="Asked for")
        published(alice, title="Newest")
        html = _html(stranger, f"/?from={first.name}")
        assert html.index("Asked for") < html.index("Newest")
        assert html.count(f'data-item="{first.name}"') == 1

    def test_it_says_whom_a_reply_answers(self, stranger: Client, alice: User, bob: User) -> None:
        question = published(alice, title="A question")
        published(bob, kind="reply", reply_to=question)
        assert "Reply to <bdi>A question</bdi>" in _html(stranger, "/")

    def test_it_escapes_what_people_write(self, stranger: Client, alice: User) -> None:
        published(alice, title=HOSTILE)
        assert HOSTILE not in _html(stranger, "/")


class TestWatch:
    def test_it_shows_words_comments_and_replies(self, stranger: Client, alice: User, bob: User) -> None:
        video = published(alice, title="Watched")
        _say(video, "Hello", "<there>")
        comment(video=video, user=bob, text=HOSTILE)
        published(bob, kind="reply", reply_to=video, title="An answer")
        html = _html(stranger, f"/playvideo/{video.name}")
        assert '<span class="word" data-start="500" data-end="900">&lt;there&gt;</span>' in html
        assert "&lt;script&gt;" in html
        assert HOSTILE not in html
        assert "An answer" in html
        assert f'src="/api/videos/{video.name}/captions.vtt"' in html

    def test_only_who_may_change_it_is_offered_to(self, as_alice: Client, as_bob: Client, alice: User) -> None:
        video = published(alice)
        _say(video, "Words")
        address = f"/playvideo/{video.name}"
        assert f"{address}/edit" in _html(as_alice, address)
        assert "data-correct" in _html(as_alice, address)
        assert f"{address}/edit" not in _html(as_bob, address)
        assert "data-correct" not in _html(as_bob, address)

    def test_a_private_video_is_there_for_its_owner_only(
        self, as_alice: Client, as_charlie: Client, stranger: Client, alice: User
    ) -> None:
        address = published(alice, visibility="private").get_absolute_url()
        _html(as_alice, address)
        for other in (as_charlie, stranger):
            page = _html(other, address, status=404)
            assert "There is no such video, or it is private." in page
            assert "That did not work" not in page

    def test_it_says_that_nobody_speaks(self, stranger: Client, alice: User) -> None:
        video = published(alice)
        _say(video)
        assert "Nobody speaks in this video." in _html(stranger, video.get_absolute_url())

    def test_it_says_that_the_words_are_being_written(self, stranger: Client, alice: User) -> None:
        video = published(alice)
        video.steps.filter(kind="transcribe").update(state="running", progress=40)
        assert "The words are being written" in _html(stranger, video.get_absolute_url())

    def test_it_says_why_there_are_no_words(self, stranger: Client, alice: User) -> None:
        video = published(alice)
        video.steps.filter(kind="transcribe").update(state="failed", error="The weights are missing.")
        assert "The weights are missing." in _html(stranger, video.get_absolute_url())

    def test_it_says_why_a_video_cannot_be_played(self, as_alice: Client, alice: User) -> None:
        video = create_video(owner=alice, kind="original")
        video.steps.filter(kind="prepare").update(state="failed", error="This is a picture, not a video.")
        html = _html(as_alice, video.get_absolute_url())
        assert "This is a picture, not a video." in html
        assert "<video" not in html

    def test_what_failed_is_named_once_and_what_was_never_begun_not_at_all(self, as_alice: Client, alice: User) -> None:
        video = create_video(owner=alice, kind="original")
        video.steps.update(state="skipped", error="An earlier step failed.")
        video.steps.filter(kind="prepare").update(state="failed", error="This file is damaged.")
        html = _html(as_alice, video.get_absolute_url())
        assert "What went wrong" in html
        assert "An earlier step failed." not in html

    def test_without_a_script_it_says_how_to_see_what_is_being_prepared(self, as_alice: Client, alice: User) -> None:
        html = _html(as_alice, create_video(owner=alice, kind="original").get_absolute_url())
        assert re.search(r"<noscript>.*Reload this page.*</noscript>", html)
        assert "by itself" not in html

    def test_what_failed_is_not_liked_answered_or_cut(self, as_alice: Client, alice: User) -> None:
        video = create_video(owner=alice, kind="original", visibility="public")
        video.steps.filter(kind="prepare").update(state="failed", error="This file is damaged.")
        page = _html(as_alice, f"/playvideo/{video.name}")
        for offer in ("data-like", "data-share", "reply_to=", f"/cutvideo/{video.name}"):
            assert offer not in page, offer
        assert ">Edit<" in page, "its owner can still delete it"

    @pytest.mark.parametrize("words", ["שלום עולם", "مرحبا"])
    def test_words_from_right_to_left_read_so(self, words: str, as_alice: Client, alice: User, bob: User) -> None:
        video = published(alice, title=words, visibility="public")
        published(bob, title=words, visibility="public", kind="reply", reply_to=video)
        store_transcript(
            video=video, language="he", engine="test", cues=[CueText(0, 900, words, (Word(0, 900, words),))]
        )
        comment(video=video, user=bob, text=words)
        for address in (
            f"/playvideo/{video.name}",
            "/",
            "/profile",
            f"/captureevent?reply_to={video.name}",
            "/cutvideo",
        ):
            page = _html(as_alice, address)
            body = page[page.index("<body") :]
            # Attributes and the head have no direction; what people read has.
            shown = re.findall(rf"<(\w+)([^<>]*)>(?:<(?:a|span)[^<>]*>)*{words}", body)
            assert shown, address
            for tag, attributes in shown:
                assert tag == "bdi" or 'dir="auto"' in attributes, (address, tag, attributes)

    def test_it_shows_how_far_the_work_is(self, as_alice: Client, alice: User) -> None:
        video = create_video(owner=alice, kind="original")
        video.steps.filter(kind="prepare").update(state=ProcessingStep.State.RUNNING, progress=37)
        html = _html(as_alice, video.get_absolute_url())
        assert "37 %" in html
        assert 'data-state="processing"' in html

    def test_a_form_without_script_comments_and_likes(self, as_bob: Client, bob: User, alice: User) -> None:
        video = published(alice)
        address = video.get_absolute_url()
        assert as_bob.post(f"{address}/comment", {"text": "Nice"}).headers["Location"] == f"{address}#comments"
        assert as_bob.post(f"{address}/like").headers["Location"] == address
        assert [row.text for row in video.comments.all()] == ["Nice"]
        assert video.likes.filter(user=bob).exists()
        as_bob.post(f"{address}/like")
        assert not video.likes.exists()

    def test_an_empty_comment_is_refused_with_a_sentence(self, as_bob: Client, alice: User) -> None:
        video = published(alice)
        response = as_bob.post(f"{video.get_absolute_url()}/comment", {"text": " "}, follow=True)
        assert "Write something first." in response.content.decode()

    @pytest.mark.parametrize("form", ["comment", "like"])
    def test_forms_need_an_account(self, form: str, stranger: Client, alice: User) -> None:
        video = published(alice)
        response = stranger.post(f"{video.get_absolute_url()}/{form}", {"text": "Nice"})
        assert response.headers["Location"].startswith("/login")

    @pytest.mark.parametrize("form", ["comment", "like"])
    def test_forms_do_not_reach_a_private_video(self, form: str, as_charlie: Client, alice: User) -> None:
        video = published(alice, visibility="private")
        assert as_charlie.post(f"{video.get_absolute_url()}/{form}", {"text": "Nice"}).status_code == 404


class TestEdit:
    def test_the_owner_changes_title_and_visibility(self, as_alice: Client, alice: User) -> None:
        video = published(alice, title="Before")
        address = f"{video.get_absolute_url()}/edit"
        assert 'value="Before"' in _html(as_alice, address)
        response = as_alice.post(address, {"title": "After", "visibility": "unlisted"}, follow=True)
        assert "After" in response.content.decode()
        video.refresh_from_db()
        assert (video.title, video.visibility) == ("After", "unlisted")

    def test_a_wrong_visibility_is_refused_on_the_page(self, as_alice: Client, alice: User) -> None:
        video = published(alice)
        response = as_alice.post(f"{video.get_absolute_url()}/edit", {"title": "x", "visibility": "friends"})
        assert "errorlist" in response.content.decode()

    def test_the_owner_deletes(self, as_alice: Client, alice: User) -> None:
        video = published(alice)
        response = as_alice.post(f"{video.get_absolute_url()}/delete", follow=True)
        assert "gone" in response.content.decode()
        assert not Video.objects.exists()

    @pytest.mark.parametrize("page", ["edit", "delete"])
    def test_others_may_not(self, page: str, as_bob: Client, stranger: Client, alice: User) -> None:
        video = published(alice, title="Mine")
        address = f"{video.get_absolute_url()}/{page}"
        assert as_bob.post(address, {"title": "Yours", "visibility": "public"}).status_code == 403
        assert stranger.post(address).headers["Location"].startswith("/login")
        video.refresh_from_db()
        assert video.title == "Mine"


class TestProfile:
    def test_the_own_one_shows_every_video(self, as_alice: Client, alice: User) -> None:
        published(alice, title="Hidden one", visibility="private")
        create_video(owner=alice, kind="original", title="Unfinished one")
        html = _html(as_alice, "/profile")
        assert all(text in html for text in ("Hidden one", "Unfinished one", "Being prepared", "Log out"))

    def test_every_own_video_can_be_reached(self, as_alice: Client, alice: User) -> None:
        names = {published(alice, visibility="private").name for _ in range(60)}
        found: list[str] = []
        address = "/profile"
        while address:
            page = _html(as_alice, address)
            found += re.findall(r'href="/playvideo/(\w+)#play"', page)
            older = re.search(r'href="(\?page=\d+)">(?:Older|More) videos', page)
            address = f"/profile{older[1]}" if older else ""
        assert len(found) == 60
        assert set(found) == names

    def test_that_of_another_shows_what_is_public(self, as_bob: Client, alice: User) -> None:
        published(alice, title="For all")
        published(alice, title="Hidden one", visibility="private")
        ApiToken.make(user=alice, label="My script")
        html = _html(as_bob, "/@alice")
        assert "For all" in html
        assert not any(text in html for text in ("Hidden one", "My script", "Log out"))

    def test_it_needs_an_account(self, stranger: Client) -> None:
        assert stranger.get("/profile").headers["Location"] == "/login?next=/profile"

    def test_nobody_of_that_name(self, stranger: Client) -> None:
        assert "nobody of that name" in _html(stranger, "/@nobody", status=404)

    def test_it_leads_to_the_account(self, as_alice: Client, as_bob: Client, alice: User) -> None:
        assert 'href="/account' in _html(as_alice, "/profile")
        assert 'href="/account' not in _html(as_bob, "/@alice")


class TestFrame:
    def test_no_page_needs_a_looser_content_security_policy(self, as_alice: Client, alice: User) -> None:
        video = published(alice)
        _say(video, "Words")
        like(video=video, user=alice)
        pages = [
            "/",
            video.get_absolute_url(),
            f"{video.get_absolute_url()}/edit",
            "/profile",
            "/login",
            "/signup",
            "/account/",
        ]
        for page in [*pages, "/nothing-here"]:
            html = as_alice.get(page).content.decode()
            assert " style=" not in html, page
            assert "<style" not in html, page
            assert " onclick=" not in html, page
            assert html.count("<script") == html.count('<script type="module" src=') <= 1, page

    def test_strangers_are_led_to_the_log_in(self, stranger: Client, as_alice: Client) -> None:
        assert 'href="/login"' in _html(stranger, "/")
        assert 'href="/profile"' in _html(as_alice, "/")

    def test_a_missing_page_says_so(self, stranger: Client) -> None:
        assert "There is nothing here" in _html(stranger, "/no/such/page", status=404)

    def test_a_form_without_token_is_refused_with_advice(self, alice: User) -> None:
        careful = Client(enforce_csrf_checks=True)
        response = careful.post("/login", {"username": "alice", "password": "x"})
        assert response.status_code == 403
        assert "Please try that again" in response.content.decode()


@pytest.mark.parametrize(
    ("state", "progress", "error", "shown"),
    [
        ("waiting", 0, "", "waiting"),
        ("waiting", 0, "The disk is full.", "The disk is full."),
        ("running", 0, "", "under way"),
        ("running", 42, "", "42 %"),
        ("done", 100, "", "done"),
        ("failed", 50, "The disk is full.", "The disk is full."),
        ("skipped", 0, "", "not needed"),
        ("skipped", 0, "An earlier step failed.", "An earlier step failed."),
    ],
)
def test_steps_say_what_they_do(state: str, progress: int, error: str, shown: str) -> None:
    step = StepOut(kind="package", label="Making it streamable", state=state, progress=progress, error=error)
    assert step_words(step) == shown


@pytest.mark.parametrize(("ms", "shown"), [(0, "0:00"), (7999, "0:07"), (750_000, "12:30"), (3_723_000, "1:02:03")])
def test_lengths_read_as_on_a_clock(ms: int, shown: str) -> None:
    assert clock(ms) == shown


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0"), (999, "999"), (1299, "1.2K"), (19_999, "19K"), (3_000_000, "3M")]
)
def test_long_counts_are_shortened(count: int, shown: str) -> None:
    assert short(count) == shown


@pytest.mark.parametrize(
    ("width", "height", "expected"), [(720, 1280, "tall"), (640, 640, "even"), (1280, 720, "wide"), (0, 0, "tall")]
)
def test_pictures_have_a_shape(width: int, height: int, expected: str) -> None:
    assert shape(width, height) == expected


def test_a_stranger_is_shown_a_video_of_very_many_words_at_once(stranger: Client, alice: User) -> None:
    video = published(alice)
    give_words(video, *["one two three"] * 340)
    Cue.objects.update(corrected_text="a b " * 50)
    stranger.get(f"/playvideo/{video.name}")  # compiles the templates

    started_s = time.process_time()
    page = stranger.get(f"/playvideo/{video.name}").content.decode()

    assert page.count('class="word"') == 34_000
    assert time.process_time() - started_s < 1.5
