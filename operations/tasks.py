"""What is looked after every night."""

from __future__ import annotations

from django.core.management import call_command
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from operations import integrity
from videos.refused import delete_refused_originals


@db_periodic_task(crontab(hour="3", minute="41"))  # type: ignore[untyped-decorator]  # huey is not typed
def keep_rows_and_files_together() -> None:
    delete_refused_originals()
    integrity.repair_nightly()


@db_periodic_task(crontab(hour="4", minute="11"))  # type: ignore[untyped-decorator]  # huey is not typed
def forget_ended_sessions() -> None:
    """Log-ins that have run out stay in the database for ever otherwise."""
    call_command("clearsessions")
