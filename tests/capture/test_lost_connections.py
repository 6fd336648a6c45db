"""What a broken connection or a killed server leaves behind, with real processes."""

from __future__ import annotations

import http.client
import os
from pathlib import Path

import pytest

from tests.capture.conftest import WEBM
from tests.capture.gunicorn_site import TUS, GunicornSite
from tests.live_site import wait_for

MIB = 1024 * 1024


@pytest.fixture
def content() -> bytes:
    return WEBM + os.urandom(5 * MIB)


@pytest.fixture
def url(site: GunicornSite, token: str, content: bytes) -> str:
    status, headers = site.ask("POST", "/api/uploads/", token, Upload_Length=str(len(content)))
    assert status == 201
    return headers["Location"]


def finish(site: GunicornSite, token: str, url: str, content: bytes) -> Path:
    """Send what is missing as a client would, and give the stored file."""
    status, headers = site.ask("HEAD", url, token)
    assert status == 200
    offset = int(headers["Upload-Offset"])
    patch = {"Tus_Resumable": "1.0.0", "Content_Type": "application/offset+octet-stream"}
    with site.call("PATCH", url, token, content[offset:], Upload_Offset=str(offset), **patch) as answer:
        return site.original_of(answer.headers["Video-Name"])


def test_what_arrived_before_the_connection_broke_is_kept(
    site: GunicornSite, token: str, url: str, content: bytes
) -> None:
    with site.half_a_chunk(url, token, 0, content[: 3 * MIB], len(content)):
        site.wait_for_bytes(url, 3 * MIB)

    site.wait_for_lock(url, token)
    assert site.part(url).read_bytes() == content[: 3 * MIB]
    assert finish(site, token, url, content).read_bytes() == content


def test_every_process_respects_the_one_that_writes(site: GunicornSite, token: str, url: str, content: bytes) -> None:
    with site.half_a_chunk(url, token, 0, content[:MIB], len(content)) as connection:
        site.wait_for_bytes(url, MIB)
        patch = {"Upload_Offset": str(MIB), "Content_Type": "application/offset+octet-stream"}

        assert {site.ask("PATCH", url, token, **patch)[0] for _ in range(12)} == {423}
        assert {site.ask("DELETE", url, token)[0] for _ in range(4)} == {423}

        connection.sendall(content[MIB:])
        wait_for(lambda: not site.part(url).exists(), 10, "the upload to be complete")
    _status, headers = site.ask("HEAD", url, token)
    assert site.original_of(headers["Video-Name"]).read_bytes() == content


def test_a_killed_server_loses_nothing_that_was_written(
    site: GunicornSite, token: str, url: str, content: bytes
) -> None:
    with site.half_a_chunk(url, token, 0, content[: 2 * MIB], len(content)):
        site.wait_for_bytes(url, 2 * MIB)
        site.kill_web()

    site.start_web()
    assert site.ask("HEAD", url, token)[1]["Upload-Offset"] == str(2 * MIB)
    assert finish(site, token, url, content).read_bytes() == content


def test_a_body_without_a_size_is_read_to_its_end(site: GunicornSite, token: str, url: str, content: bytes) -> None:
    """As HTTP's chunked coding sends it; Django alone would take it for empty."""

    def send(offset: int, *pieces: bytes) -> tuple[int, str | None]:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream", **TUS}
        connection.request("PATCH", url, iter(pieces), {"Authorization": f"Bearer {token}", **headers})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.headers["Upload-Offset"]

    assert send(0, b"\0" * 10 * MIB, b"\0")[0] == 413
    assert send(0, content[:1000], content[1000:MIB]) == (204, str(MIB))
    assert send(MIB) == (204, str(MIB))
    assert finish(site, token, url, content).read_bytes() == content
