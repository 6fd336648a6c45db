"""A whole VideoStream on this machine: gunicorn and a worker as processes of their own, on a folder of their own."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

REPOSITORY = Path(__file__).resolve().parent.parent
WEIGHTS = Path(os.environ.get("WHISPER_WEIGHTS_DIR", REPOSITORY / "data" / "weights"))
# What the tests run with themselves; a site has a database of its own.
OF_THE_TESTS = ("DJANGO_SETTINGS_MODULE", "POSTGRES_")
CHUNK_BYTES = 10 * 1024 * 1024


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(look: Callable[[], T], timeout_s: float, what: str, pause_s: float = 0.05) -> T:
    """The first true value of `look`; fails loudly when time is over."""
    deadline = time.monotonic() + timeout_s
    while not (value := look()):
        assert time.monotonic() < deadline, f"waited {timeout_s} s for {what}"
        time.sleep(pause_s)
    return value


class LiveSite:
    """Start with `with LiveSite(folder) as site`; both processes and what they started are gone at the end."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(OF_THE_TESTS)},
            "DATA_DIR": str(folder),
            "STATIC_ROOT": str(folder / "static"),
            "WHISPER_WEIGHTS_DIR": str(WEIGHTS),
            "STEP_STALE_S": "5",
            **(environment or {}),
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> LiveSite:
        self.manage("migrate", "-v0")
        self.manage("collectstatic", "-v0", "--noinput")
        self.start_web()
        self.start_worker()
        return self

    def __exit__(self, *_exception: object) -> None:
        for name in list(self._processes):
            self.kill(name, signal.SIGTERM)

    def manage(self, *words: str) -> str:
        """The output of `manage.py WORDS`."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command, cwd=REPOSITORY, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def start_web(self) -> None:
        bind = f"127.0.0.1:{self.port}"
        self._start("web", "gunicorn", "--config", "python:videostream.gunicorn", "--bind", bind, "videostream.wsgi")
        wait_for(self._answers, 60, "the web server")

    def start_worker(self, name: str = "worker") -> None:
        self._start(name, "django", "run_huey", DJANGO_SETTINGS_MODULE="videostream.settings")

    def _start(self, name: str, *module_and_words: str, **environment: str) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        self._processes[name] = subprocess.Popen(
            # Should the tests themselves be killed, nothing of the site stays behind.
            ["setpriv", "--pdeathsig", "TERM", "--", sys.executable, "-m", *module_and_words],
            cwd=REPOSITORY,
            env={**self.environment, **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()

    def kill(self, name: str, signal_number: int = signal.SIGKILL) -> int:
        """End one process, not its children: they must end by themselves. Its status, negative if by a signal."""
        process = self._processes.pop(name)
        process.send_signal(signal_number)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return int(process.returncode)

    def _answers(self) -> bool:
        try:
            return bool(self.get("/healthz")["status"] == "alive")
        except (urllib.error.URLError, ConnectionError):
            return False

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def token(self, username: str) -> str:
        """An account of that name, and a token of it."""
        code = f"from accounts.models import User; User.objects.get_or_create(username={username!r})"
        self.manage("shell", "--no-imports", "-c", code)
        return self.manage("create_token", username).strip()

    def call(self, method: str, path: str, token: str = "", body: bytes | None = None, **headers: str) -> Any:
        """The answer of the site, still open. Raises urllib.error.HTTPError for a refusal."""
        wanted = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            wanted["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(self.url + path, data=body, method=method, headers=wanted)
        return urllib.request.urlopen(request, timeout=60)

    def get(self, path: str, token: str = "") -> Any:
        with self.call("GET", path, token) as answer:
            return json.load(answer)

    def post(self, path: str, token: str, **body: Any) -> Any:
        with self.call("POST", path, token, json.dumps(body).encode(), Content_Type="application/json") as answer:
            return json.load(answer)

    def upload(self, source: Path, token: str) -> str:
        """Send a file as tus does, whole, and give the name of its video."""
        tus = {"Tus_Resumable": "1.0.0"}
        with self.call("POST", "/api/uploads/", token, b"", Upload_Length=str(source.stat().st_size), **tus) as answer:
            address = answer.headers["Location"].removeprefix(self.url)
        offset = 0
        with source.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                headers = {"Upload_Offset": str(offset), "Content_Type": "application/offset+octet-stream", **tus}
                with self.call("PATCH", address, token, chunk, **headers) as answer:
                    offset, name = int(answer.headers["Upload-Offset"]), answer.headers.get("Video-Name", "")
        assert name, "the last chunk is answered with the video's name"
        return str(name)

    def wait_for_state(self, name: str, token: str, *states: str, timeout_s: float = 180) -> Any:
        """The video as soon as its state is one of `states`."""

        def look() -> Any:
            video = self.get(f"/api/videos/{name}/", token)
            assert video["state"] != "failed" or "failed" in states, video["steps"]
            return video if video["state"] in states else None

        return wait_for(look, timeout_s, f"{name} to be {' or '.join(states)}")

    def query(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Rows of the SQLite database, read beside the site."""
        connection = sqlite3.connect(f"file:{self.folder / 'db.sqlite3'}?mode=ro", uri=True)
        try:
            return connection.execute(sql, parameters).fetchall()
        finally:
            connection.close()
