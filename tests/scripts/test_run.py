"""`make run`: says what is wrong with a port, runs web server and worker together, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live_site import OF_THE_TESTS, REPOSITORY, WEIGHTS, free_port, wait_for


def run_with_port(port: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PORT": port}
    return subprocess.run(
        ["scripts/run"], check=False, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=30
    )


def test_a_port_in_use_is_said_in_one_line_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run_with_port(str(port))
    assert (ended.returncode, ended.stdout) == (1, "")
    complaint = f"Port {port} on 127.0.0.1 cannot be used (address already in use)."
    assert ended.stderr.splitlines() == [f"{complaint} Choose another one: make run PORT={port + 1}"]


@pytest.mark.parametrize("port", ["http", "0", "70000", "08000"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    ended = run_with_port(port)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines() == [f"PORT must be a number from 1 to 65535, not '{port}'."]


class Running:
    """`scripts/run` on a data folder of its own, once it says that it runs."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._log = folder / "log"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(OF_THE_TESTS)},
            "DATA_DIR": str(folder),
            "WHISPER_WEIGHTS_DIR": str(WEIGHTS),
            "PORT": str(self.port),
        }
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                ["scripts/run"],
                cwd=REPOSITORY,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for(lambda: "VideoStream is running at" in self.said(), 120, "the site to run")

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def children(self) -> dict[str, int]:
        """The numbers of its two processes."""
        found = {}
        for name in filter(str.isdecimal, os.listdir("/proc")):
            try:
                words = Path("/proc", name, "cmdline").read_text(encoding="utf-8").split("\0")
                parent = Path("/proc", name, "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
            except OSError:
                continue
            if int(parent) == self.process.pid:
                found["worker" if "run_huey" in words else "web"] = int(name)
        return found

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                return True
        except OSError:
            return False


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()


def is_gone(pid: int) -> bool:
    return not Path("/proc", str(pid)).exists()


@pytest.mark.media
def test_it_stops_both_when_told_to(running: Running) -> None:
    assert running.answers()
    children = running.children()
    assert set(children) == {"web", "worker"}
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(30) == 0
    assert running.said().endswith("Stopping ...\n")
    assert all(is_gone(pid) for pid in children.values())
    assert not running.answers()


@pytest.mark.media
@pytest.mark.parametrize(("dying", "message"), [("web", "The web server ended"), ("worker", "The worker ended")])
def test_when_one_ends_it_stops_the_other_and_says_so(running: Running, dying: str, message: str) -> None:
    children = running.children()
    os.kill(children[dying], signal.SIGKILL)
    assert running.process.wait(30) == 1
    assert message in running.said()
    assert all(is_gone(pid) for pid in children.values())


@pytest.mark.media
def test_nothing_is_left_when_it_is_killed_itself(running: Running) -> None:
    children = running.children()
    running.process.kill()
    running.process.wait()
    wait_for(lambda: all(is_gone(pid) for pid in children.values()), 30, "both to end by themselves")
