from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import published
from tests.speech import give_words
from transcribe.models import Cue
from transcribe.selectors import cues_of
from videos.models import ProcessingStep, Video

pytestmark = pytest.mark.django_db
State = ProcessingStep.State


@pytest.fixture
def video(alice: User) -> Video:
    video = published(alice)
    give_words(video, "ask knot what", "<b>your</b> country --> can")
    return video


@pytest.fixture
def private(alice: User) -> Video:
    video = published(alice, visibility=Video.Visibility.PRIVATE)
    give_words(video, "my secret")
    return video


def at(video: Video, what: str = "transcript/") -> str:
    return f"/api/videos/{video.name}/{what}"


def correct(browser: Client, video: Video, *lines: tuple[int, str]) -> Any:
    body = {"cues": [{"id": number, "text": text} for number, text in lines]}
    return browser.patch(at(video), body, content_type="application/json")


def first_line(video: Video) -> int:
    return cues_of(video)[0].id


def test_everybody_reads_the_words_of_a_public_video(stranger: Client, video: Video) -> None:
    answer = stranger.get(at(video)).json()

    assert (answer["language"], answer["engine"]) == ("en", "test")
    assert answer["cues"][0] == {
        "id": first_line(video),
        "start_ms": 0,
        "end_ms": 1400,
        "text": "ask knot what",
        "words": [
            {"start_ms": 0, "end_ms": 400, "text": "ask"},
            {"start_ms": 500, "end_ms": 900, "text": "knot"},
            {"start_ms": 1000, "end_ms": 1400, "text": "what"},
        ],
    }


def test_only_the_owner_reads_the_words_of_a_private_video(
    as_alice: Client, as_charlie: Client, stranger: Client, private: Video
) -> None:
    for what in ("transcript/", "captions.vtt", "captions.srt"):
        assert as_alice.get(at(private, what)).status_code == 200
        for browser in (as_charlie, stranger):
            answer = browser.get(at(private, what))
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "video_not_found")
    assert "no-store" in as_alice.get(at(private, "captions.vtt"))["Cache-Control"]


def test_words_that_are_not_written_yet_are_not_there(stranger: Client, alice: User) -> None:
    video = published(alice)
    video.steps.filter(kind="transcribe").update(state=State.RUNNING)

    for what in ("transcript/", "captions.vtt", "captions.srt"):
        answer = stranger.get(at(video, what))
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_transcript_yet")
        assert "Try again" in answer.json()["error"]["message"]


def test_it_says_why_words_could_not_be_written(stranger: Client, alice: User) -> None:
    video = published(alice)
    video.steps.filter(kind="transcribe").update(state=State.FAILED, error="There are no weights.")

    error = stranger.get(at(video)).json()["error"]
    assert error["code"] == "no_transcript_yet"
    assert "There are no weights." in error["message"]


def test_a_video_in_which_nobody_speaks_has_an_empty_transcript_and_valid_subtitles(
    stranger: Client, alice: User
) -> None:
    video = published(alice)
    give_words(video)

    assert stranger.get(at(video)).json()["cues"] == []
    assert stranger.get(at(video, "captions.vtt")).content == b"WEBVTT\n"
    assert stranger.get(at(video, "captions.srt")).content == b""


def test_subtitles_are_made_from_the_same_cues(stranger: Client, video: Video) -> None:
    answer = stranger.get(at(video, "captions.vtt"))

    assert answer["Content-Type"] == "text/vtt; charset=utf-8"
    assert answer.content.decode() == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.400\nask knot what\n"
        "\n00:00:02.000 --> 00:00:03.900\n&lt;b&gt;your&lt;/b&gt; country --&gt; can\n"
    )
    subrip = stranger.get(at(video, "captions.srt"))
    assert subrip["Content-Type"].startswith("application/x-subrip")
    assert subrip.content.decode().startswith("1\n00:00:00,000 --> 00:00:01,400\nask knot what\n\n2\n")


def test_the_owner_corrects_a_line_and_its_words_keep_their_times(as_alice: Client, video: Video) -> None:
    answer = correct(as_alice, video, (first_line(video), "  Ask not\n what?\x07 "))

    assert answer.status_code == 200
    cue = answer.json()["cues"][0]
    assert cue["text"] == "Ask not what?"
    assert [tuple(word.values()) for word in cue["words"]] == [
        (0, 400, "Ask"),
        (500, 900, "not"),
        (1000, 1400, "what?"),
    ]
    kept = Cue.objects.get(pk=first_line(video))
    assert kept.text == "ask knot what", "what was recognised stays"
    assert kept.words[1] == [500, 900, "knot"]
    assert "Ask not what?" in as_alice.get(at(video, "captions.vtt")).content.decode()


def test_writing_what_was_recognised_takes_a_correction_back(as_alice: Client, video: Video) -> None:
    correct(as_alice, video, (first_line(video), "other"))
    correct(as_alice, video, (first_line(video), "ask knot what"))

    assert Cue.objects.get(pk=first_line(video)).corrected_text == ""


@pytest.mark.parametrize("text", ["", "  \n ", "\x00", "x" * 501, "a " * 101, "語" * 101])
def test_it_refuses_a_line_without_text_or_with_too_much(as_alice: Client, video: Video, text: str) -> None:
    answer = correct(as_alice, video, (first_line(video), text))

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_correction")


def test_it_refuses_a_line_of_another_video_and_changes_nothing(as_alice: Client, alice: User, video: Video) -> None:
    other = published(alice)
    give_words(other, "elsewhere")

    answer = correct(as_alice, video, (first_line(video), "fine"), (first_line(other), "stolen"))

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_correction")
    assert not Cue.objects.exclude(corrected_text="").exists()


def test_others_cannot_correct(as_bob: Client, stranger: Client, as_charlie: Client, video: Video) -> None:
    assert correct(as_bob, video, (first_line(video), "hi")).status_code == 403
    assert correct(stranger, video, (first_line(video), "hi")).status_code == 401
    video.visibility = Video.Visibility.PRIVATE
    video.save(update_fields=["visibility"])
    assert correct(as_charlie, video, (first_line(video), "hi")).status_code == 404
    assert not Cue.objects.exclude(corrected_text="").exists()


def test_an_odd_body_is_refused_with_a_sentence(as_alice: Client, video: Video) -> None:
    for body in (
        "{}",
        '{"cues": [{"id": "x", "text": "y"}]}',
        "[",
        '{"cues": [{"id": 1, "text": "\\ud800"}]}',
        '{"cues": [{"id": 1e30, "text": "y"}]}',
    ):
        answer = as_alice.patch(at(video), body, content_type="application/json")
        assert answer.status_code in {400, 422}
        assert answer.json()["error"]["message"]
