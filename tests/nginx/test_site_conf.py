"""nginx/site.conf.template, read by a real nginx: what it sends itself, and what it asks Django for."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from tests.live_site import wait_for
from tests.nginx.conftest import FILES, NAME
from tests.nginx_server import NginxServer

pytestmark = pytest.mark.nginx
SECRET = NAME[::-1]
IMMUTABLE = "public, max-age=31536000, immutable"


class Answer:
    def __init__(self, raw: http.client.HTTPResponse) -> None:
        self.status = raw.status
        self.headers = raw.headers
        self.body = raw.read()

    @property
    def is_from_django(self) -> bool:
        return self.headers["X-Answered-By"] == "Django"

    @property
    def told(self) -> Any:
        """What the stand-in for Django was asked."""
        assert self.is_from_django
        return json.loads(self.body)


def ask(
    nginx: NginxServer,
    path: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    source: str = "127.0.0.1",
) -> Answer:
    """Ask nginx with the path exactly as given; `source` is the client's own address."""
    connection = http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=20, source_address=(source, 0))
    try:
        connection.request(method, path, body=body, headers=headers or {})
        return Answer(connection.getresponse())
    finally:
        connection.close()


@pytest.mark.parametrize(
    "path", ["/login", "/signup/", "/login/forgotten/", "/account/password/", "/admin/login/?next=/admin/"]
)
def test_guessing_passwords_is_slowed_down(nginx: NginxServer, path: str) -> None:
    source = f"127.0.1.{len(path)}"
    tries = [ask(nginx, path, method="POST", body=b"password=x", source=source) for _ in range(15)]

    assert [answer.status for answer in tries[:10]] == [200] * 10
    assert (tries[-1].status, tries[-1].body[:14]) == (429, b"Too many tries")
    assert ask(nginx, path, source=source).status == 200, "looking at the form is free"


def test_who_reads_the_log_finds_no_link_for_a_new_password(nginx: NginxServer) -> None:
    for path in ("/login/new/MQ/c0ffee-s3cr3t/", "/login/new/MQ/c0ffee-s3cr3t?x=1", "/login?next=/"):
        assert ask(nginx, path).told["path"] == path

    wait_for(lambda: "/login?next=/" in nginx.requests(), 5, "the log")
    log = nginx.requests()
    assert "GET /login/new/..." in log
    assert "s3cr3t" not in log


@pytest.mark.parametrize(
    ("path", "content_type", "cache_control"),
    [
        (f"hls/playlist_{NAME}.m3u8", "application/vnd.apple.mpegurl; charset=utf-8", "public, no-cache"),
        (f"hls/{NAME}/0a1b2c/stream.m3u8", "application/vnd.apple.mpegurl; charset=utf-8", "public, no-cache"),
        (f"hls/{NAME}/0a1b2c/init.mp4", "video/mp4", IMMUTABLE),
        (f"hls/{NAME}/0a1b2c/segment0.m4s", "video/iso.segment", IMMUTABLE),
        (f"hls/{NAME}/0a1b2c/words.vtt", "text/vtt; charset=utf-8", IMMUTABLE),
        (f"media/videos/{NAME}/video.mp4", "video/mp4", "public, no-cache"),
        (f"media/videos/{NAME}/poster.jpg", "image/jpeg", "public, no-cache"),
        ("static/app.0123456789ab.js", "javascript; charset=utf-8", IMMUTABLE),
        ("static/vendor/hls.mjs", "text/javascript; charset=utf-8", "public, max-age=300"),
        ("static/plain.css", "text/css; charset=utf-8", "public, max-age=300"),
    ],
)
def test_it_sends_public_files_itself(nginx: NginxServer, path: str, content_type: str, cache_control: str) -> None:
    answer = ask(nginx, f"/{path}")
    assert (answer.status, answer.is_from_django, answer.body) == (200, False, FILES[path])
    assert answer.headers["Content-Type"].endswith(content_type)
    assert answer.headers.get_all("Cache-Control") == [cache_control]
    assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert answer.headers["Server"] == "nginx"


@pytest.mark.parametrize(
    "path",
    [
        f"/hls/playlist_{SECRET}.m3u8",
        f"/hls/{SECRET}/0a1b2c/segment0.m4s",
        f"/media/videos/{SECRET}/video.mp4",
        "/media/videos/",
        "/hls/",
        "/static/missing.js",
        "/playallsnap",
    ],
)
def test_what_is_not_there_is_asked_of_django_under_the_same_address(nginx: NginxServer, path: str) -> None:
    assert ask(nginx, f"{path}?page=2").told["path"] == f"{path}?page=2"


@pytest.mark.parametrize(
    "path",
    [
        f"/hls/private/playlist_{SECRET}.m3u8",
        f"/hls/private/{SECRET}/0a1b2c/segment0.m4s",
        f"/hls//private/{SECRET}/0a1b2c/segment0.m4s",
        f"/hls/./private/{SECRET}/0a1b2c/segment0.m4s",
        f"/hls/%70rivate/{SECRET}/0a1b2c/segment0.m4s",
        f"/hls/{NAME}/../private/{SECRET}/0a1b2c/segment0.m4s",
        f"/media/private/videos/{SECRET}/video.mp4",
        f"/media/videos/../private/videos/{SECRET}/video.mp4",
        f"/media/videos/%2e%2e/private/videos/{SECRET}/video.mp4",
        f"/media/originals/{NAME}/original.webm",
        f"/media/videos/../originals/{NAME}/original.webm",
        "/media/uploads/0123.part",
        "/media/scratch/work/video.mp4",
    ],
)
def test_it_never_sends_what_is_not_public(nginx: NginxServer, path: str) -> None:
    answer = ask(nginx, path)
    assert answer.is_from_django
    assert b"secret" not in answer.body


