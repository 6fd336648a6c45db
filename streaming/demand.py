"""A video is wanted now: what is missing is made in this very request."""

from __future__ import annotations

import threading
import time
from http import HTTPStatus

from django.conf import settings
from django.db import connection

from accounts.errors import Problem
from videos import claims, files, worker
from videos.models import ProcessingStep, Video
from videos.pipeline import RULES
from videos.services import run_again
from videos.tasks import look_for_work

POLL_S = 0.1
State = ProcessingStep.State


class CannotBePlayed(Problem):
    code = "cannot_be_played"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


def make_playable(video: Video) -> bool:
    """True as soon as the video's playlist is there; False if that takes longer than STREAM_WAIT_S seconds.

    1. Steps that no worker has taken yet are carried out by this process.
    2. Steps that a worker is at are waited for.
    3. A package that was dropped from HLS_ROOT is made again.

    Raises CannotBePlayed with the reason if a step failed.
    """
    deadline = time.monotonic() + settings.STREAM_WAIT_S
    if _is_playable(video):
        return True
    _remake_dropped_package(video)
    while not _is_playable(video):
        _refuse_failed(video)
        _carry_out_next(video)
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _is_playable(video: Video) -> bool:
    return files.playlist_path(video).exists()


def _steps(video: Video) -> dict[str, ProcessingStep]:
    kinds = [kind for kind, rule in RULES.items() if rule.makes_playable]
    return {step.kind: step for step in video.steps.filter(kind__in=kinds)}


def _remake_dropped_package(video: Video) -> None:
    package = _steps(video).get(ProcessingStep.Kind.PACKAGE)
    if package is not None and package.state == State.DONE:
        files.move_to_tree(video.name, is_private=video.is_private)
        if not _is_playable(video):
            run_again(video, ProcessingStep.Kind.PACKAGE)


def _refuse_failed(video: Video) -> None:
    for step in _steps(video).values():
        if step.state == State.FAILED:
            raise CannotBePlayed(step.error)


def _carry_out_next(video: Video) -> None:
    """Take the next waiting step of this video, if nobody else has, in a thread that outlives a short request."""
    steps = _steps(video)
    for step in steps.values():
        before = [steps[kind] for kind in RULES[step.kind].after if kind in steps]
        if step.state == State.WAITING and all(other.state == State.DONE for other in before) and claims.claim(step):
            step.refresh_from_db()
            threading.Thread(target=_run, args=(step,), name=f"demand-{step.pk}", daemon=True).start()
            return


def _run(step: ProcessingStep) -> None:
    try:
        worker.run(step, look_for_work)
    finally:
        connection.close()
