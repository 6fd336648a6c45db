"""A video is wanted now: what is missing is made in this very request."""

from __future__ import annotations

import threading
import time
from http import HTTPStatus

from django.conf import settings
from django.db import connection
from django.utils import timezone

from problems.errors import Problem
from videos import files
from videos.errors import VideoNotFound
from videos.models import ProcessingStep, Video
from videos.services import run_again
from videos.work import claims, worker
from videos.work.table import RULES
from videos.work.tasks import look_for_work

POLL_S = 0.1
# A third of the threads of gunicorn: the rest of the site answers while these wait.
WAITING_MAX = 8
State = ProcessingStep.State
_places = threading.BoundedSemaphore(WAITING_MAX)


class Hands:
    """What this process carries out itself: at most so many steps at once, and one of each person.

    Somebody whose videos are heavy keeps one hand busy; the next person's video is still made at the request.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._owners: set[int] = set()

    def take(self, owner: int) -> bool:
        with self._lock:
            if owner in self._owners or len(self._owners) >= self._most:
                return False
            self._owners.add(owner)
            return True

    def give_back(self, owner: int) -> None:
        with self._lock:
            self._owners.remove(owner)


_hands = Hands(settings.WEB_WORK_THREADS)


class CannotBePlayed(Problem):
    code = "cannot_be_played"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


def make_playable(video: Video) -> bool:
    """True as soon as the video's playlist is there; False if that takes longer than STREAM_WAIT_S seconds.

    1. Steps that no worker has taken yet are carried out by this process, at most WEB_WORK_THREADS at once.
    2. Steps that a worker is at are waited for.
    3. A package that was dropped from HLS_ROOT is made again.

    False at once where WAITING_MAX requests wait already. Who may see the video must be asked again afterwards: it
    may have changed meanwhile. Raises VideoNotFound if the video was deleted, CannotBePlayed with the reason if a step
    failed.
    """
    if _is_playable(video):
        return True
    if not _places.acquire(blocking=False):
        return False
    try:
        return _wait_for(_with_package(video))
    except Video.DoesNotExist:
        raise VideoNotFound from None
    finally:
        _places.release()


def _wait_for(video: Video) -> bool:
    deadline = time.monotonic() + settings.STREAM_WAIT_S
    while not _is_playable(video):
        _refuse_failed(video)
        _carry_out_next(video)
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
        video = Video.objects.get(pk=video.pk)
    return True


def _is_playable(video: Video) -> bool:
    """Published, and its package is there: the files come a moment before the row says so."""
    return video.is_playable and files.playlist_path(video).exists()


def _steps(video: Video) -> dict[str, ProcessingStep]:
    return {step.kind: step for step in video.steps.filter(kind__in=ProcessingStep.PLAYABLE_KINDS)}


def _with_package(video: Video) -> Video:
    """The video as it is now; a package that was dropped is waiting to be made again."""
    package = _steps(video).get(ProcessingStep.Kind.PACKAGE)
    if package is None or package.state != State.DONE:
        return video
    # The request may know an older visibility than the row: where the files belong is not decided by it.
    video = files.settle(video)
    if not _is_playable(video):
        # Others who ask at the same time may have it made already.
        run_again(video, ProcessingStep.Kind.PACKAGE, also_running=False)
    return video


def _refuse_failed(video: Video) -> None:
    for step in _steps(video).values():
        if step.state == State.FAILED:
            raise CannotBePlayed(step.error)


def _carry_out_next(video: Video) -> None:
    """Take the next waiting step of this video, if nobody else has, in a thread that outlives a short request."""
    step = _next_step(video)
    if step is None or not _hands.take(video.owner_id):
        return
    is_handed_on = False
    try:
        claimed = claims.claim(step)
        if claimed is not None:
            threading.Thread(target=_run, args=(claimed,), name=f"demand-{step.pk}", daemon=True).start()
            is_handed_on = True
    finally:
        if not is_handed_on:
            _hands.give_back(video.owner_id)


def _next_step(video: Video) -> ProcessingStep | None:
    """The waiting step whose predecessors are done, and whose pause is over."""
    steps, now = _steps(video), timezone.now()
    for step in steps.values():
        before = [steps[kind] for kind in RULES[step.kind].after if kind in steps]
        is_due = step.state == State.WAITING and (step.not_before is None or step.not_before <= now)
        if is_due and all(other.state == State.DONE for other in before):
            return step
    return None


def _run(step: ProcessingStep) -> None:
    owner = step.video.owner_id
    try:
        worker.run(step, look_for_work)
    finally:
        connection.close()
        _hands.give_back(owner)
