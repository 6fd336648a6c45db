"""What long requests leave of gunicorn's threads, and which headers it believes."""

from __future__ import annotations

import http.client
from pathlib import Path

from capture.chunks import READERS_MAX
from streaming.demand import WAITING_MAX
from tests.live_site import LiveSite
from videostream import gunicorn


def test_slow_uploads_and_waiting_players_leave_a_third_of_the_threads() -> None:
    assert gunicorn.threads - READERS_MAX - WAITING_MAX >= gunicorn.threads / 3


class WebSite(LiveSite):
    """gunicorn with its own options, without a worker."""

    def __enter__(self) -> WebSite:
        self.manage("migrate", "-v0")
        self.start_web()
        return self


def test_who_reaches_gunicorn_itself_does_not_choose_which_page_an_address_means(tmp_path: Path) -> None:
    with WebSite(tmp_path) as site:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
        connection.request("GET", "/api/healthz", headers={"SCRIPT_NAME": "/api"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()

    assert answer.status == 404, body
