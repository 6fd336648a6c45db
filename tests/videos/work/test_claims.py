from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from tests.factories import published
from videos import services
from videos.models import ProcessingStep, StepTotal, Video
from videos.work import claims
from videos.work.log_context import AddVideo
from videos.work.table import MAX_ATTEMPTS, Lane

pytestmark = pytest.mark.django_db
Kind = ProcessingStep.Kind
State = ProcessingStep.State


@pytest.fixture
def video(alice: User) -> Video:
    return services.create_video(owner=alice, kind=Video.Kind.ORIGINAL)


def step_of(video: Video, kind: str) -> ProcessingStep:
    return video.steps.get(kind=kind)


def age(step: ProcessingStep, seconds: int) -> None:
    ProcessingStep.objects.filter(pk=step.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=seconds))


def test_it_offers_only_the_first_step_of_a_new_video(video: Video) -> None:
    assert [step.kind for step in claims.ready_steps(Lane.QUICK)] == [Kind.PREPARE]
    assert not claims.ready_steps(Lane.LONG).exists()


def test_it_offers_the_rest_when_the_first_is_done_playing_first(video: Video) -> None:
    video.steps.filter(kind=Kind.PREPARE).update(state=State.DONE)

    assert [step.kind for step in claims.ready_steps(Lane.QUICK)] == [Kind.PACKAGE, Kind.POSTER]
    assert [step.kind for step in claims.ready_steps(Lane.LONG)] == [Kind.TRANSCRIBE]


def test_it_makes_a_waiting_video_playable_before_it_takes_posters(video: Video, bob: User) -> None:
    video.steps.filter(kind__in=[Kind.PREPARE, Kind.PACKAGE]).update(state=State.DONE)
    second = services.create_video(owner=bob, kind=Video.Kind.ORIGINAL)

    claimed = claims.claim_next(Lane.QUICK)

    assert claimed is not None
    assert (claimed.video, claimed.kind) == (second, Kind.PREPARE)


def test_it_starts_a_cut_with_rendering_and_gives_it_words_when_that_is_done(alice: User) -> None:
    cut = services.create_video(owner=alice, kind=Video.Kind.CUT, cut_from=published(alice), cut_ranges=[[0, 1000]])

    assert {step.kind for step in claims.ready_steps(Lane.QUICK)} == {Kind.RENDER}
    cut.steps.filter(kind=Kind.RENDER).update(state=State.DONE)
    assert {step.kind for step in claims.ready_steps(Lane.QUICK)} == {Kind.PACKAGE, Kind.POSTER, Kind.CAPTIONS}


def test_it_gives_a_step_to_one_worker_only(video: Video) -> None:
    step = step_of(video, Kind.PREPARE)

    assert claims.claim(step)
    assert not claims.claim(step)
    assert claims.claim_next(Lane.QUICK) is None
    step.refresh_from_db()
    assert (step.state, step.attempts) == (State.RUNNING, 1)


def test_it_takes_back_a_step_whose_worker_fell_silent(video: Video) -> None:
    step = claims.claim_next(Lane.QUICK)
    assert step is not None
    assert claims.sweep() == 0

    age(step, 3600)

    assert claims.sweep() == 1
    assert step_of(video, Kind.PREPARE).state == State.WAITING
    assert not claims.finish(step), "the silent worker must not finish what is no longer its own"
    assert not claims.beat(step, 50)


def test_it_ends_a_poisoned_step_with_a_reason(video: Video) -> None:
    for _ in range(MAX_ATTEMPTS):
        step = claims.claim_next(Lane.QUICK)
        assert step is not None
        age(step, 3600)
        claims.sweep()

    step = step_of(video, Kind.PREPARE)
    assert (step.state, step.error_code) == (State.FAILED, "worker_lost")
    assert "worker stopped" in step.error
    assert {other.state for other in video.steps.exclude(pk=step.pk)} == {State.SKIPPED}


def die(_step: ProcessingStep) -> None:
    raise KeyboardInterrupt


