"""The queue on a real Redis server, with several workers: everything is done, and nothing twice."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import make_clip
from tests.live_site import LiveSite, free_port, wait_for

pytestmark = [pytest.mark.media, pytest.mark.timeout(300)]
VIDEOS = 4


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    program = shutil.which("redis-server")
    assert program is not None, "redis-server is not installed"
    port = free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--dir", str(tmp_path), "--save", ""], stdout=subprocess.DEVNULL
    )
    wait_for(lambda: answers(port), 20, "Redis")
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(20)


def test_several_workers_share_the_work(tmp_path: Path, redis_url: str) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    clip = make_clip(tmp_path / "clip.mp4", audio=False)
    with LiveSite(folder, {"REDIS_URL": redis_url}) as site:
        site.start_worker("second worker")
        token = site.token("alice")
        names = [site.upload(clip, token) for _ in range(VIDEOS)]
        for name in names:
            site.wait_for_state(name, token, "ready")
        assert site.query("SELECT state, attempts FROM videos_processingstep") == [("done", 1)] * VIDEOS * 4
