"""nginx with the project's template in front of a stand-in for Django that says what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.nginx_server import NginxServer

NAME = "aBcDeFgHiJkL"
FILES = {
    f"hls/playlist_{NAME}.m3u8": b"#EXTM3U\n" + b"# master\n" * 200,
    f"hls/{NAME}/0a1b2c/stream.m3u8": b"#EXTM3U\n",
    f"hls/{NAME}/0a1b2c/init.mp4": b"init",
    f"hls/{NAME}/0a1b2c/segment0.m4s": bytes(range(256)) * 40,
    f"hls/{NAME}/0a1b2c/words.vtt": b"WEBVTT\n\n",
    f"hls/private/playlist_{NAME[::-1]}.m3u8": b"#EXTM3U\n",
    f"hls/private/{NAME[::-1]}/0a1b2c/segment0.m4s": b"secret",
    f"media/videos/{NAME}/video.mp4": b"mp4" * 1000,
    f"media/videos/{NAME}/poster.jpg": b"jpg",
    f"media/private/videos/{NAME[::-1]}/video.mp4": b"secret",
    f"media/originals/{NAME}/original.webm": b"secret",
    "media/uploads/0123.part": b"secret",
    "media/scratch/work/video.mp4": b"secret",
    "static/app.0123456789ab.js": b"export {};" * 200,
    "static/app.0123456789ab.js.gz": b"\x1f\x8b stands for a compressed file",
    "static/vendor/hls.mjs": b"export {};",
    "static/plain.css": b"body {}",
}


class StandIn(BaseHTTPRequestHandler):
    """Answers with what arrived; below `/accel/` as Django does when nginx shall send what is below `/internal/`."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = {"path": self.path, "headers": dict(self.headers), "body_bytes": len(body)}
        content = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("X-Answered-By", "Django")
        self.send_header("Content-Type", "video/iso.segment" if self.path.startswith("/accel/") else "application/json")
        self.send_header("Content-Length", str(len(content)))
        if self.path.startswith("/accel/"):
            self.send_header("Cache-Control", "private, no-store")
            self.send_header("X-Accel-Redirect", self.path.replace("/accel/", "/internal/", 1))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = do_OPTIONS = _answer

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("X-Answered-By", "Django")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Not on the console of the tests."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    for name, content in FILES.items():
        path = data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return data


@pytest.fixture(scope="module")
def django_port() -> Iterator[int]:
    stand_in = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    thread = threading.Thread(target=stand_in.serve_forever, args=(0.05,))
    thread.start()
    yield stand_in.server_address[1]
    stand_in.shutdown()
    thread.join()
    stand_in.server_close()


@pytest.fixture(scope="module")
def nginx(data: Path, django_port: int) -> Iterator[NginxServer]:
    with NginxServer(data / "nginx", django_port=django_port, data=data, static=data / "static") as nginx:
        yield nginx
