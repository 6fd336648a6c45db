"""Who works on which step, and whose turn it is: every move is one conditional UPDATE that names the state it leaves.

A claim has a token of its own. Whoever took a step and lost it again, even to another thread of the same process, finds
the token changed and can neither end the step nor say that it lives.
"""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.models import User
from videos.models import ProcessingStep, Video
from videos.work.log_context import about
from videos.work.table import MAX_ATTEMPTS, RULES, Lane, depends_on
from videos.work.totals import count_ended
from videos.work.workers import WORKER, threads_for_one_person

logger = logging.getLogger(__name__)
State = ProcessingStep.State
ERROR_MAX = 500
# Who was served longer ago than this counts as never served.
TURN_REMEMBERED = timedelta(hours=1)
_PLAYABLE_FIRST = Case(When(kind__in=ProcessingStep.PLAYABLE_KINDS, then=Value(0)), default=Value(1))


def ready_steps(lane: Lane) -> QuerySet[ProcessingStep]:
    """Waiting steps of a lane whose predecessors are done; those that make a video playable first."""
    is_ready = Q(pk__in=[])
    for kind, rule in RULES.items():
        if rule.lane is lane:
            before = ProcessingStep.objects.filter(video=OuterRef("video"), kind__in=rule.after).exclude(
                state=State.DONE
            )
            is_ready = is_ready | (Q(kind=kind) & ~Q(Exists(before)))
    waiting = ProcessingStep.objects.filter(is_ready, state=State.WAITING, not_before=None)
    return waiting.order_by(_PLAYABLE_FIRST, "created_at", "pk")


def claim_next(lane: Lane) -> ProcessingStep | None:
    """The next step of the lane, claimed, or None if there is nothing to do.

    It is taken from the line of the person whose turn it is, so that nobody waits behind all that another one has
    uploaded.
    """
    limit = threads_for_one_person()
    for person in _people_in_turn(lane, limit):
        for step in ready_steps(lane).filter(video__owner=person)[:3]:
            claimed = claim(step, limit=limit)
            if claimed is not None:
                return claimed
    return None


def _people_in_turn(lane: Lane, limit: int) -> list[int]:
    """Who has something to do in the lane and fewer than `limit` steps running.

    First who has the fewest steps running in the lane, then who was served longest ago, then whose video is not
    playable yet, then who has waited longest.
    """
    kinds = [kind for kind, rule in RULES.items() if rule.lane is lane]
    running = ProcessingStep.objects.filter(state=State.RUNNING)
    anywhere, here = _by_owner(running, Count("pk")), _by_owner(running.filter(kind__in=kinds), Count("pk"))
    lately = ProcessingStep.objects.filter(started_at__gte=timezone.now() - TURN_REMEMBERED, kind__in=kinds)
    served_at, never = _by_owner(lately, Max("started_at")), datetime.min.replace(tzinfo=UTC)
    lines = ready_steps(lane).order_by().values("video__owner")
    turns = [
        (here.get(owner, 0), served_at.get(owner, never), rank, since, owner)
        for owner, rank, since in lines.annotate(rank=Min(_PLAYABLE_FIRST), since=Min("created_at")).values_list(
            "video__owner", "rank", "since"
        )
        if anywhere.get(owner, 0) < limit
    ]
    return [owner for *_, owner in sorted(turns)]


def _by_owner(steps: QuerySet[ProcessingStep], figure: Count | Max) -> dict[int, Any]:
    return dict(steps.order_by().values("video__owner").annotate(figure=figure).values_list("video__owner", "figure"))


@transaction.atomic
def claim(step: ProcessingStep, *, limit: int | None = None) -> ProcessingStep | None:
    """Take a waiting step, and read it; None if somebody else was first, or its owner has `limit` steps running."""
    if limit is not None and not _has_room(step, limit):
        return None
    now, token = timezone.now(), secrets.token_hex(16)
    taken = ProcessingStep.objects.filter(pk=step.pk, state=State.WAITING).update(
        state=State.RUNNING,
        worker=WORKER,
        claim=token,
        wanted_again=False,
        attempts=F("attempts") + 1,
        progress=0,
        heartbeat_at=now,
        started_at=now,
        finished_at=None,
        error_code="",
        error="",
    )
    return ProcessingStep.objects.select_related("video__owner").get(pk=step.pk) if taken else None


def _has_room(step: ProcessingStep, limit: int) -> bool:
    """The person's row is held until the claim is made: two threads must not both find the last place."""
    list(User.objects.select_for_update(no_key=True, of=("self",)).filter(videos__steps=step.pk).values_list("pk"))
    running = ProcessingStep.objects.filter(video__owner__videos__steps=step.pk, state=State.RUNNING)
    return running.count() < limit


def _mine(step: ProcessingStep) -> QuerySet[ProcessingStep]:
    return ProcessingStep.objects.filter(pk=step.pk, state=State.RUNNING, claim=step.claim)


def beat(step: ProcessingStep, progress: int) -> bool:
    """Say that the step lives; False if it is no longer ours: deleted, or taken by another worker."""
    return bool(_mine(step).update(heartbeat_at=timezone.now(), progress=progress))


