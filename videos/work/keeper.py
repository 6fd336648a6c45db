"""Runs beside the worker's threads: says that they live, takes back lost steps, wakes paused ones, hands steps back at
the end."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
from pathlib import Path

from django.conf import settings
from django.db import connection
from huey.contrib.djhuey import on_shutdown, on_startup

from videos import stores_in
from videos.work import claims, workers
from videos.work.tasks import look_for_work

logger = logging.getLogger(__name__)
SWEEP_S = 3
REMIND_S = 60
_stopping = threading.Event()
_started = threading.Lock()


def _keep() -> None:
    """Sweep at once and every few seconds; once a minute remind the workers, should a message have been lost."""
    since_reminder_s = REMIND_S
    while True:
        try:
            workers.say_alive()
            if settings.WORKER_ALIVE_FILE:
                Path(settings.WORKER_ALIVE_FILE).touch()
            if claims.sweep() or since_reminder_s >= REMIND_S:
                look_for_work()
                since_reminder_s = 0
        except Exception:  # the database or the queue may be away for a while: the keeper must outlive that
            logger.exception("the sweep could not be made; it is tried again")
            connection.close()
        if _stopping.wait(SWEEP_S):
            connection.close()
            return
        since_reminder_s += SWEEP_S


@on_startup()  # type: ignore[untyped-decorator]  # huey is not typed
def start_keeper() -> None:
    """Huey calls this in each of its threads; the first one starts the keeper."""
    if _started.acquire(blocking=False):
        # Told to stop (SIGTERM), huey leaves busy threads behind without calling the hook below.
        atexit.register(_leave)
        stores_in.say_where()
        threading.Thread(target=_keep, name="keeper", daemon=True).start()


def _leave() -> None:
    """Give back what is under way and end at once.

    Threads that were left behind in the speech engine's own code would abort the process while Python takes itself
    apart («terminate called without an active exception»), and the log would look like a crash.
    """
    hand_steps_back()
    logging.shutdown()
    crashed = getattr(sys, "last_value", None) is not None
    os._exit(int(crashed))


@on_shutdown()  # type: ignore[untyped-decorator]  # huey is not typed
def hand_steps_back() -> None:
    """Huey calls this when it stops in good order: others need not wait until our heartbeats are missed."""
    _stopping.set()
    claims.put_back_all()
    workers.say_goodbye()