@pytest.mark.parametrize("path", ["/hls../media/originals", "/media/videos../originals", "/static../media/originals"])
def test_a_folder_beside_a_shared_one_cannot_be_reached(nginx: NginxServer, path: str) -> None:
    assert ask(nginx, f"{path}/{NAME}/original.webm").is_from_django


@pytest.mark.parametrize("tree", ["hls", "media/videos"])
def test_the_internal_addresses_are_closed_to_browsers(nginx: NginxServer, tree: str) -> None:
    assert ask(nginx, f"/internal/{tree}/{NAME}/0a1b2c/segment0.m4s").status == 404


@pytest.mark.parametrize(
    "path", [f"hls/private/{SECRET}/0a1b2c/segment0.m4s", f"media/private/videos/{SECRET}/video.mp4"]
)
def test_it_sends_a_private_file_on_djangos_word_and_with_its_headers(nginx: NginxServer, path: str) -> None:
    answer = ask(nginx, f"/accel/{path}")
    assert (answer.status, answer.body) == (200, b"secret")
    assert answer.headers["Content-Type"] == "video/iso.segment"
    assert answer.headers.get_all("Cache-Control") == ["private, no-store"]
    assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]


@pytest.mark.parametrize("path", ["/hls/", "/accel/hls/"])
def test_a_range_of_a_segment(nginx: NginxServer, path: str) -> None:
    answer = ask(nginx, f"{path}{NAME}/0a1b2c/segment0.m4s", headers={"Range": "bytes=256-511"})
    assert (answer.status, answer.body) == (206, bytes(range(256)))
    assert answer.headers["Content-Range"] == "bytes 256-511/10240"


def test_a_range_behind_the_end_is_refused(nginx: NginxServer) -> None:
    answer = ask(nginx, f"/media/videos/{NAME}/video.mp4", headers={"Range": "bytes=3000-"})
    assert answer.status == 416


def test_a_changed_playlist_is_found_by_asking_again(nginx: NginxServer) -> None:
    path = f"/hls/playlist_{NAME}.m3u8"
    tag = ask(nginx, path).headers["ETag"]
    assert ask(nginx, path, headers={"If-None-Match": tag}).status == 304


def test_text_is_compressed_and_segments_are_not(nginx: NginxServer) -> None:
    squeeze = {"Accept-Encoding": "gzip"}
    assert ask(nginx, f"/hls/playlist_{NAME}.m3u8", headers=squeeze).headers["Content-Encoding"] == "gzip"
    assert ask(nginx, f"/hls/{NAME}/0a1b2c/segment0.m4s", headers=squeeze).headers["Content-Encoding"] is None
    ready_made = ask(nginx, "/static/app.0123456789ab.js", headers=squeeze)
    assert ready_made.body == FILES["static/app.0123456789ab.js.gz"]


def test_a_chunk_of_ten_mebibytes_reaches_django_whole(nginx: NginxServer) -> None:
    size = 10 * 1024 * 1024
    assert ask(nginx, "/api/uploads/0123", method="PATCH", body=bytes(size)).told["body_bytes"] == size


def test_a_chunk_above_the_limit_is_refused_in_words(nginx: NginxServer) -> None:
    answer = ask(nginx, "/api/uploads/0123", method="PATCH", body=bytes(11 * 1024 * 1024 + 1))
    assert answer.status == 413
    assert answer.headers["Content-Type"] == "application/json"
    assert json.loads(answer.body)["error"]["code"] == "too_large"


def test_only_uploads_may_be_large(nginx: NginxServer) -> None:
    assert ask(nginx, "/api/videos/x/comments/", method="POST", body=bytes(1024 * 1024 + 1)).status == 413
    assert (
        ask(nginx, "/api/videos/x/comments/", method="POST", body=bytes(1024 * 1024)).told["body_bytes"] == 1024 * 1024
    )


def test_django_learns_who_asks_and_how(nginx: NginxServer) -> None:
    headers = ask(nginx, "/", headers={"Host": "videos.example.org"}).told["headers"]
    assert headers["Host"] == "videos.example.org"
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "http"


CLAIMS = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}


def test_a_client_cannot_claim_another_address_or_scheme(nginx: NginxServer) -> None:
    headers = ask(nginx, "/", headers=CLAIMS).told["headers"]
    assert (headers["X-Forwarded-For"], headers["X-Forwarded-Proto"]) == ("127.0.0.1", "http")


def test_a_trusted_gateway_tells_the_clients_address_and_scheme(nginx: NginxServer) -> None:
    headers = ask(nginx, "/", headers=CLAIMS, source="127.0.0.2").told["headers"]
    assert (headers["X-Forwarded-For"], headers["X-Forwarded-Proto"]) == ("203.0.113.7", "https")


def test_browsers_are_told_to_stay_with_https_only_where_they_came_by_it(nginx: NginxServer) -> None:
    path = f"/hls/playlist_{NAME}.m3u8"
    assert ask(nginx, path).headers["Strict-Transport-Security"] is None
    secure = ask(nginx, path, headers=CLAIMS, source="127.0.0.2")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_nginx_has_nothing_to_complain_about(nginx: NginxServer) -> None:
    assert "[notice]" in nginx.said_at_start
    assert "[warn]" not in nginx.said_at_start
