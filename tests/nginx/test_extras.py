"""What an installation may add to nginx: HTTPS by itself, and other sites that may play public videos."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live_site import free_port
from tests.nginx.conftest import NAME
from tests.nginx_server import NginxServer

pytestmark = pytest.mark.nginx
PLAYLIST = f"/hls/playlist_{NAME}.m3u8"
OTHER_SITE = "https://www.example.org"


@pytest.fixture(scope="module")
def tls_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def secure(data: Path, django_port: int, tls_port: int) -> Iterator[NginxServer]:
    server = NginxServer(
        data / "secure", django_port=django_port, data=data, static=data / "static", cors_origin=OTHER_SITE
    )
    with server.with_tls(tls_port):
        yield server


def ask(connection: http.client.HTTPConnection, path: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def over_tls(port: int) -> http.client.HTTPSConnection:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=trusting)


def test_it_serves_https_and_tells_django(secure: NginxServer, tls_port: int) -> None:
    _, body = ask(over_tls(tls_port), "/login")
    assert b'"X-Forwarded-Proto": "https"' in body

    answer, _ = ask(over_tls(tls_port), PLAYLIST)
    assert (answer.status, answer.headers["Strict-Transport-Security"]) == (200, "max-age=31536000")


def test_it_sends_plain_requests_on_but_stays_healthy(secure: NginxServer) -> None:
    answer, _ = ask(http.client.HTTPConnection("127.0.0.1", secure.port, timeout=20), "/login?next=/")
    assert (answer.status, answer.headers["Location"]) == (308, "https://videos.example.org/login?next=/")

    healthy, _ = ask(http.client.HTTPConnection("127.0.0.1", secure.port, timeout=20), "/healthz")
    assert healthy.status == 200


def test_another_site_may_play_where_it_is_named(secure: NginxServer, tls_port: int) -> None:
    answer, _ = ask(over_tls(tls_port), PLAYLIST)
    assert answer.headers["Access-Control-Allow-Origin"] == OTHER_SITE


def test_no_other_site_is_named_by_default(nginx: NginxServer) -> None:
    answer, _ = ask(http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=20), PLAYLIST)
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, None)
