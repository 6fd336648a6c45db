"""Asks the site from outside, as a browser does: through nginx, under its public name."""

from __future__ import annotations

import http.client
import socket
import ssl
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urlsplit

from django.conf import settings

TIMEOUT_S = 5
BODY_MAX_BYTES = 4096


class NoAnswer(Exception):
    """The text says why: refused, no such name, certificate, time is over."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes


def address() -> str:
    """Where nginx is asked: NGINX_URL, else PUBLIC_URL, else empty."""
    return str(settings.NGINX_URL or settings.PUBLIC_URL)


def certificate_fault() -> str:
    """Why a browser would not trust the certificate that nginx shows for PUBLIC_URL; empty if it would.

    Raises NoAnswer.
    """
    connection = _connection(ssl.create_default_context())
    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        return str(error.verify_message)
    except OSError as error:
        raise NoAnswer(f"{address()} cannot be reached: {error}") from error
    finally:
        connection.close()
    return ""


class _AtNginx(http.client.HTTPSConnection):
    """Speaks TLS with nginx under its name in the inside network, and asks it for the certificate of PUBLIC_URL."""

    def __init__(self, host: str, port: int | None, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S)
        self._trust = context

    def connect(self) -> None:
        name = urlsplit(settings.PUBLIC_URL).hostname or self.host
        raw = socket.create_connection((self.host, self.port), TIMEOUT_S)
        self.sock = self._trust.wrap_socket(raw, server_hostname=name)


def _connection(context: ssl.SSLContext | None = None) -> http.client.HTTPConnection:
    target = urlsplit(address())
    if target.scheme == "https":
        return _AtNginx(str(target.hostname), target.port, context or _trusting())
    return http.client.HTTPConnection(str(target.hostname), target.port, timeout=TIMEOUT_S)


def _trusting() -> ssl.SSLContext:
    """Whether the certificate is right is a question of its own: see `certificate_fault`."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def ask(method: str, path: str, *, claimed_body_bytes: int = 0) -> Answer:
    """The answer of nginx, or of Django through it. Raises NoAnswer.

    `claimed_body_bytes` announces a body that is never sent: who decides by its size, or passes on at once,
    answers nevertheless.
    """
    connection = _connection()
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", urlsplit(settings.PUBLIC_URL or address()).netloc)
        if claimed_body_bytes:
            connection.putheader("Content-Length", str(claimed_body_bytes))
        connection.endheaders()
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read(BODY_MAX_BYTES))
    except TimeoutError as error:
        raise NoAnswer(f"{address()} did not answer within {TIMEOUT_S} seconds") from error
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"{address()} cannot be reached: {error}") from error
    finally:
        connection.close()
