"""How a line of the log looks: for people, or as JSON for programs (LOG_FORMAT).

The field `video` is set while a step is carried out (`videos.work.log_context`), `request` while a request is answered
(`operations.request_ids`).
"""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime

from django.conf import settings

FOREIGN_HOSTS_PAUSE_S = 60.0


class TextFormatter(logging.Formatter):
    """One line for people; before the message stands which video or which request it is about."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(about)s%(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        video, request = getattr(record, "video", ""), getattr(record, "request_id", "")
        record.about = f"video {video}: " if video else f"request {request}: " if request else ""
        return super().formatMessage(record)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (ISO 8601, UTC), level, logger, message; where it applies video, request, trace."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if video := getattr(record, "video", ""):
            fields["video"] = video
        if request := getattr(record, "request_id", ""):
            fields["request"] = request
        if record.exc_info:
            fields["trace"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False)


class ForeignHosts(logging.Filter):
    """Makes one line a minute, without a trace, of requests that ask for another name than PUBLIC_URL's.

    Anybody can send any Host header, as often as they like.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said_s = -FOREIGN_HOSTS_PAUSE_S

    def filter(self, record: logging.LogRecord) -> bool:
        if time.monotonic() - self._said_s < FOREIGN_HOSTS_PAUSE_S:
            return False
        self._said_s = time.monotonic()
        address = settings.PUBLIC_URL or "not set"
        record.msg = "Somebody asked for this site by another name than PUBLIC_URL (%s): %s"
        record.args = (address, str(record.exc_info[1] if record.exc_info else record.getMessage())[:200])
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.exc_info = record.exc_text = None
        return True
