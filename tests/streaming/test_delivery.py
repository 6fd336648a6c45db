from __future__ import annotations

import os
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


def ask(path: Path, range_header: str = "", method: str = "GET", **more: str) -> HttpResponseBase:
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    if range_header:
        headers["Range"] = range_header
    request = RequestFactory().generic(method, "/", headers=headers)
    return send_file(request, path, cache_control=FOR_EVER)


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


@pytest.mark.parametrize("wanted", ["bytes=256000-", "bytes=256000-256001", "bytes=-0"])
def test_it_refuses_a_part_that_is_not_there(file: Path, wanted: str) -> None:
    response = ask(file, wanted)

    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")


@pytest.mark.parametrize(
    "wanted", ["items=0-5", "bytes=1-2,5-6", "nonsense", f"bytes={'9' * 5000}-", "bytes=-", "bytes=9-3"]
)
def test_it_ignores_a_range_it_does_not_know(file: Path, wanted: str) -> None:
    response = ask(file, wanted)

    assert (response.status_code, body(response)) == (200, CONTENT)


def status(response: HttpResponseBase) -> int:
    response.close()
    return response.status_code


def changed(path: Path) -> None:
    """Another content of the same name, a minute later."""
    path.write_bytes(CONTENT[::-1] + b"more")
    os.utime(path, (0, path.stat().st_mtime + 60))


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
def test_a_download_taken_up_again_never_mixes_two_contents(file: Path, validator: str) -> None:
    before = ask(file)
    before.close()

    same = ask(file, "bytes=100-", If_Range=before[validator])
    assert (same.status_code, body(same)) == (206, CONTENT[100:])
    changed(file)

    whole = ask(file, "bytes=100-", If_Range=before[validator])
    assert (whole.status_code, body(whole)) == (200, CONTENT[::-1] + b"more")


def test_a_weak_or_unknown_validator_gives_the_whole(file: Path) -> None:
    seen = ask(file, "bytes=0-0")
    etag = seen["ETag"]
    seen.close()

    for unsure in (f"W/{etag}", '"other"', "yesterday"):
        assert status(ask(file, "bytes=0-0", If_Range=unsure)) == 200


@pytest.mark.parametrize(
    ("validator", "condition"), [("ETag", "If_None_Match"), ("Last-Modified", "If_Modified_Since")]
)
def test_what_a_browser_has_is_not_sent_again(file: Path, validator: str, condition: str) -> None:
    before = ask(file)
    before.close()

    answer = ask(file, **{condition: before[validator]})
    assert (answer.status_code, body(answer), answer["ETag"]) == (304, b"", before["ETag"])
    assert answer["Cache-Control"] == FOR_EVER
    changed(file)

    assert status(ask(file, **{condition: before[validator]})) == 200


def test_head_tells_of_the_whole_whatever_part_is_named(file: Path) -> None:
    answer = ask(file, "bytes=0-9", method="HEAD")

    assert (status(answer), answer["Content-Length"]) == (200, str(len(CONTENT)))
    assert "Content-Range" not in answer


def test_behind_nginx_it_only_names_the_file(file: Path, settings: Settings) -> None:
    settings.NGINX_SENDS_FILES = True

    response = ask(file, "bytes=0-10")

    assert response["X-Accel-Redirect"] == "/internal/media/videos/x/video.mp4"
    assert body(response) == b""


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        ask(tmp_path / "gone.mp4")
