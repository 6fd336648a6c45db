"""Asks the site from outside, as a browser does: through nginx, under its public name."""

from __future__ import annotations

import http.client
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


def ask(method: str, path: str, *, claimed_body_bytes: int = 0) -> Answer:
    """The answer of nginx, or of Django through it. Raises NoAnswer.

    `claimed_body_bytes` announces a body that is never sent: who decides by its size, or passes on at once,
    answers nevertheless.
    """
    target = urlsplit(address())
    kind = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
    connection = kind(str(target.hostname), target.port, timeout=TIMEOUT_S)
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
