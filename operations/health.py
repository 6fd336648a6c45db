"""Whether the site is alive, and whether it can do its work."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from operations.disk import disks
from operations.queue import QueueUnreachable, messages_waiting
from transcribe.weights import WeightsError, resolve
from videos.work.workers import living_workers

FREE_MIN_BYTES = 1024**3
PROGRAMS = ("ffmpeg", "ffprobe")
# Whoever asks gives up after a few seconds, and a host that is gone does not answer at all.
ANSWER_WITHIN_S = 2.0
log = logging.getLogger(__name__)


class NotReady(Exception):
    """A part cannot do its work; the text says why, to strangers: names of hosts and folders go into the log."""


def check_database() -> None:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.warning("the database does not answer: %s", error)
        raise NotReady("The database does not answer.") from error


def check_queue() -> None:
    try:
        messages_waiting()
    except QueueUnreachable as error:
        log.warning("the queue does not answer: %s", error)
        raise NotReady("The queue does not answer.") from error


def check_disk() -> None:
    for disk in disks():
        if disk.free_bytes < FREE_MIN_BYTES:
            raise NotReady(f"Only {disk.free_bytes // 1024**2} MiB are free in {disk.folder}.")


def check_ffmpeg() -> None:
    for program in PROGRAMS:
        if shutil.which(program) is None:
            raise NotReady(f"{program} is not installed.")


def check_speech() -> None:
    try:
        resolve(settings.WHISPER_MODEL, settings.WHISPER_WEIGHTS_DIR)
    except WeightsError as error:
        log.warning("the speech engine has no weights: %s", error.message)
        raise NotReady("The weights named by WHISPER_MODEL are missing or damaged: ask `manage.py doctor`.") from error


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "queue": check_queue,
    "disk": check_disk,
    "ffmpeg": check_ffmpeg,
    "speech": check_speech,
}


def _look_at_all() -> dict[str, str]:
    """Each part with «ok» or what is wrong with it, within ANSWER_WITHIN_S seconds: all are looked at side by side."""
    parts = dict.fromkeys(CHECKS, f"did not answer within {ANSWER_WITHIN_S:g} seconds.")
    looks = [threading.Thread(target=_look, args=(name, parts), name=f"look-{name}", daemon=True) for name in CHECKS]
    for look in looks:
        look.start()
    deadline_s = time.monotonic() + ANSWER_WITHIN_S
    for look in looks:
        look.join(max(0.0, deadline_s - time.monotonic()))
    return dict(parts)


def _look(name: str, parts: dict[str, str]) -> None:
    try:
        CHECKS[name]()
        parts[name] = "ok"
    except NotReady as fault:
        parts[name] = str(fault)
    finally:
        connection.close()


@never_cache
@require_safe
def alive(_request: HttpRequest) -> JsonResponse:
    """The web server answers."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Each part with «ok» or what is wrong with it; 503 if anything is.

    How many workers live is told beside: without any, this web server still takes uploads and sends videos.
    """
    parts = _look_at_all()
    is_ready = all(state == "ok" for state in parts.values())
    workers = living_workers().count() if parts["database"] == "ok" else None
    return JsonResponse(
        {"status": "ready" if is_ready else "not ready", "parts": parts, "workers": workers},
        status=HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE,
    )
