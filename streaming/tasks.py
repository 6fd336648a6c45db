"""What happens to packages by itself."""

from __future__ import annotations

from django.conf import settings
from django_tasks import task
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from streaming import cache


@db_periodic_task(crontab(minute="*/10"))  # type: ignore[untyped-decorator]  # huey is not typed
def trim_hls_cache_regularly() -> None:
    cache.trim(settings.HLS_CACHE_MAX_BYTES)


@task()
def trim_hls_cache() -> None:
    """After something was packaged; many at once are one run."""
    if cache.is_due():
        cache.trim(settings.HLS_CACHE_MAX_BYTES)
