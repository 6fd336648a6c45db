"""What happens to uploads by itself."""

from __future__ import annotations

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from capture.housekeeping import tidy_uploads


@db_periodic_task(crontab(minute="17"))  # type: ignore[untyped-decorator]  # huey is not typed
def tidy_uploads_hourly() -> None:
    tidy_uploads()
