"""The site under several gunicorn processes, which can be killed and started again. No worker: nothing is processed."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path

from tests.live_site import REPOSITORY, LiveSite, wait_for

TUS = {"Tus-Resumable": "1.0.0"}


class GunicornSite(LiveSite):
    """Start with `with GunicornSite(folder) as site`."""

    def __enter__(self) -> GunicornSite:
        self.manage("migrate", "-v0")
        self.start_web()
        return self

    def start_web(self) -> None:
        log = (self.folder / "web.log").open("ab")
        bind, threads = f"127.0.0.1:{self.port}", ("--worker-class", "gthread", "--threads", "4")
        self.gunicorn = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "videostream.wsgi", "--bind", bind, "--workers", "2", *threads],
            cwd=REPOSITORY,
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        wait_for(self._answers, 60, "gunicorn")

    def kill_web(self, signal_number: int = signal.SIGKILL) -> None:
        """End all its processes at once."""
        os.killpg(self.gunicorn.pid, signal_number)
        self.gunicorn.wait(30)
        wait_for(self._is_down, 10, "every process of gunicorn to end")

    def _is_down(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) != 0

    def __exit__(self, *_exception: object) -> None:
        self.kill_web(signal.SIGTERM)

    def ask(self, method: str, url: str, token: str, **headers: str) -> tuple[int, Message]:
        """The status and the headers of a request without a body; refusals are answers, too."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, url, headers={**TUS, "Authorization": f"Bearer {token}", **named})
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers
        finally:
            connection.close()

    @contextmanager
    def half_a_chunk(self, url: str, token: str, offset: int, sent: bytes, announced: int) -> Iterator[socket.socket]:
        """A PATCH that announces more bytes than it has sent so far; the connection breaks at the end."""
        head = [
            f"PATCH {urllib.parse.urlsplit(url).path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Authorization: Bearer {token}",
            "Tus-Resumable: 1.0.0",
            "Content-Type: application/offset+octet-stream",
            f"Upload-Offset: {offset}",
            f"Content-Length: {announced}",
        ]
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall("\r\n".join([*head, "", ""]).encode())
            connection.sendall(sent)
            yield connection

    def wait_for_bytes(self, url: str, count: int) -> None:
        wait_for(lambda: self.part(url).stat().st_size >= count, 10, f"{count} bytes on the disk")

    def wait_for_lock(self, url: str, token: str) -> None:
        """Until the server has noticed that the connection broke."""
        wait_for(lambda: self.ask("HEAD", url, token)[0] == 200, 10, "the lock to be released")

    def part(self, url: str) -> Path:
        return self.folder / "media" / "uploads" / f"{url.rsplit('/', 1)[-1]}.part"

    def original_of(self, name: str) -> Path:
        """The stored file of a video."""
        rows = self.query("SELECT original_file FROM videos_video WHERE name = ?", name)
        assert len(rows) == 1, f"{len(rows)} videos are named {name}"
        return self.folder / "media" / str(rows[0][0])
