"""The queue, whichever it is."""

from __future__ import annotations

import sqlite3

import peewee
import redis
from huey.contrib.djhuey import HUEY
from huey.exceptions import HueyException


class QueueUnreachable(Exception):
    """The text says why."""


def messages_waiting() -> int:
    """How many messages lie in the queue. Raises QueueUnreachable."""
    try:
        return int(HUEY.pending_count())
    except (HueyException, OSError, sqlite3.Error, redis.RedisError, peewee.PeeweeException) as error:
        raise QueueUnreachable(f"The queue does not answer: {error}") from error