def finish(step: ProcessingStep) -> bool:
    """Running -> done; False if the step was taken away meanwhile."""
    return _end(step, _mine(step), state=State.DONE, progress=100)


def skip(step: ProcessingStep, message: str) -> bool:
    """Running -> skipped: there was nothing to do. False if the step was taken away meanwhile."""
    return _end(step, _mine(step), state=State.SKIPPED, error=message[:ERROR_MAX])


def fail(step: ProcessingStep, code: str, message: str) -> bool:
    """Running -> failed, and what depends on it will never run. False if the step was taken away meanwhile."""
    return _fail(step, _mine(step), code, message)


@transaction.atomic
def _fail(step: ProcessingStep, mine: QuerySet[ProcessingStep], code: str, message: str) -> bool:
    """At once with what depends on it: those who wait for a step that failed would wait for ever."""
    list(ProcessingStep.objects.select_for_update().filter(video=step.video_id).order_by("pk").values_list("pk"))
    is_ours = _end(step, mine, state=State.FAILED, error_code=code, error=message[:ERROR_MAX])
    if is_ours:
        _skip_dependents(step)
    return is_ours


@transaction.atomic
def _end(step: ProcessingStep, mine: QuerySet[ProcessingStep], **facts: Any) -> bool:
    """A step that was wanted again while it ran has worked on what is no longer true: it waits for another run."""
    now = timezone.now()
    ended = mine.filter(wanted_again=False).update(finished_at=now, **facts)
    if ended:
        count_ended(step, facts["state"], now)
    return bool(ended or mine.filter(wanted_again=True).update(**_as_new()))


def _as_new() -> dict[str, Any]:
    return {
        "state": State.WAITING,
        "created_at": timezone.now(),  # since when it waits
        "wanted_again": False,
        "attempts": 0,
        "progress": 0,
        "not_before": None,
        "error_code": "",
        "error": "",
        "started_at": None,
        "finished_at": None,
    }


@transaction.atomic
def want_again(video: Video, kinds: set[str], *, also_running: bool) -> None:
    """Let steps wait for another run. One that runs goes on, and `also_running`: runs once more when it has ended."""
    steps = video.steps.filter(kind__in=kinds)
    list(steps.select_for_update().order_by("pk").values_list("pk"))
    if also_running:
        steps.filter(state=State.RUNNING).update(wanted_again=True)
    steps.exclude(state=State.RUNNING).update(**_as_new())


def _skip_dependents(step: ProcessingStep) -> None:
    """Only if it really failed: it may have been wanted again."""
    if ProcessingStep.objects.filter(pk=step.pk, state=State.FAILED).exists():
        ProcessingStep.objects.filter(video=step.video_id, kind__in=depends_on(step.kind), state=State.WAITING).update(
            state=State.SKIPPED, error="An earlier step failed.", finished_at=timezone.now()
        )


def put_back(step: ProcessingStep, *, after_s: float, counts: bool, message: str = "") -> bool:
    """Running -> waiting, not to be tried before `after_s` seconds; `counts`: as a failed attempt.

    `message` is what its person reads meanwhile. False if the step was taken away meanwhile.
    """
    return bool(
        _mine(step).update(
            state=State.WAITING,
            attempts=F("attempts") if counts else F("attempts") - 1,
            not_before=timezone.now() + timedelta(seconds=after_s) if after_s else None,
            error=message[:ERROR_MAX],
        )
    )


def put_back_all() -> None:
    """Give the steps of this process to others, because it stops."""
    for step in ProcessingStep.objects.filter(worker=WORKER, state=State.RUNNING).select_related("video"):
        if put_back(step, after_s=0, counts=False):
            with about(step.video.name):
                logger.info("%s was handed back, because the worker stops", step.kind)


def sweep() -> int:
    """Take back steps whose worker died and wake those whose pause is over; how many can be tried again."""
    now = timezone.now()
    silent = ProcessingStep.objects.filter(
        state=State.RUNNING, heartbeat_at__lt=now - timedelta(seconds=settings.STEP_STALE_S)
    )
    taken = 0
    for step in silent.select_related("video"):
        with about(step.video.name):
            taken += _take_back(step, silent.filter(pk=step.pk, claim=step.claim))
    woken = ProcessingStep.objects.filter(state=State.WAITING, not_before__lte=now).update(not_before=None)
    return taken + woken


def _take_back(step: ProcessingStep, silent: QuerySet[ProcessingStep]) -> int:
    """1 if the step can be tried again."""
    if step.attempts < MAX_ATTEMPTS or step.wanted_again:
        attempts = 0 if step.wanted_again else step.attempts
        taken = silent.update(state=State.WAITING, attempts=attempts)
        if taken:
            logger.warning("%s was taken back from %s, which fell silent", step.kind, step.worker)
        return taken
    message = f"The worker stopped {MAX_ATTEMPTS} times while it did this. Is there enough memory for this file?"
    if _fail(step, silent, "worker_lost", message):
        logger.error("%s failed: %s fell silent, as its workers did %d times", step.kind, step.worker, MAX_ATTEMPTS)
    return 0
