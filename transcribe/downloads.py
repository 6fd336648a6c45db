"""Fetches one large file from the web: bounded, checked, and all or nothing."""

from __future__ import annotations

import hashlib
import http.client
import queue
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

BLOCK_BYTES = 1 << 20
STALL_TIMEOUT_S = 30

OnProgress = Callable[[int], None]
"""Called with a percentage from 0 to 100."""


class DownloadError(Exception):
    """The file could not be fetched whole; the message is a clause that says why."""


def download(
    url: str, destination: Path, *, sha256: str, connect_timeout_s: float, on_progress: OnProgress | None = None
) -> None:
    """Write what ``url`` answers to ``destination``, which appears only when complete and of this sha256.

    A host that does not answer within ``connect_timeout_s`` or sends nothing for 30 s is given up. Raises
    DownloadError; nothing is left behind then.
    """
    part = destination.with_name(destination.name + ".part")
    try:
        with _opened(url, connect_timeout_s) as response:
            found = _stream(response, part, on_progress)
        if found != sha256:
            raise DownloadError(f"{_host(url)} sent other bytes than expected (sha256 {found})")
        part.replace(destination)
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(f"fetching from {_host(url)} failed ({_why(error)})") from error
    finally:
        part.unlink(missing_ok=True)


def _opened(url: str, timeout_s: float) -> Any:
    """The response, or DownloadError after ``timeout_s``.

    A socket's time limit does not cover looking up the host's name, which takes half a minute on a machine whose name
    server is out of reach. So the wait is bounded from outside, and an answer that comes later is closed.
    """
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
    is_given_up = threading.Event()

    def ask() -> None:
        try:
            response = urllib.request.urlopen(url, timeout=STALL_TIMEOUT_S)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            answers.put(error)
            return
        if is_given_up.is_set():
            response.close()
        answers.put(response)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=timeout_s)
    except queue.Empty:
        is_given_up.set()
        raise DownloadError(f"{_host(url)} did not answer within {timeout_s:g} seconds") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _why(error: Exception) -> str:
    """What the system says, without its number: urllib hides the error of the socket in a ``reason``."""
    cause = getattr(error, "reason", error)
    return str(getattr(cause, "strerror", None) or cause)


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).netloc


def _stream(response: Any, part: Path, on_progress: OnProgress | None) -> str:
    """Write the body to ``part`` and return its sha256."""
    digest = hashlib.sha256()
    expected_bytes = int(response.headers.get("Content-Length") or 0)
    received_bytes = 0
    with part.open("wb") as file:
        while block := response.read(BLOCK_BYTES):
            file.write(block)
            digest.update(block)
            received_bytes += len(block)
            if on_progress and expected_bytes:
                on_progress(min(100, 100 * received_bytes // expected_bytes))
    return digest.hexdigest()
