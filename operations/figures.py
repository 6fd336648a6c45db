"""Figures about the work, read from the steps' rows: true for all processes on all machines."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Min
from django.utils import timezone

from capture.models import Upload
from videos.models import ProcessingStep
from videos.work.claims import ready_steps
from videos.work.table import Lane

State = ProcessingStep.State
LATELY = timedelta(hours=1)
# Enough for a trustworthy 95th percentile, and read in milliseconds.
ENDED_READ_MAX = 5000


@dataclass(frozen=True)
class Ended:
    """A step that ended lately; `video_s` is the length of its video."""

    kind: str
    state: str
    duration_s: float
    video_s: float


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


def ended_lately() -> list[Ended]:
    """The newest steps that ended within the last hour."""
    rows = (
        ProcessingStep.objects.filter(finished_at__gte=timezone.now() - LATELY)
        .exclude(started_at=None)
        .order_by("-finished_at")
        .values_list("kind", "state", "started_at", "finished_at", "video__duration_ms")
    )
    return [
        Ended(kind, state, max(0.0, (finished_at - started_at).total_seconds()), duration_ms / 1000)
        for kind, state, started_at, finished_at, duration_ms in rows[:ENDED_READ_MAX]
        if started_at is not None and finished_at is not None
    ]


def durations_s(ended: list[Ended]) -> dict[str, list[float]]:
    """By kind: how long steps took that were done, the quickest first."""
    found: dict[str, list[float]] = defaultdict(list)
    for step in ended:
        if step.state == State.DONE:
            found[step.kind].append(step.duration_s)
    return {kind: sorted(values) for kind, values in found.items()}


def quantile(ordered: list[float], part: float) -> float:
    """The value that `part` (0 to 1) of the values do not exceed; `ordered` is not empty."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def uploads_under_way() -> int:
    return Upload.objects.under_way().count()
