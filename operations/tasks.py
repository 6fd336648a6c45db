"""What is looked after every night."""

from __future__ import annotations

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from operations import integrity
from videos.refused import delete_refused_originals


@db_periodic_task(crontab(hour="3", minute="41"))  # type: ignore[untyped-decorator]  # huey is not typed
def keep_rows_and_files_together() -> None:
    delete_refused_originals()
    integrity.repair_nightly()
