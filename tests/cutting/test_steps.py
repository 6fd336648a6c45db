from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from cutting import steps
from cutting.services import Choice, make_cut
from mediatools.cut import render_cut
from mediatools.probe import probe
from tests.factories import make_clip, published, uploaded
from tests.speech import give_words
from tests.transcribe.test_steps import Work
from transcribe.models import Transcript
from transcribe.selectors import cues_of
from transcribe.services import correct_cues
from videos import files, services
from videos.errors import GiveUp, NotNeeded, RetryLater
from videos.models import ProcessingStep, Video
from videos.steps import keep_video_file
from videos.work import claims
from videos.work.worker import work_until_idle

pytestmark = pytest.mark.django_db
Kind, State = ProcessingStep.Kind, ProcessingStep.State


@pytest.fixture
def source(alice: User, tmp_path: Path) -> Video:
    """Three seconds with a file."""
    video = published(alice)
    clip = make_clip(tmp_path / "clip.mp4")
    keep_video_file(video, clip, probe(clip))
    video.refresh_from_db()
    return video


@pytest.fixture
def cut(source: Video, bob: User) -> Video:
    return make_cut(video=source, user=bob, choice=Choice(keep=[[500, 1300], [2000, 2600]]))


def said(video: Video) -> list[tuple[int, int, str]]:
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in cues_of(video)]


def test_it_renders_what_is_kept_as_a_video_of_its_own(cut: Video) -> None:
    work = Work()

    steps.render(cut, work)
    steps.render(cut, work)

    cut.refresh_from_db()
    assert abs(cut.duration_ms - 1400) <= 40
    assert (cut.width, cut.height) == (320, 240)
    with files.local_media(cut, files.VIDEO_FILE) as path:
        assert abs(probe(path).duration_ms - 1400) <= 40
    assert work.percents[-1] == 100


def test_a_cut_whose_source_is_gone_gives_up(cut: Video, source: Video) -> None:
    services.delete_video(source)
    cut.refresh_from_db()
    with pytest.raises(GiveUp) as end:
        steps.render(cut, Work())
    assert end.value.code == "source_gone"
    with pytest.raises(NotNeeded, match="gone"):
        steps.fit_captions(cut, Work())


@pytest.mark.parametrize("visibility", ["unlisted", "private"])
def test_a_source_that_was_closed_to_the_maker_meanwhile_is_not_cut(cut: Video, source: Video, visibility: str) -> None:
    services.change_details(video=source, visibility=visibility)
    cut.refresh_from_db()

    with pytest.raises(GiveUp) as end:
        steps.render(cut, Work())

    assert end.value.code == "source_closed"
    assert not files.exists(files.media_key(cut, files.VIDEO_FILE))


@pytest.mark.parametrize("end", ["deleted", "closed", "file gone"])
def test_a_published_cut_stays_playable_when_it_is_processed_again_without_its_source(
    cut: Video, source: Video, end: str
) -> None:
    steps.render(cut, Work())
    Video.objects.filter(pk=cut.pk).update(published_at=cut.created_at)
    if end == "deleted":
        services.delete_video(source)
    elif end == "closed":
        services.change_details(video=source, visibility="private")
    else:
        files.stored_path(files.media_key(source, files.VIDEO_FILE)).unlink()
    cut.refresh_from_db()

    steps.render(cut, Work())

    assert files.exists(files.media_key(cut, files.VIDEO_FILE))


def test_its_words_are_those_of_the_source_as_they_are_shown(cut: Video, source: Video) -> None:
    give_words(source, "one too three four five")
    correct_cues(video=source, texts={cues_of(source)[0].id: "one two three four five"})

    steps.fit_captions(cut, Work())

    assert said(cut) == [(0, 800, "two three"), (800, 1200, "five")]
    transcript = Transcript.objects.get(video=cut)
    assert (transcript.language, transcript.engine) == ("en", "its source")


def test_it_waits_for_words_that_are_still_being_written(cut: Video, source: Video) -> None:
    source.steps.filter(kind=Kind.TRANSCRIBE).update(state=State.RUNNING)
    with pytest.raises(RetryLater):
        steps.fit_captions(cut, Work())


def test_it_needs_no_words_where_the_source_has_none(cut: Video, source: Video) -> None:
    source.steps.filter(kind=Kind.TRANSCRIBE).update(state=State.FAILED)
    with pytest.raises(NotNeeded, match="has no words"):
        steps.fit_captions(cut, Work())


def test_a_source_in_which_nobody_speaks_gives_an_empty_transcript(cut: Video, source: Video) -> None:
    give_words(source)
    steps.fit_captions(cut, Work())
    assert said(cut) == []
    assert Transcript.objects.filter(video=cut).exists()


def close(source: Video, way: str) -> None:
    """One of the ways in which its owner closes a video to others who cut."""
    changes: dict[str, Any] = {"allows_cuts": False} if way == "forbidden" else {"visibility": way}
    services.change_details(video=source, **changes)


