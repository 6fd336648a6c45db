from __future__ import annotations

from pathlib import Path

import pytest
from django.http import HttpResponseBase
from django.test import RequestFactory
from pytest_django import Settings

from problems.errors import NotFound
from streaming.delivery import FOR_EVER, send_file

pytestmark = pytest.mark.django_db  # an answer that is closed lets go of the database
CONTENT = bytes(range(256)) * 1000


@pytest.fixture
def file(settings: Settings) -> Path:
    path = Path(settings.MEDIA_ROOT) / "videos" / "x" / "video.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return path


def ask(path: Path, range_header: str = "") -> HttpResponseBase:
    headers = {"Range": range_header} if range_header else {}
    return send_file(RequestFactory().get("/", headers=headers), path, cache_control=FOR_EVER)


def body(response: HttpResponseBase) -> bytes:
    content = b"".join(response)
    response.close()
    return content


def test_it_sends_the_whole_file(file: Path) -> None:
    response = ask(file)

    assert body(response) == CONTENT
    assert (response.status_code, response["Accept-Ranges"], response["Content-Type"]) == (200, "bytes", "video/mp4")


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=100-70000", 100, 70000),
        ("bytes=255000-", 255000, 255999),
        ("bytes=-500", 255500, 255999),
        ("bytes=-999999", 0, 255999),
        ("bytes=255999-999999", 255999, 255999),
    ],
)
def test_it_sends_the_part_asked_for(file: Path, wanted: str, start: int, end: int) -> None:
    response = ask(file, wanted)

    assert response.status_code == 206
    assert body(response) == CONTENT[start : end + 1]
    assert response["Content-Range"] == f"bytes {start}-{end}/{len(CONTENT)}"
    assert response["Content-Length"] == str(end - start + 1)


@pytest.mark.parametrize("wanted", ["bytes=256000-", "bytes=9-3", "bytes=-0", "bytes=-"])
def test_it_refuses_a_part_that_is_not_there(file: Path, wanted: str) -> None:
    response = ask(file, wanted)

    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")


@pytest.mark.parametrize("wanted", ["items=0-5", "bytes=1-2,5-6", "nonsense", f"bytes={'9' * 5000}-"])
def test_it_ignores_a_range_it_does_not_know(file: Path, wanted: str) -> None:
    response = ask(file, wanted)

    assert (response.status_code, body(response)) == (200, CONTENT)


def test_behind_nginx_it_only_names_the_file(file: Path, settings: Settings) -> None:
    settings.NGINX_SENDS_FILES = True

    response = ask(file, "bytes=0-10")

    assert response["X-Accel-Redirect"] == "/internal/media/videos/x/video.mp4"
    assert body(response) == b""


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        ask(tmp_path / "gone.mp4")
