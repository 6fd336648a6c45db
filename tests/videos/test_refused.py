"""Originals that can never be played do not fill the disk for ever, and their owners are told."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from mediatools.errors import UNPLAYABLE_CODES
from videos import files, originals, services
from videos.models import ProcessingStep, Video
from videos.names import new_name
from videos.refused import delete_refused_originals
from videos.work import worker
from videos.work.claims import ERROR_MAX

pytestmark = pytest.mark.django_db(transaction=True)
State = ProcessingStep.State


class Killed(BaseException):
    """Nothing in the product catches this: the process is gone."""


def refused(owner: User, *, days_ago: float, error: str = "This is not a video.", code: str = "not_a_video") -> Video:
    name = new_name()
    key = files.original_key(name, "webm")
    path = files.stored_path(key)
    path.parent.mkdir(parents=True)
    path.write_text("text")
    video = services.create_video(
        owner=owner, kind=Video.Kind.ORIGINAL, name=name, original_file=key, size_bytes=4, title="mine"
    )
    video.steps.filter(kind="prepare").update(
        state=State.FAILED, error_code=code, error=error, finished_at=timezone.now() - timedelta(days=days_ago)
    )
    return video


def is_kept(video: Video) -> bool:
    return files.stored_path(files.original_key(video.name, "webm")).exists()


def test_a_refused_original_goes_after_a_week_and_its_owner_is_told(alice: User) -> None:
    old, new = refused(alice, days_ago=7.1), refused(alice, days_ago=6.9)

    assert delete_refused_originals() == 1

    assert (is_kept(old), is_kept(new)) == (False, True)
    old.refresh_from_db()
    assert (old.original_file, old.size_bytes) == ("", 0)
    told = old.steps.get(kind="prepare").error
    assert told == "This is not a video. The uploaded file was deleted after 7 days."
    assert delete_refused_originals() == 0


def test_a_long_reason_leaves_room_for_what_became_of_the_file(alice: User) -> None:
    video = refused(alice, days_ago=8, error="x" * ERROR_MAX)

    delete_refused_originals()

    told = video.steps.get(kind="prepare").error
    assert (len(told), told.endswith("deleted after 7 days.")) == (ERROR_MAX, True)


@pytest.mark.parametrize("state", [State.WAITING, State.RUNNING, State.DONE])
def test_an_original_that_is_being_processed_again_stays(alice: User, state: str) -> None:
    video = refused(alice, days_ago=8)
    video.steps.filter(kind="prepare").update(state=state)

    assert (delete_refused_originals(), is_kept(video)) == (0, True)


def test_the_original_of_a_video_that_plays_stays(alice: User) -> None:
    """It was processed once more, and that failed."""
    video = refused(alice, days_ago=8)
    Video.objects.filter(pk=video.pk).update(published_at=timezone.now())

    assert (delete_refused_originals(), is_kept(video)) == (0, True)


def test_an_operator_may_keep_them(alice: User, settings: LazySettings) -> None:
    video = refused(alice, days_ago=800)
    settings.REFUSED_KEPT_DAYS = 0

    assert (delete_refused_originals(), is_kept(video)) == (0, True)


@pytest.mark.parametrize(
    "code", ["internal_error", "worker_lost", "program_timed_out", "program_missing", "program_failed"]
)
def test_nobody_loses_the_only_copy_through_a_fault_of_ours(alice: User, code: str) -> None:
    video = refused(alice, days_ago=800, code=code)

    assert (delete_refused_originals(), is_kept(video)) == (0, True)
    video.refresh_from_db()
    assert video.original_file


@pytest.mark.parametrize("code", sorted(UNPLAYABLE_CODES))
def test_every_fault_of_a_file_lets_it_go(alice: User, code: str) -> None:
    video = refused(alice, days_ago=8, code=code)

    assert (delete_refused_originals(), is_kept(video)) == (1, False)


def test_an_original_that_is_processed_again_in_the_last_moment_stays(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = refused(alice, days_ago=8)
    real = files.placing

    def again_first(held: Video) -> AbstractContextManager[Video]:
        services.process_again(video)
        return real(held)

    monkeypatch.setattr(files, "placing", again_first)

    assert (delete_refused_originals(), is_kept(video)) == (0, True)
    video.refresh_from_db()
    assert video.original_file


@pytest.mark.parametrize("reached", ["nothing", "deletion"])
def test_killed_while_a_file_goes_the_next_night_does_it_and_tells_the_owner(
    alice: User, monkeypatch: pytest.MonkeyPatch, reached: str
) -> None:
    video = refused(alice, days_ago=8)
    real = originals.delete

    def die(key: str) -> None:
        assert not connection.in_atomic_block, "no row is held while a bucket is asked"
        if reached == "deletion":
            real(key)
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(originals, "delete", die)
        delete_refused_originals()

    assert delete_refused_originals() == 1
    assert not is_kept(video)
    assert "was deleted" in video.steps.get(kind="prepare").error


def test_processing_it_again_says_that_the_file_is_gone(alice: User) -> None:
    video = refused(alice, days_ago=8)
    delete_refused_originals()
    services.process_again(video)

    worker.work_until_idle(announce=lambda: None)

    step = video.steps.get(kind="prepare")
    assert (step.state, step.error_code) == (State.FAILED, "original_missing")
