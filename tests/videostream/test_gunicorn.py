"""What long requests leave of gunicorn's threads."""

from __future__ import annotations

from capture.chunks import READERS_MAX
from streaming.demand import WAITING_MAX
from videostream import gunicorn


def test_slow_uploads_and_waiting_players_leave_a_third_of_the_threads() -> None:
    assert gunicorn.threads - READERS_MAX - WAITING_MAX >= gunicorn.threads / 3
