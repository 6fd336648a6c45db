from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from transcribe.downloads import DownloadError, download

BODY = bytes(range(256)) * 10_000
SHA256 = hashlib.sha256(BODY).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """/whole sends all of it, /short announces more than it sends, everything else is not there."""

    def do_GET(self) -> None:
        if self.path not in ("/whole", "/short"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY if self.path == "/whole" else BODY[:1000])

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: the test's output is not its log."""


@pytest.fixture
def host() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


def fetch(url: str, destination: Path, *, sha256: str = SHA256, connect_timeout_s: float = 5) -> list[int]:
    percentages: list[int] = []
    download(url, destination, sha256=sha256, connect_timeout_s=connect_timeout_s, on_progress=percentages.append)
    return percentages


def test_the_whole_file_arrives_with_its_progress(host: str, folder: Path) -> None:
    percentages = fetch(f"{host}/whole", folder / "file")

    assert (folder / "file").read_bytes() == BODY
    assert percentages == sorted(percentages)
    assert percentages[-1] == 100
    assert [path.name for path in folder.iterdir()] == ["file"]


def test_it_refuses_other_bytes_and_keeps_what_was_there(host: str, folder: Path) -> None:
    (folder / "file").write_text("before")
    with pytest.raises(DownloadError, match="sent other bytes than expected"):
        fetch(f"{host}/whole", folder / "file", sha256="0" * 64)
    assert (folder / "file").read_text() == "before"
    assert [path.name for path in folder.iterdir()] == ["file"]


@pytest.mark.parametrize(("page", "complaint"), [("short", "sent other bytes"), ("missing", "Not Found")])
def test_it_refuses_a_file_that_is_cut_short_or_not_there(host: str, folder: Path, page: str, complaint: str) -> None:
    with pytest.raises(DownloadError, match=complaint):
        fetch(f"{host}/{page}", folder / "file")
    assert list(folder.iterdir()) == []


def test_a_host_that_refuses_is_given_up_at_once(folder: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(DownloadError, match=rf"fetching from 127\.0\.0\.1:{port} failed \(Connection refused\)"):
        fetch(f"http://127.0.0.1:{port}/whole", folder / "file")


def test_a_host_that_does_not_answer_is_given_up_in_time(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began_s = time.monotonic()
        with pytest.raises(DownloadError, match=r"did not answer within 0\.2 seconds"):
            fetch(f"http://127.0.0.1:{silent.getsockname()[1]}/", folder / "file", connect_timeout_s=0.2)
        assert time.monotonic() - began_s < 2
