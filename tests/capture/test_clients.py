"""Independent tus clients against the real server: interrupted, resumed, and every byte the same."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tusclient.client import TusClient

from tests.capture.conftest import WEBM
from tests.capture.gunicorn_site import GunicornSite
from tests.live_site import CHUNK_BYTES

MIB = 1024 * 1024
SIZE = 26 * MIB + 1
SCRIPT = Path(__file__).with_name("tus_js_upload.mjs")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More than two chunks."""
    path = tmp_path_factory.mktemp("source") / "recording.webm"
    path.write_bytes(WEBM + os.urandom(SIZE - len(WEBM)))
    return path


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stored(site: GunicornSite, token: str, url: str) -> str:
    """The sha256 of the original that the upload became."""
    _status, headers = site.ask("HEAD", url.removeprefix(site.url), token)
    return sha256(site.original_of(headers["Video-Name"]))


@pytest.mark.parametrize("checksum", [False, True])
def test_tuspy_resumes_where_it_was_interrupted(site: GunicornSite, token: str, source: Path, checksum: bool) -> None:
    client: Any = TusClient(f"{site.url}/api/uploads/", headers={"Authorization": f"Bearer {token}"})
    options = {"chunk_size": CHUNK_BYTES, "upload_checksum": checksum}
    content = source.read_bytes()
    first = client.uploader(file_stream=BytesIO(content), metadata={"title": "słońce"}, **options)
    first.upload_chunk()
    path = first.url.removeprefix(site.url)
    with site.half_a_chunk(path, token, CHUNK_BYTES, content[CHUNK_BYTES : 12 * MIB], CHUNK_BYTES):
        site.wait_for_bytes(path, 12 * MIB)  # and the connection breaks in the second chunk

    site.wait_for_lock(path, token)
    second = client.uploader(file_stream=BytesIO(content), url=first.url, **options)
    assert second.offset == 12 * MIB
    second.upload()

    assert stored(site, token, second.url) == sha256(source)


def tus_js(site: GunicornSite, token: str, source: Path, *words: str) -> tuple[int, Any]:
    """The exit code of tus-js-client in Node, and what it printed."""
    command = ["node", str(SCRIPT), str(source), f"{site.url}/api/uploads/", token, *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_tus_js_client_resumes_after_its_process_was_killed(site: GunicornSite, token: str, source: Path) -> None:
    code, killed = tus_js(site, token, source, "--die-at", str(12 * MIB))
    assert code == -signal.SIGKILL
    path = killed["url"].removeprefix(site.url)
    site.wait_for_lock(path, token)
    assert 10 * MIB <= site.part(path).stat().st_size < SIZE

    _code, done = tus_js(site, token, source, "--url", killed["url"])

    assert done["url"] == killed["url"]
    assert sha256(site.original_of(done["video"])) == sha256(source)


def test_tus_js_client_may_tell_the_length_last(site: GunicornSite, token: str, source: Path) -> None:
    _code, done = tus_js(site, token, source, "--deferred")

    assert sha256(site.original_of(done["video"])) == sha256(source)
    assert site.query("SELECT title, size_bytes FROM videos_video WHERE name = ?", done["video"]) == [("słońce", SIZE)]
