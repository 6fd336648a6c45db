"""What happens to limits by itself."""

from __future__ import annotations

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from limits.spending import forget_what_came_back


@db_periodic_task(crontab(minute="27"))  # type: ignore[untyped-decorator]  # huey is not typed
def forget_limits_hourly() -> None:
    forget_what_came_back()