def test_a_worker_that_is_killed_while_a_step_fails_leaves_nothing_waiting_for_it(
    video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = claims.claim_next(Lane.QUICK)
    assert step is not None
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(claims, "_skip_dependents", die)
        claims.fail(step, "x", "It failed.")

    assert step_of(video, Kind.PREPARE).state == State.RUNNING, "the sweep finds it and tries again"
    assert not StepTotal.objects.exists()


def test_a_keeper_that_is_killed_while_it_ends_a_poisoned_step_leaves_nothing_waiting_for_it(
    video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = claims.claim_next(Lane.QUICK)
    assert step is not None
    video.steps.filter(pk=step.pk).update(attempts=MAX_ATTEMPTS)
    age(step, 3600)
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(claims, "_skip_dependents", die)
        claims.sweep()
    claims.sweep()

    assert step_of(video, Kind.PREPARE).state == State.FAILED
    assert {other.state for other in video.steps.exclude(pk=step.pk)} == {State.SKIPPED}


def test_a_sweep_that_comes_late_leaves_alone_who_has_the_step_meanwhile(
    video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It read of the third attempt; meanwhile the first of another run began, on a machine whose clock is behind."""
    first = claims.claim_next(Lane.QUICK)
    assert first is not None
    video.steps.filter(pk=first.pk).update(attempts=MAX_ATTEMPTS)
    age(first, 3600)
    others: list[ProcessingStep] = []

    def meanwhile(_name: str) -> AbstractContextManager[None]:
        video.steps.filter(pk=first.pk).update(state=State.WAITING, attempts=0)
        second = claims.claim(first)
        assert second is not None
        age(second, 3600)
        others.append(second)
        return nullcontext()

    with monkeypatch.context() as patched:
        patched.setattr(claims, "about", meanwhile)
        claims.sweep()

    assert claims.finish(others[0])


def test_it_wakes_a_paused_step_when_its_time_has_come(video: Video) -> None:
    step = claims.claim_next(Lane.QUICK)
    assert step is not None
    claims.put_back(step, after_s=60, counts=False)
    assert claims.sweep() == 0
    assert claims.claim_next(Lane.QUICK) is None

    ProcessingStep.objects.filter(pk=step.pk).update(not_before=timezone.now())

    assert claims.sweep() == 1
    again = claims.claim_next(Lane.QUICK)
    assert again is not None
    assert again.attempts == 1, "a pause is not an attempt"


def test_it_hands_its_steps_back_when_it_stops_and_says_so(video: Video, caplog: pytest.LogCaptureFixture) -> None:
    claims.claim_next(Lane.QUICK)

    with caplog.filtering(AddVideo()), caplog.at_level(logging.INFO):
        claims.put_back_all()

    step = step_of(video, Kind.PREPARE)
    assert (step.state, step.attempts) == (State.WAITING, 0)
    said = [(record.video, record.message) for record in caplog.records]  # type: ignore[attr-defined]
    assert said == [(video.name, "prepare was handed back, because the worker stops")]


def test_it_leaves_the_steps_of_other_workers_alone_when_it_stops(video: Video) -> None:
    claims.claim_next(Lane.QUICK)
    video.steps.update(worker="another host:1:abcd")

    claims.put_back_all()

    assert step_of(video, Kind.PREPARE).state == State.RUNNING


def test_who_takes_a_step_anew_reads_nothing_of_an_older_failure(video: Video) -> None:
    video.steps.update(error_code="internal_error", error="Something went wrong.", progress=40)

    step = claims.claim_next(Lane.QUICK)

    assert step is not None
    assert (step.error_code, step.error, step.progress) == ("", "", 0)


def test_a_thread_that_lost_its_step_to_a_sister_cannot_end_it(video: Video) -> None:
    """Both are of one process: whoever is told apart by process alone would finish the work of the other."""
    first = claims.claim_next(Lane.QUICK)
    assert first is not None
    age(first, 3600)
    claims.sweep()
    second = claims.claim_next(Lane.QUICK)
    assert second is not None and second.worker == first.worker

    assert not claims.beat(first, 50)
    assert not claims.finish(first)
    assert not claims.skip(first, "")
    assert not claims.fail(first, "x", "x")
    assert not claims.put_back(first, after_s=0, counts=True)
    assert step_of(video, Kind.PREPARE).state == State.RUNNING
    assert claims.finish(second)


def test_a_step_whose_claim_was_not_read_ends_nothing(video: Video) -> None:
    step = step_of(video, Kind.PREPARE)
    assert claims.claim(step)

    assert not claims.finish(step), "only what claim returned holds the claim"


@pytest.mark.parametrize("end", ["done", "skipped", "failed"])
def test_a_step_that_was_wanted_again_while_it_ran_runs_again(video: Video, end: str) -> None:
    step = claims.claim_next(Lane.QUICK)
    assert step is not None
    services.run_again(video, Kind.PREPARE)
    assert step_of(video, Kind.PREPARE).state == State.RUNNING

    ends = {
        "done": lambda: claims.finish(step),
        "skipped": lambda: claims.skip(step, "Not needed."),
        "failed": lambda: claims.fail(step, "x", "It failed."),
    }
    assert ends[end]()

    again = claims.claim_next(Lane.QUICK)
    assert again is not None
    assert (again.kind, again.attempts, again.error) == (Kind.PREPARE, 1, "")
    assert {other.state for other in video.steps.exclude(pk=again.pk)} == {State.WAITING}
    claims.finish(again)
    assert step_of(video, Kind.PREPARE).state == State.DONE


def test_who_only_misses_a_result_does_not_have_it_made_twice(video: Video) -> None:
    step = claims.claim_next(Lane.QUICK)
    assert step is not None
    services.run_again(video, Kind.PREPARE, also_running=False)

    claims.finish(step)

    assert step_of(video, Kind.PREPARE).state == State.DONE


def test_a_poisoned_step_that_somebody_wants_again_is_tried_again(video: Video) -> None:
    step = claims.claim_next(Lane.QUICK)
    assert step is not None
    video.steps.filter(pk=step.pk).update(attempts=MAX_ATTEMPTS)
    services.run_again(video, Kind.PREPARE)
    age(step, 3600)

    claims.sweep()

    assert (step_of(video, Kind.PREPARE).state, step_of(video, Kind.PREPARE).attempts) == (State.WAITING, 0)


def test_a_wish_is_fulfilled_by_the_next_run_and_not_by_two(video: Video) -> None:
    step = claims.claim_next(Lane.QUICK)
    assert step is not None
    services.run_again(video, Kind.PREPARE)
    claims.put_back(step, after_s=0, counts=False)

    again = claims.claim_next(Lane.QUICK)

    assert again is not None and claims.finish(again)
    assert step_of(video, Kind.PREPARE).state == State.DONE
