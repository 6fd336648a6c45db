"""Who sends slowly, or pretends to, does not keep the site from others. Real nginx, gunicorn and sockets."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from capture.chunks import READERS_MAX
from tests.live_site import LiveSite
from tests.nginx_server import NginxServer

pytestmark = [pytest.mark.nginx, pytest.mark.media]
ANSWERS_WITHIN_S = 5
LENGTH = 1024 * 1024


class WebSite(LiveSite):
    """gunicorn as in production, without a worker."""

    def __enter__(self) -> WebSite:
        self.manage("migrate", "-v0")
        self.start_web()
        return self


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    folder = tmp_path_factory.mktemp("site")
    with ExitStack() as stack:
        site = stack.enter_context(WebSite(folder, {"BEHIND_PROXY": "true"}))
        front = NginxServer(folder / "nginx", django_port=site.port, data=folder, static=folder / "static")
        nginx = stack.enter_context(front)
        site.port, site.url = nginx.port, nginx.url
        yield site


def begin(site: LiveSite, token: str) -> str:
    """The path of a new upload."""
    headers = {"Tus_Resumable": "1.0.0", "Upload_Length": str(LENGTH)}
    with site.call("POST", "/api/uploads/", token, b"", **headers) as answer:
        return str(answer.headers["Location"])


class Sender:
    """A client that announces a body and sends one byte of it now and then."""

    def __init__(self, site: LiveSite, source: str, method: str, path: str, **headers: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", site.port), timeout=10, source_address=(source, 0))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if "Transfer-Encoding" not in named:
            named["Content-Length"] = str(LENGTH)
        named["Host"] = f"127.0.0.1:{site.port}"
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items())]
        self._socket.sendall("\r\n".join([*lines, "", "1" if "Transfer-Encoding" in named else "x"]).encode())

    def send_a_byte(self) -> None:
        with suppress(OSError):  # it was answered and closed
            self._socket.sendall(b"x")

    def answer(self, within_s: float) -> tuple[int, str]:
        """Status and text; 0 if there is none in that time."""
        self._socket.settimeout(within_s)
        try:
            text = self._socket.recv(65536).decode()
        except TimeoutError:
            return 0, ""
        assert text, "closed without an answer"
        return int(text.split(" ", 2)[1]), text

    def close(self) -> None:
        self._socket.close()


def chunk_headers(token: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Tus_Resumable": "1.0.0",
        "Upload_Offset": "0",
        "Content_Type": "application/offset+octet-stream",
    }


def assert_site_answers(site: LiveSite) -> None:
    """Several times, so that no luck with a free thread helps."""
    for _ in range(5):
        started_at = time.monotonic()
        with socket.create_connection(("127.0.0.1", site.port), timeout=ANSWERS_WITHIN_S) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert connection.recv(15) == b"HTTP/1.1 200 OK"
        assert time.monotonic() - started_at < ANSWERS_WITHIN_S


@pytest.mark.parametrize("path", ["/api/uploads/", "/api/uploads/0123456789abcdef0123456789abcdef", "/login", "/"])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("framing", [{}, {"Transfer_Encoding": "chunked"}], ids=["sized", "chunked"])
def test_strangers_who_send_a_byte_now_and_then_stop_nobody(
    site: LiveSite, framing: dict[str, str], method: str, path: str
) -> None:
    forged = {
        **framing,
        "Cookie": f"sessionid=forged; csrftoken={32 * 'x'}",
        "Content_Type": "application/x-www-form-urlencoded",
    }
    with ExitStack() as stack:
        senders = [Sender(site, f"127.0.3.{number}", method, path, **forged) for number in range(1, 71)]
        for sender in senders:
            stack.callback(sender.close)
        for sender in senders:
            sender.send_a_byte()

        assert_site_answers(site)


@pytest.mark.parametrize("framing", [{}, {"Transfer_Encoding": "chunked"}], ids=["sized", "chunked"])
def test_one_account_that_sends_an_upload_150_times_stops_nobody(site: LiveSite, framing: dict[str, str]) -> None:
    token = site.token("alice")
    path = begin(site, token)
    headers = {**chunk_headers(token), **framing}
    with ExitStack() as stack:
        senders = [Sender(site, f"127.0.4.{n}", "PATCH", path, **headers) for n in range(1, 151)]
        for sender in senders:
            stack.callback(sender.close)

        assert_site_answers(site)
        answers = [status for sender in senders if (status := sender.answer(0.1)[0])]
        assert len(answers) == 149, "all but the one that holds the upload are answered"
        assert set(answers) == {423}


def test_slow_uploads_of_many_people_leave_threads_for_others_and_are_ended_without_loss(site: LiveSite) -> None:
    tokens = [token for number in range(5) for token in [site.token(f"person{number}")] * 5]
    paths = [begin(site, token) for token in tokens]
    with ExitStack() as stack:
        senders = []
        for number, (path, token) in enumerate(zip(paths, tokens, strict=True), start=1):
            senders.append(Sender(site, f"127.0.5.{number}", "PATCH", path, **chunk_headers(token)))
            stack.callback(senders[-1].close)

        assert_site_answers(site)
        waiting = dict(enumerate(senders))
        refused = {place: text for place in list(waiting) if (text := waiting[place].answer(0.2)[1])}
        assert len(refused) == len(senders) - READERS_MAX
        assert all("503" in text and "Retry-After: " in text and "upload_rush" in text for text in refused.values())

        waiting = {place: sender for place, sender in waiting.items() if place not in refused}
        slow: dict[int, tuple[int, str]] = {}
        deadline = time.monotonic() + 60
        while waiting and time.monotonic() < deadline:
            for place, sender in list(waiting.items()):
                sender.send_a_byte()
                if (answer := sender.answer(0.1))[0]:
                    slow[place] = answer
                    del waiting[place]
        assert not waiting
        assert all("too_slow" in text for _status, text in slow.values())
        assert {status for status, _text in slow.values()} == {503}
        place = next(iter(slow))
        assert site.get(paths[place], tokens[place])["offset"] > 0


def test_one_address_that_sends_many_chunks_is_told_to_wait_and_its_household_goes_on(site: LiveSite) -> None:
    token = site.token("bob")
    path = begin(site, token)
    with ExitStack() as stack:
        senders = [Sender(site, "127.0.0.1", "PATCH", path, **chunk_headers(token)) for _ in range(100)]
        for sender in senders:
            stack.callback(sender.close)

        assert_site_answers(site)
        texts = [sender.answer(0.2)[1] for sender in senders]
        assert all("Retry-After: " in text for text in texts if text.startswith("HTTP/1.1 429"))