@pytest.mark.parametrize("way", ["private", "unlisted", "forbidden"])
def test_words_corrected_after_a_video_was_closed_do_not_reach_strangers_through_a_cut(
    cut: Video, source: Video, way: str
) -> None:
    give_words(source, "one too three four five")
    cut.steps.update(state=State.DONE)
    steps.fit_captions(cut, Work())
    close(source, way)

    correct_cues(video=source, texts={cues_of(source)[0].id: "one MYSECRET three four five"})
    give_words(source, "my new secret words here")

    assert cut.steps.get(kind=Kind.CAPTIONS).state == State.DONE
    with pytest.raises(NotNeeded, match="closed to you"):
        steps.fit_captions(cut, Work())
    assert said(cut) == [(0, 800, "too three"), (800, 1200, "five")], "what was taken while it was open stays"


def test_words_of_a_video_that_was_closed_while_they_were_recognised_do_not_reach_cuts(
    cut: Video, source: Video
) -> None:
    cut.steps.update(state=State.DONE)
    close(source, "private")

    give_words(source, "a secret")  # `source` was read before it was closed, as a long transcription does

    assert cut.steps.get(kind=Kind.CAPTIONS).state == State.DONE


def test_an_owner_whose_video_is_closed_to_others_still_gets_words_for_own_cuts(source: Video, alice: User) -> None:
    own = make_cut(video=source, user=alice, choice=Choice(keep=[[0, 1000]]))
    own.steps.update(state=State.DONE)
    close(source, "private")

    give_words(source, "one two")

    assert own.steps.get(kind=Kind.CAPTIONS).state == State.WAITING
    steps.fit_captions(own, Work())
    assert said(own) == [(0, 900, "one two")]


@pytest.mark.parametrize("way", ["private", "unlisted", "forbidden"])
def test_a_video_that_is_closed_while_it_is_cut_is_not_published(
    cut: Video, source: Video, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closing(*arguments: Any, **options: Any) -> None:
        render_cut(*arguments, **options)
        close(source, way)

    monkeypatch.setattr(steps, "render_cut", closing)

    with pytest.raises(GiveUp) as end:
        steps.render(cut, Work())

    assert end.value.code == "source_closed"
    assert not files.exists(files.media_key(cut, files.VIDEO_FILE))


@pytest.mark.django_db(transaction=True)
def test_a_refused_cut_leaves_no_words_of_its_source_behind(cut: Video, source: Video, stranger: Client) -> None:
    give_words(source, "one two three")
    close(source, "private")

    work_until_idle(lambda: None)
    correct_cues(video=source, texts={cues_of(source)[0].id: "one secret three"})
    work_until_idle(lambda: None)

    states = dict(cut.steps.values_list("kind", "state"))
    assert states == {"render": "failed", "package": "skipped", "poster": "skipped", "captions": "skipped"}
    assert stranger.get(f"/api/videos/{cut.name}/captions.vtt").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_correction_while_the_words_of_a_cut_are_fitted_reaches_the_cut(
    cut: Video, source: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes after the words were read and before the step is done."""
    give_words(source, "one too three four five")
    cut.steps.exclude(kind=Kind.CAPTIONS).update(state=State.DONE)
    finish = claims.finish

    def correct_first(step: ProcessingStep) -> bool:
        if cues_of(source)[0].text != "one two three four five":
            correct_cues(video=source, texts={cues_of(source)[0].id: "one two three four five"})
        return finish(step)

    monkeypatch.setattr(claims, "finish", correct_first)

    work_until_idle(lambda: None)

    assert said(cut) == [(0, 800, "two three"), (800, 1200, "five")]
    assert cut.steps.get(kind=Kind.CAPTIONS).state == State.DONE


@pytest.mark.django_db(transaction=True)
def test_a_cut_of_a_cut_goes_through_the_whole_pipeline_and_follows_corrections(alice: User, tmp_path: Path) -> None:
    source = uploaded(alice, make_clip(tmp_path / "clip.mp4"))
    source.steps.filter(kind=Kind.TRANSCRIBE).update(state=State.DONE)
    give_words(source, "one to three four five")
    work_until_idle(lambda: None)
    source.refresh_from_db()
    first = make_cut(video=source, user=alice, choice=Choice(text="to three four"))
    work_until_idle(lambda: None)
    first.refresh_from_db()
    second = make_cut(video=first, user=alice, choice=Choice(remove_text="three"))
    work_until_idle(lambda: None)

    correct_cues(video=source, texts={cues_of(source)[0].id: "one two three four five"})
    work_until_idle(lambda: None)

    assert [text for _, _, text in said(first)] == ["two three four"]
    assert [text for _, _, text in said(second)] == ["two", "four"]
    second.refresh_from_db()
    # "to" to "four" without "three", and half of the gap of 100 ms at each of four edges
    assert second.duration_ms == pytest.approx(2 * 400 + 4 * 50, abs=40)
    assert {step.state for step in second.steps.all()} == {State.DONE}
    assert second.published_at is not None
