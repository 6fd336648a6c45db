"""Which function carries out which kind of step. Apps register theirs in their `steps.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from videos.models import Video


class Work(Protocol):
    """What a handler may say and ask while it runs."""

    def progress(self, percent: int) -> None: ...

    def cancelled(self) -> bool: ...


Handler = Callable[[Video, Work], None]
_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Make a function the handler of a kind of step.

    It may be called again after it was stopped anywhere, so it must be repeatable. It raises GiveUp, RetryLater or
    NotNeeded (`videos/errors.py`); anything else is a bug and counts as a failed attempt.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def handler_of(kind: str) -> Handler:
    return _handlers[kind]
