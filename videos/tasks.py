"""What the queue carries. The worker is Django's Tasks API on huey; the truth is in ProcessingStep."""

from __future__ import annotations

from django_tasks import task

from videos import worker


@task()
def work() -> None:
    """Carry out steps until none is left that this worker may take."""
    worker.work_until_idle(announce=look_for_work)


def look_for_work() -> None:
    """Tell the workers that there may be something to do."""
    work.enqueue()
