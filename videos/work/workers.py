"""Which worker processes live: each says so every few seconds, and takes its name off when it stops in good order."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone

from videos.models import Worker

# One for each process: a restarted worker never mistakes the steps of its former life for its own.
WORKER = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
ALIVE_WITHIN = timedelta(seconds=30)
FORGOTTEN_AFTER = timedelta(days=1)


def say_alive() -> None:
    """Renew this process' row. The first time, rows of processes that died long ago are removed."""
    now = timezone.now()
    if Worker.objects.filter(pk=WORKER).update(seen_at=now):
        return
    Worker.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()
    Worker.objects.create(
        name=WORKER,
        host=socket.gethostname()[:80],
        pid=os.getpid(),
        threads=settings.WORKER_THREADS,
        started_at=now,
        seen_at=now,
    )


def say_goodbye() -> None:
    Worker.objects.filter(pk=WORKER).delete()


def living_workers() -> QuerySet[Worker]:
    """Those that were heard of in the last half minute."""
    return Worker.objects.filter(seen_at__gte=timezone.now() - ALIVE_WITHIN)


def threads_for_one_person() -> int:
    """How many steps of one person may run at once: WORKER_THREADS of each worker.

    Each worker has one thread more, which is thereby left for somebody else (`videostream/settings.py`).
    """
    threads: int | None = living_workers().aggregate(threads=Sum("threads"))["threads"]
    return threads or settings.WORKER_THREADS
