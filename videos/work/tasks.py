"""What the queue carries. The worker is Django's Tasks API on huey; the truth is in ProcessingStep."""

from __future__ import annotations

from django_tasks import task
from huey import crontab
from huey.contrib.djhuey import HUEY, db_periodic_task

from videos import files
from videos.work import worker


@task()
def work() -> None:
    """Carry out steps until none is left that this worker may take."""
    worker.work_until_idle(announce=look_for_work)


def look_for_work() -> None:
    """Tell the workers that there may be something to do."""
    work.enqueue()


@db_periodic_task(crontab(minute="23"))  # type: ignore[untyped-decorator]  # huey is not typed
def forget_results() -> None:
    """The Tasks API keeps a record of every message; nobody asks for them, because the steps tell what was done."""
    HUEY.storage.flush_results()


@db_periodic_task(crontab(minute="*/10"))  # type: ignore[untyped-decorator]  # huey is not typed
def remove_abandoned_scratch() -> None:
    """What workers were at that were killed: as much as the largest upload each."""
    files.remove_abandoned_scratch()
