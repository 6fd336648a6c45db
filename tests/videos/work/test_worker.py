from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from accounts.models import User
from mediatools.probe import probe
from tests.factories import make_clip, uploaded
from tests.handlers import carry_out_with
from videos import files, services
from videos.errors import GiveUp, NotNeeded, RetryLater
from videos.models import ProcessingStep, Video
from videos.work import claims, worker
from videos.work.table import MAX_ATTEMPTS, Lane, VideoState, Work, state_of

Kind = ProcessingStep.Kind
State = ProcessingStep.State
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def video(alice: User) -> Video:
    return services.create_video(owner=alice, kind=Video.Kind.ORIGINAL)


@pytest.fixture
def prepare_with(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Replaces the handlers by ones that do nothing, so that a test can put its own in."""
    for kind in Kind.values:
        carry_out_with(monkeypatch, kind, lambda _video, _work: None)
    yield monkeypatch


def step_of(video: Video, kind: str = Kind.PREPARE) -> ProcessingStep:
    return video.steps.get(kind=kind)


def work() -> None:
    worker.work_until_idle(announce=lambda: None)


def test_it_carries_out_every_step_and_publishes(video: Video, prepare_with: pytest.MonkeyPatch) -> None:
    work()

    video.refresh_from_db()
    assert {step.state for step in video.steps.all()} == {State.DONE}
    assert video.published_at is not None
    assert state_of(video, video.steps.all()) == VideoState.READY


def test_it_fails_at_once_where_trying_again_would_not_help(video: Video, prepare_with: pytest.MonkeyPatch) -> None:
    def refuse(_video: Video, _work: Work) -> None:
        raise GiveUp("not_a_video", "This is a text.")

    carry_out_with(prepare_with, Kind.PREPARE, refuse)

    work()

    step = step_of(video)
    assert (step.state, step.attempts, step.error_code, step.error) == (
        State.FAILED,
        1,
        "not_a_video",
        "This is a text.",
    )
    video.refresh_from_db()
    assert video.published_at is None
    assert state_of(video, video.steps.all()) == VideoState.FAILED


def test_it_tries_a_bug_again_a_few_times(video: Video, prepare_with: pytest.MonkeyPatch) -> None:
    def stumble(_video: Video, _work: Work) -> None:
        raise ZeroDivisionError

    carry_out_with(prepare_with, Kind.PREPARE, stumble)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        ProcessingStep.objects.update(not_before=None)
        work()
        assert step_of(video).attempts == attempt

    assert (step_of(video).state, step_of(video).error_code) == (State.FAILED, "internal_error")
    assert "ZeroDivisionError" not in step_of(video).error


def test_failed_words_leave_the_video_playable(video: Video, prepare_with: pytest.MonkeyPatch) -> None:
    def refuse(_video: Video, _work: Work) -> None:
        raise GiveUp("no_weights", "The weights are missing.")

    carry_out_with(prepare_with, Kind.TRANSCRIBE, refuse)

    work()

    video.refresh_from_db()
    assert video.is_playable
    assert state_of(video, video.steps.all()) == VideoState.READY
    assert step_of(video, Kind.TRANSCRIBE).error == "The weights are missing."


def test_it_pauses_a_step_that_waits_for_something_else(video: Video, prepare_with: pytest.MonkeyPatch) -> None:
    def wait(_video: Video, _work: Work) -> None:
        raise RetryLater(60)

    carry_out_with(prepare_with, Kind.PREPARE, wait)

    work()

    assert (step_of(video).state, step_of(video).attempts) == (State.WAITING, 0)
    assert step_of(video).not_before is not None


def test_a_full_disk_is_not_filled_to_its_end_by_work(
    video: Video, prepare_with: pytest.MonkeyPatch, settings: Settings
) -> None:
    video.steps.create(kind=Kind.STORE)
    settings.DISK_RESERVE_BYTES = 2**62
    work()

    states = {step.kind: step.state for step in video.steps.all()}
    assert states.pop(Kind.STORE) == State.DONE, "it makes room"
    assert set(states.values()) == {State.WAITING}
    assert (step_of(video).attempts, step_of(video).error) == (0, worker.NO_ROOM)

    settings.DISK_RESERVE_BYTES = 0
    ProcessingStep.objects.update(not_before=None)
    work()

    assert {(step.state, step.error) for step in video.steps.all()} == {(State.DONE, "")}


def test_it_skips_what_is_not_needed(video: Video, prepare_with: pytest.MonkeyPatch) -> None:
    def skip(_video: Video, _work: Work) -> None:
        raise NotNeeded("Nobody speaks.")

    carry_out_with(prepare_with, Kind.TRANSCRIBE, skip)

    work()

    assert (step_of(video, Kind.TRANSCRIBE).state, step_of(video, Kind.TRANSCRIBE).error) == (
        State.SKIPPED,
        "Nobody speaks.",
    )


def test_long_work_leaves_a_thread_for_quick_work(video: Video, bob: User, prepare_with: pytest.MonkeyPatch) -> None:
    """While every long slot is taken, a second thread makes the next video playable and then goes idle."""
    inside, leave = threading.Event(), threading.Event()

    def listen(_video: Video, _work: Work) -> None:
        inside.set()
        assert leave.wait(20)

    def work_beside() -> None:
        try:
            work()
        finally:
            connection.close()

    carry_out_with(prepare_with, Kind.TRANSCRIBE, listen)
    long_worker = threading.Thread(target=work_beside)
    long_worker.start()
    try:
        assert inside.wait(20)
        second = services.create_video(owner=bob, kind=Video.Kind.ORIGINAL)
        work()
        second.refresh_from_db()
        assert second.is_playable
        assert step_of(second, Kind.TRANSCRIBE).state == State.WAITING
    finally:
        leave.set()
        long_worker.join()
    assert step_of(second, Kind.TRANSCRIBE).state == State.DONE


def test_a_handler_learns_that_its_video_was_deleted(
    video: Video, prepare_with: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch = prepare_with
    monkeypatch.setattr(worker, "PROGRESS_S", 0.02)
    settings.STEP_HEARTBEAT_S = 0.02
    told = threading.Event()

    def delete_meanwhile(video: Video, work: Work) -> None:
        services.delete_video(video)
        for _ in range(500):
            if work.cancelled():
                told.set()
                return
            threading.Event().wait(0.01)

    carry_out_with(monkeypatch, Kind.PREPARE, delete_meanwhile)

    work()

    assert told.is_set()


def test_a_database_that_is_away_for_a_moment_does_not_silence_a_step(
    video: Video, prepare_with: pytest.MonkeyPatch, settings: Settings
) -> None:
    """Silent for STEP_STALE_S seconds, the step would be taken by another worker and done twice."""
    monkeypatch = prepare_with
    monkeypatch.setattr(worker, "PROGRESS_S", 0.02)
    settings.STEP_HEARTBEAT_S = 0.02
    lives = threading.Event()
    calls: list[int] = []
    beat = claims.beat

    def away_at_first(step: ProcessingStep, progress: int) -> bool:
        calls.append(progress)
        if len(calls) < 3:
            raise OperationalError("the database is away")
        lives.set()
        return beat(step, progress)

    monkeypatch.setattr(claims, "beat", away_at_first)

    def wait_for_a_beat(_video: Video, work: Work) -> None:
        assert lives.wait(10)
        assert not work.cancelled()

    carry_out_with(monkeypatch, Kind.PREPARE, wait_for_a_beat)

    work()

    assert step_of(video).state == State.DONE


def test_packaging_it_again_does_not_make_it_new(video: Video, prepare_with: pytest.MonkeyPatch) -> None:
    work()
    video.refresh_from_db()
    published_at = video.published_at

    services.run_again(video, Kind.PACKAGE)
    work()

    video.refresh_from_db()
    assert step_of(video, Kind.PACKAGE).state == State.DONE
    assert video.published_at == published_at


def test_it_is_not_published_by_what_was_wanted_again(video: Video, prepare_with: pytest.MonkeyPatch) -> None:
    def want_again(video: Video, _work: Work) -> None:
        services.run_again(video, Kind.PACKAGE)

    carry_out_with(prepare_with, Kind.PACKAGE, want_again)
    video.steps.filter(kind=Kind.PREPARE).update(state=State.DONE)
    step = claims.claim_next(Lane.QUICK)
    assert step is not None

    worker.run(step, lambda: None)

    video.refresh_from_db()
    assert step_of(video, Kind.PACKAGE).state == State.WAITING
    assert video.published_at is None


def test_the_others_hear_that_a_step_has_ended_however_it_ended(video: Video, prepare_with: pytest.MonkeyPatch) -> None:
    """It may have been the turn of somebody whose other steps had to wait for this one."""

    def refuse(_video: Video, _work: Work) -> None:
        raise GiveUp("not_a_video", "This is a text.")

    carry_out_with(prepare_with, Kind.PREPARE, refuse)
    step = claims.claim_next(Lane.QUICK)
    assert step is not None
    heard: list[str] = []

    worker.run(step, lambda: heard.append(step_of(video).state))

    assert heard == [State.FAILED]


def test_it_makes_a_real_recording_playable(alice: User, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", audio=False)
    video = uploaded(alice, clip)
    step = claims.claim_next(Lane.QUICK)
    while step is not None:
        worker.run(step, lambda: None)
        step = claims.claim_next(Lane.QUICK)

    video.refresh_from_db()
    assert video.published_at is not None
    assert (video.width, video.height, video.duration_ms) == (320, 240, 3000)
    assert video.sha256 == hashlib.sha256(clip.read_bytes()).hexdigest(), "of what was uploaded"
    assert files.playlist_path(video).exists()
    with files.local_media(video, files.VIDEO_FILE) as made:
        assert probe(made).video.codec == "h264"
    assert files.exists(files.media_key(video, files.POSTER_FILE))


def test_it_refuses_a_text_with_a_sentence(alice: User, tmp_path: Path) -> None:
    source = tmp_path / "evil.mp4"
    source.write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    video = uploaded(alice, source)

    work()

    assert step_of(video).state == State.FAILED
    assert step_of(video).error.endswith(".")
    assert str(source.parent) not in step_of(video).error


def test_an_original_that_vanished_is_said(alice: User) -> None:
    video = services.create_video(owner=alice, kind=Video.Kind.ORIGINAL, original_file="originals/gone/original.mp4")

    work()

    assert (step_of(video).state, step_of(video).error_code) == (State.FAILED, "original_missing")


def test_a_video_that_was_never_published_does_not_stand_by_what_is_left_of_it(alice: User, tmp_path: Path) -> None:
    """A first attempt that was killed may have left video.mp4 behind: without its original nobody can tell whose."""
    video = services.create_video(owner=alice, kind=Video.Kind.ORIGINAL, original_file="originals/gone/original.mp4")
    left = files.stored_path(files.media_key(video, files.VIDEO_FILE))
    left.parent.mkdir(parents=True)
    left.write_bytes(b"of a killed attempt")

    work()

    assert (step_of(video).state, step_of(video).error_code) == (State.FAILED, "original_missing")


def test_processing_it_again_without_its_original_leaves_it_playable(alice: User, tmp_path: Path) -> None:
    video = uploaded(alice, make_clip(tmp_path / "clip.mp4", audio=False))
    video.steps.filter(kind=Kind.TRANSCRIBE).update(state=State.DONE)
    work()
    files.stored_path(video.original_file).unlink()

    services.process_again(video)
    video.steps.filter(kind=Kind.TRANSCRIBE).update(state=State.DONE)
    work()

    video.refresh_from_db()
    assert state_of(video, video.steps.all()) == VideoState.READY
    assert files.playlist_path(video).exists()
    assert len(video.sha256) == 64
