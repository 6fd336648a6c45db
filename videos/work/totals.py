"""Figures of what ever ended: rows of steps go with their videos, these only grow."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from videos.models import ProcessingStep, StepTotal


def count_ended(step: ProcessingStep, state: str, now: datetime) -> None:
    """A step that ended as `state` at `now`."""
    took_s = (now - step.started_at).total_seconds() if step.started_at else 0.0
    _add(step.kind, state, count=1, work_ms=max(0, round(took_s * 1000)))


def count_heard(sound_ms: int) -> None:
    """Sound that was listened to for words."""
    _add(ProcessingStep.Kind.TRANSCRIBE, ProcessingStep.State.DONE, heard_ms=sound_ms)


def _add(kind: str, state: str, **more: int) -> None:
    total, _ = StepTotal.objects.get_or_create(kind=kind, state=state)
    StepTotal.objects.filter(pk=total.pk).update(**{field: F(field) + amount for field, amount in more.items()})
