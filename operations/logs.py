"""How a line of the log looks: for people, or as JSON for programs (LOG_FORMAT).

The field `video` is set by `videos.log_context` while a step is carried out.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime


class TextFormatter(logging.Formatter):
    """One line for people, with the video's name before the message if it is about one."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(about)s%(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        video = getattr(record, "video", "")
        record.about = f"video {video}: " if video else ""
        return super().formatMessage(record)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (ISO 8601, UTC), level, logger, message, and where it applies video and trace."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if video := getattr(record, "video", ""):
            fields["video"] = video
        if record.exc_info:
            fields["trace"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False)
