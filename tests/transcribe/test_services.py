from __future__ import annotations

import pytest

from accounts.models import User
from tests.factories import published
from tests.speech import cues_of_lines, give_words
from transcribe.models import Transcript
from transcribe.selectors import cues_of
from transcribe.services import correct_cues, store_transcript
from videos.models import ProcessingStep, Video

pytestmark = pytest.mark.django_db
State = ProcessingStep.State


@pytest.fixture
def video(alice: User) -> Video:
    return published(alice)


@pytest.fixture
def cut(video: Video, bob: User) -> Video:
    return published(bob, kind=Video.Kind.CUT, cut_from=video, cut_ranges=[[0, 1000]])


def shown(video: Video) -> list[str]:
    return [cue.text for cue in cues_of(video)]


def captions_state(cut: Video) -> str:
    return cut.steps.get(kind=ProcessingStep.Kind.CAPTIONS).state


def test_new_words_take_the_place_of_old_ones(video: Video) -> None:
    give_words(video, "one two", "three")
    give_words(video, "four")

    assert shown(video) == ["four"]
    assert Transcript.objects.count() == 1


def test_a_correction_survives_where_the_line_beneath_is_the_same(video: Video) -> None:
    give_words(video, "one to", "three")
    correct_cues(video=video, texts={cues_of(video)[0].id: "one two", cues_of(video)[1].id: "free"})

    give_words(video, "one to", "tree")

    assert shown(video) == ["one two", "tree"]


def test_cuts_get_their_words_anew_when_words_are_written_and_corrected(video: Video, cut: Video) -> None:
    give_words(video, "one to")
    assert captions_state(cut) == State.WAITING

    cut.steps.update(state=State.DONE)
    correct_cues(video=video, texts={cues_of(video)[0].id: "one two"})
    assert captions_state(cut) == State.WAITING
    assert cut.steps.exclude(state=State.DONE).count() == 1, "nothing is rendered again"


def test_words_of_a_video_that_was_deleted_meanwhile_are_not_kept(video: Video) -> None:
    stale = Video.objects.get(pk=video.pk)
    video.delete()

    with pytest.raises(Video.DoesNotExist):
        store_transcript(video=stale, language="en", engine="test", cues=cues_of_lines(["one"]))
    assert not Transcript.objects.exists()
