"""Carries out steps: claims one, runs its handler while a heartbeat goes on, and writes down how it ended."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from mediatools.errors import MediaError, ProgramCancelled
from videos.disk import has_room_for_work
from videos.errors import GiveUp, NotNeeded, RetryLater
from videos.models import ProcessingStep, Video
from videos.work import claims, log_context, table
from videos.work.table import MAX_ATTEMPTS, Lane

logger = logging.getLogger(__name__)
PROGRESS_S = 0.5
RETRY_PAUSE_S = 5
NO_ROOM_PAUSE_S = 60
NO_ROOM = "The disk of this site is full: it goes on by itself when there is room."
# Long work leaves at least one thread of the process to quick work.
_long_slots = threading.BoundedSemaphore(max(1, settings.WORKER_THREADS - 1))


class Heartbeat:
    """Says every few seconds that a step lives, with its progress, and learns if it was taken away."""

    def __init__(self, step: ProcessingStep) -> None:
        self._step = step
        self._percent = 0
        self._lost = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"heartbeat-{step.pk}", daemon=True)

    def progress(self, percent: int) -> None:
        self._percent = max(0, min(100, percent))

    def cancelled(self) -> bool:
        return self._lost

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        written, waited_s = 0, 0.0
        with log_context.about(self._step.video.name):
            while not self._stop.wait(PROGRESS_S) and not self._lost:
                waited_s += PROGRESS_S
                if self._percent != written or waited_s >= settings.STEP_HEARTBEAT_S:
                    written, waited_s = self._percent, 0.0
                    self._beat(written)
        connection.close()

    def _beat(self, percent: int) -> None:
        """A database that is away for a moment is asked again: a step that falls silent is done twice."""
        try:
            self._lost = not claims.beat(self._step, percent)
        except DatabaseError as error:
            logger.warning("%s could not say that it lives: %s", self._step.kind, error)
            connection.close()


def work_until_idle(announce: Callable[[], None]) -> None:
    """Carry out steps until none is left: quick ones first, long ones only while a thread stays free.

    `announce` tells other workers that there may be something to do.
    """
    while _work_once(announce):
        pass


def _work_once(announce: Callable[[], None]) -> bool:
    step = claims.claim_next(Lane.QUICK)
    if step is not None:
        run(step, announce)
        return True
    if not _long_slots.acquire(blocking=False):
        return False
    try:
        step = claims.claim_next(Lane.LONG)
        if step is not None:
            run(step, announce)
        return step is not None
    finally:
        _long_slots.release()


@dataclass(frozen=True)
class End:
    """How a step ended, for the log."""

    words: str
    level: int = logging.INFO
    bug: Exception | None = None


LOST = End("was lost: another worker has it, or its video was deleted", logging.WARNING)


def run(step: ProcessingStep, announce: Callable[[], None]) -> None:
    """Carry out a step that this process has claimed, and write down how it ended.

    `announce` is always called: other steps may have become possible, or the turn of the same person come again.
    """
    with log_context.about(step.video.name):
        logger.info("%s began, attempt %d", step.kind, step.attempts)
        began = time.monotonic()
        end = _carry_out(step)
        logger.log(end.level, "%s %s, after %.1f s", step.kind, end.words, time.monotonic() - began, exc_info=end.bug)
    announce()


def _carry_out(step: ProcessingStep) -> End:
    try:
        with Heartbeat(step) as heartbeat:
            _check_room(step)
            table.handler_of(step.kind)(step.video, heartbeat)
    except NotNeeded as end:
        is_ours, how = claims.skip(step, end.message), End(f"was not needed: {end.message}")
    except RetryLater as end:
        is_ours, how = _pause(step, end), End(f"waits: {end}")
    except (ProgramCancelled, Video.DoesNotExist):
        return LOST
    except (GiveUp, MediaError) as end:
        is_ours, how = claims.fail(step, end.code, end.message), End(f"gave up: {end}", logging.WARNING)
    except Exception as bug:  # noqa: BLE001  # whatever a handler does wrong is one of its attempts
        is_ours, how = _count_failure(step), End(f"failed at attempt {step.attempts}", logging.ERROR, bug)
    else:
        is_ours, how = _finish(step), End("is done")
    return how if is_ours else replace(LOST, bug=how.bug)


def _check_room(step: ProcessingStep) -> None:
    """What would fill the disk to its end takes the database along. Raises RetryLater."""
    if not table.RULES[step.kind].makes_room and not has_room_for_work():
        raise RetryLater(NO_ROOM_PAUSE_S, NO_ROOM)


def _pause(step: ProcessingStep, end: RetryLater) -> bool:
    return claims.put_back(step, after_s=end.after_s, counts=False, message=end.message)


def _finish(step: ProcessingStep) -> bool:
    """Done and published at once: nobody sees, and no crash leaves, the one without the other."""
    with transaction.atomic():
        is_ours = claims.finish(step)
        if is_ours:
            _publish_if_playable(step.video)
    return is_ours


def _count_failure(step: ProcessingStep) -> bool:
    if step.attempts < MAX_ATTEMPTS:
        return claims.put_back(step, after_s=RETRY_PAUSE_S * step.attempts, counts=True)
    return claims.fail(step, "internal_error", "Something unexpected went wrong on our side. The log tells more.")


def _publish_if_playable(video: Video) -> None:
    """The moment of publication is when the last step that playing needs is done."""
    open_steps = video.steps.filter(kind__in=ProcessingStep.PLAYABLE_KINDS).exclude(state=ProcessingStep.State.DONE)
    if not open_steps.exists():
        Video.objects.filter(pk=video.pk, published_at=None).update(published_at=timezone.now())
