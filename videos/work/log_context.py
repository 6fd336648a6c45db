"""Which video the lines of the log are about."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_video: ContextVar[str] = ContextVar("video", default="")


@contextmanager
def about(video_name: str) -> Iterator[None]:
    """Lines that this thread logs meanwhile carry the video's name."""
    token = _video.set(video_name)
    try:
        yield
    finally:
        _video.reset(token)


class AddVideo(logging.Filter):
    """Gives each record the field `video`, empty if it is about none."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.video = _video.get()
        return True
