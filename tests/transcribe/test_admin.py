from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import published
from tests.speech import give_words
from transcribe.models import Cue, Transcript
from transcribe.selectors import cues_of
from videos.models import ProcessingStep, Video

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_staff(db: None) -> Client:
    browser = Client()
    browser.force_login(User.objects.create_superuser("root"))
    return browser


@pytest.fixture
def transcript(alice: User) -> Transcript:
    return give_words(published(alice), "ask knot")


def form_of(transcript: Transcript, text: str) -> dict[str, str]:
    cue = transcript.cues.get()
    counts = {"cues-TOTAL_FORMS": "1", "cues-INITIAL_FORMS": "1"}
    return {**counts, "cues-0-id": str(cue.pk), "cues-0-transcript": str(transcript.pk), "cues-0-corrected_text": text}


def test_transcripts_are_listed_and_found_by_what_is_said(as_staff: Client, transcript: Transcript) -> None:
    assert transcript.video.name in as_staff.get("/admin/transcribe/transcript/?q=knot").content.decode()
    assert transcript.video.name not in as_staff.get("/admin/transcribe/transcript/?q=banana").content.decode()


def test_a_correction_in_the_admin_reaches_the_cuts(as_staff: Client, alice: User, transcript: Transcript) -> None:
    cut = published(alice, kind=Video.Kind.CUT, cut_from=transcript.video, cut_ranges=[[0, 900]])

    answer = as_staff.post(f"/admin/transcribe/transcript/{transcript.pk}/change/", form_of(transcript, "ask not"))

    assert answer.status_code == 302
    assert [cue.text for cue in cues_of(transcript.video)] == ["ask not"]
    assert cut.steps.get(kind=ProcessingStep.Kind.CAPTIONS).state == ProcessingStep.State.WAITING

    as_staff.post(f"/admin/transcribe/transcript/{transcript.pk}/change/", form_of(transcript, ""))
    assert [cue.text for cue in cues_of(transcript.video)] == ["ask knot"]
    assert Cue.objects.get().corrected_text == ""


def test_the_words_of_ten_minutes_are_corrected_on_one_page(as_staff: Client, alice: User) -> None:
    transcript = give_words(published(alice), *["ask knot"] * 340)
    form = {"cues-TOTAL_FORMS": "340", "cues-INITIAL_FORMS": "340"}
    for place, cue in enumerate(transcript.cues.all()):
        form |= {f"cues-{place}-id": str(cue.pk), f"cues-{place}-transcript": str(transcript.pk)}
        form[f"cues-{place}-corrected_text"] = "ask not" if place == 339 else ""

    answer = as_staff.post(f"/admin/transcribe/transcript/{transcript.pk}/change/", form)

    assert answer.status_code == 302
    assert [cue.text for cue in cues_of(transcript.video)][-2:] == ["ask knot", "ask not"]


def test_only_staff_reach_it(as_bob: Client, transcript: Transcript) -> None:
    assert as_bob.get(f"/admin/transcribe/transcript/{transcript.pk}/change/").status_code == 302
