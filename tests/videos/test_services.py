from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from tests.factories import published
from videos import files, services
from videos.errors import InvalidDetails
from videos.models import ProcessingStep, Video

pytestmark = pytest.mark.django_db(transaction=True)
Visibility = Video.Visibility


@pytest.fixture
def video(alice: User) -> Video:
    """A public video with a file of each sort where it is served."""
    video = published(alice)
    for path in served_files(video):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name)
    return video


def served_files(video: Video) -> list[Path]:
    with_media = files.stored_path(files.media_key(video, files.VIDEO_FILE))
    return [files.playlist_path(video), files.hls_folder(video) / "1" / "seg.m4s", with_media]


def test_making_it_private_takes_every_file_out_of_the_public_tree(video: Video) -> None:
    public = served_files(video)

    changed = services.change_details(video=video, visibility=Visibility.PRIVATE)

    assert not any(path.exists() for path in public)
    assert all(path.exists() for path in served_files(changed))


def test_making_it_public_again_brings_every_file_back(video: Video) -> None:
    services.change_details(video=video, visibility=Visibility.PRIVATE)

    changed = services.change_details(video=video, visibility=Visibility.UNLISTED)

    assert all(path.exists() for path in served_files(changed))


def test_it_changes_the_title_alone(video: Video) -> None:
    changed = services.change_details(video=video, title="  A\nnew \x07 title ")

    assert (changed.title, changed.visibility) == ("A new title", Visibility.PUBLIC)


@pytest.mark.parametrize(("details", "word"), [({"title": "x" * 121}, "120"), ({"visibility": "secret"}, "public")])
def test_it_refuses_wrong_details_and_changes_nothing(video: Video, details: dict[str, Any], word: str) -> None:
    with pytest.raises(InvalidDetails, match=word):
        services.change_details(video=video, **details)

    video.refresh_from_db()
    assert (video.title, video.visibility) == ("", Visibility.PUBLIC)


def test_deleting_removes_the_row_and_every_file(video: Video) -> None:
    paths = served_files(video)

    services.delete_video(video)

    assert not Video.objects.filter(name=video.name).exists()
    assert not any(path.exists() for path in paths)


def test_deleting_a_source_leaves_its_cuts_and_replies(video: Video, bob: User) -> None:
    reply = published(bob, kind=Video.Kind.REPLY, reply_to=video)

    services.delete_video(video)

    reply.refresh_from_db()
    assert reply.reply_to is None


def test_running_a_step_again_runs_what_depends_on_it(video: Video) -> None:
    services.run_again(video, ProcessingStep.Kind.PREPARE)

    assert {step.state for step in video.steps.all()} == {ProcessingStep.State.WAITING}


def test_writing_the_words_again_leaves_the_rest_alone(video: Video) -> None:
    services.run_again(video, ProcessingStep.Kind.TRANSCRIBE)

    waiting = video.steps.filter(state=ProcessingStep.State.WAITING)
    assert [step.kind for step in waiting] == [ProcessingStep.Kind.TRANSCRIBE]


def test_a_queue_that_does_not_answer_loses_no_video(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise ConnectionError("no queue")

    monkeypatch.setattr(services, "look_for_work", refuse)

    video = services.create_video(owner=alice, kind=Video.Kind.ORIGINAL)

    assert video.steps.filter(state=ProcessingStep.State.WAITING).exists()


def test_a_running_step_is_not_reset(video: Video) -> None:
    video.steps.filter(kind=ProcessingStep.Kind.PREPARE).update(state=ProcessingStep.State.RUNNING)

    services.process_again(video)

    assert video.steps.get(kind=ProcessingStep.Kind.PREPARE).state == ProcessingStep.State.RUNNING


def test_a_step_that_failed_gets_all_its_attempts_again(video: Video) -> None:
    steps = video.steps.filter(kind=ProcessingStep.Kind.TRANSCRIBE)
    steps.update(state=ProcessingStep.State.FAILED, attempts=3, error_code="x", error="Why.", progress=70)

    services.run_again(video, ProcessingStep.Kind.TRANSCRIBE)

    step = steps.get()
    assert (step.attempts, step.error_code, step.error, step.progress) == (0, "", "", 0)
    assert (step.started_at, step.finished_at, step.not_before) == (None, None, None)


def test_an_older_change_does_not_publish_what_was_made_private_since(video: Video) -> None:
    public = served_files(video)
    services.change_details(video=video, visibility=Visibility.PRIVATE)

    with transaction.atomic():  # what the first one does after its commit comes after the second one
        services.change_details(video=video, visibility=Visibility.PUBLIC)
        changed = services.change_details(video=video, visibility=Visibility.PRIVATE)

    assert not any(path.exists() for path in public)
    assert all(path.exists() for path in served_files(changed))
