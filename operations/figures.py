"""Figures about the work, read from the steps' rows: true for all processes on all machines."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Min
from django.utils import timezone

from capture.models import Upload
from videos.models import ProcessingStep
from videos.work.claims import ready_steps
from videos.work.table import Lane

State = ProcessingStep.State
LATELY = timedelta(hours=1)


def unfinished_steps() -> dict[tuple[str, str], int]:
    """By kind and state: how many steps wait or run."""
    unfinished = ProcessingStep.objects.filter(state__in=[State.WAITING, State.RUNNING])
    counts = {(kind, state): 0 for kind in ProcessingStep.Kind.values for state in (State.WAITING, State.RUNNING)}
    rows = unfinished.order_by().values_list("kind", "state").annotate(count=Count("pk"))
    return {**counts, **{(kind, state): count for kind, state, count in rows}}


def oldest_waiting_s(lane: Lane) -> float:
    """For how many seconds the step has waited that could have been taken for longest; 0 if there is none."""
    since = ready_steps(lane).order_by().aggregate(since=Min("created_at"))["since"]
    return max(0.0, (timezone.now() - since).total_seconds()) if since else 0.0


def failed_lately() -> list[str]:
    """The kinds of the steps that failed within the last hour, one for each."""
    failed = ProcessingStep.objects.filter(finished_at__gte=timezone.now() - LATELY, state=State.FAILED)
    return list(failed.order_by().values_list("kind", flat=True))


def uploads_under_way() -> int:
    return Upload.objects.under_way().count()
