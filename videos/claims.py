"""Who works on which step: every move is one conditional UPDATE that names the state it leaves."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import timedelta

from django.conf import settings
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from videos.models import ProcessingStep
from videos.pipeline import MAX_ATTEMPTS, RULES, Lane, depends_on

State = ProcessingStep.State
# One for each process: a restarted worker never mistakes the steps of its former life for its own.
WORKER = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
ERROR_MAX = 500


def ready_steps(lane: Lane) -> QuerySet[ProcessingStep]:
    """Waiting steps of a lane whose predecessors are done; those that make a video playable first."""
    is_ready = Q(pk__in=[])
    for kind, rule in RULES.items():
        if rule.lane is lane:
            before = ProcessingStep.objects.filter(video=OuterRef("video"), kind__in=rule.after).exclude(
                state=State.DONE
            )
            is_ready = is_ready | (Q(kind=kind) & ~Q(Exists(before)))
    playable_kinds = [kind for kind, rule in RULES.items() if rule.makes_playable]
    waiting = ProcessingStep.objects.filter(is_ready, state=State.WAITING, not_before=None)
    return waiting.order_by(Case(When(kind__in=playable_kinds, then=Value(0)), default=Value(1)), "created_at", "pk")


def claim(step: ProcessingStep) -> bool:
    """Take a waiting step for this process; False if somebody else was first."""
    now = timezone.now()
    return bool(
        ProcessingStep.objects.filter(pk=step.pk, state=State.WAITING).update(
            state=State.RUNNING,
            worker=WORKER,
            attempts=F("attempts") + 1,
            progress=0,
            heartbeat_at=now,
            started_at=now,
            finished_at=None,
            error_code="",
            error="",
        )
    )


def claim_next(lane: Lane) -> ProcessingStep | None:
    """The next step of the lane, claimed, or None if there is nothing to do."""
    for step in ready_steps(lane)[:20]:
        if claim(step):
            return ProcessingStep.objects.select_related("video", "video__owner").filter(pk=step.pk).first()
    return None


def _mine(step: ProcessingStep) -> QuerySet[ProcessingStep]:
    return ProcessingStep.objects.filter(pk=step.pk, state=State.RUNNING, worker=WORKER)


def beat(step: ProcessingStep, progress: int) -> bool:
    """Say that the step lives; False if it is no longer ours: deleted, or taken by another worker."""
    return bool(_mine(step).update(heartbeat_at=timezone.now(), progress=progress))


def finish(step: ProcessingStep) -> bool:
    """Running -> done; False if the step was taken away meanwhile."""
    return bool(_mine(step).update(state=State.DONE, progress=100, finished_at=timezone.now()))


def skip(step: ProcessingStep, message: str) -> None:
    """Running -> skipped: there was nothing to do."""
    _mine(step).update(state=State.SKIPPED, error=message[:ERROR_MAX], finished_at=timezone.now())


def fail(step: ProcessingStep, code: str, message: str) -> None:
    """Running -> failed, and what depends on it will never run."""
    ended = {"error_code": code, "error": message[:ERROR_MAX], "finished_at": timezone.now()}
    if _mine(step).update(state=State.FAILED, **ended):
        _skip_dependents(step)


def _skip_dependents(step: ProcessingStep) -> None:
    ProcessingStep.objects.filter(video=step.video_id, kind__in=depends_on(step.kind), state=State.WAITING).update(
        state=State.SKIPPED, error="An earlier step failed.", finished_at=timezone.now()
    )


def put_back(step: ProcessingStep, *, after_s: float, counts: bool) -> None:
    """Running -> waiting, not to be tried before `after_s` seconds; `counts`: as a failed attempt."""
    _mine(step).update(
        state=State.WAITING,
        attempts=F("attempts") if counts else F("attempts") - 1,
        not_before=timezone.now() + timedelta(seconds=after_s) if after_s else None,
    )


def put_back_all() -> None:
    """Give the steps of this process to others, because it stops."""
    ProcessingStep.objects.filter(worker=WORKER, state=State.RUNNING).update(
        state=State.WAITING, attempts=F("attempts") - 1
    )


def sweep() -> int:
    """Take back steps whose worker died and wake those whose pause is over; how many can be tried again."""
    now = timezone.now()
    silent = ProcessingStep.objects.filter(
        state=State.RUNNING, heartbeat_at__lt=now - timedelta(seconds=settings.STEP_STALE_S)
    )
    for step in silent.filter(attempts__gte=MAX_ATTEMPTS):
        ended = silent.filter(pk=step.pk).update(
            state=State.FAILED,
            error_code="worker_lost",
            error=f"The worker stopped {MAX_ATTEMPTS} times while it did this. Is there enough memory for this file?",
            finished_at=now,
        )
        if ended:
            _skip_dependents(step)
    taken = silent.filter(attempts__lt=MAX_ATTEMPTS).update(state=State.WAITING)
    woken = ProcessingStep.objects.filter(state=State.WAITING, not_before__lte=now).update(not_before=None)
    return taken + woken
