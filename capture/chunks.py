"""One chunk of an upload: the body of one PATCH request, and how long reading it may occupy a thread.

nginx passes chunks on while they arrive (nginx/site.conf.template), so a slow sender holds a thread of gunicorn:

1. At most READERS_MAX chunks are read at a time by one process; its other threads are for everybody else.
2. A chunk must arrive at LEAST_BYTES_PER_S after the first PATIENCE_S. What arrived before is kept.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

from capture.errors import ChecksumMismatch, ChunkTooLarge, ConnectionBroke, TooSlow, UploadRush
from capture.headers import Checksum

PIECE_BYTES = 64 * 1024
# A third of gunicorn's threads (videostream/gunicorn.py); another third may wait for playlists (streaming/demand.py).
READERS_MAX = 8
PATIENCE_S = 15.0
LEAST_BYTES_PER_S = 8 * 1024
_places = threading.BoundedSemaphore(READERS_MAX)


class Readable(Protocol):
    """The body of a request; raises OSError when the connection breaks."""

    def read(self, size: int, /) -> bytes: ...


@contextmanager
def a_reader() -> Iterator[None]:
    """One of the places for reading a chunk. Raises UploadRush if all are taken."""
    if not _places.acquire(blocking=False):
        raise UploadRush
    try:
        yield
    finally:
        _places.release()


@dataclass
class Chunk:
    """`stream` is read only after everything else has been found right.

    `size_bytes` is None for a body in HTTP's chunked coding until `measure` has read it.
    """

    offset_bytes: int
    size_bytes: int | None
    stream: Readable
    length_bytes: int | None = None  # of the whole upload, if it is declared with this chunk
    checksum: Checksum | None = None
    connection: socket.socket | None = None  # the body comes from it, if the server tells

    @property
    def end_bytes(self) -> int:
        """Where the upload is after this chunk. Only after `measure`."""
        assert self.size_bytes is not None
        return self.offset_bytes + self.size_bytes

    def measure(self, limit_bytes: int) -> None:
        """Know the size: a body that tells none is read. Raises ChunkTooLarge, ConnectionBroke, TooSlow."""
        if self.size_bytes is None:
            body = b"".join(self._received(limit_bytes + 1))
            self.stream, self.size_bytes = BytesIO(body), len(body)
        if self.size_bytes > limit_bytes:
            raise ChunkTooLarge(limit_bytes)

    def pieces(self) -> Generator[bytes | bytearray]:
        """The body, ready to be written; with a checksum only after all of it is here and found right.

        Only after `measure`. Raises ConnectionBroke if it ends early, TooSlow, ChecksumMismatch.
        """
        assert self.size_bytes is not None
        if self.checksum is None:
            yield from self._received(self.size_bytes)
            return
        body = bytearray()
        for piece in self._received(self.size_bytes):
            body += piece
        if not self.checksum.fits(body):
            raise ChecksumMismatch
        yield body

    def _received(self, most_bytes: int) -> Iterator[bytes]:
        """The next pieces of the stream: all of them if the size is known, else as many as there are."""
        missing = most_bytes
        with _Watch(self.connection) as watch:
            while missing:
                piece = watch.read(self.stream, min(PIECE_BYTES, missing))
                if not piece and self.size_bytes is not None:
                    raise ConnectionBroke
                if not piece:
                    return
                missing -= len(piece)
                yield piece


class _Watch:
    """Ends the connection of a sender that is too slow: a read that waits for it then returns at once.

    The socket's own time limit would not do: it begins anew with every byte.
    """

    def __init__(self, connection: socket.socket | None) -> None:
        self._connection = connection
        self._began_at = time.monotonic()
        self._arrived_bytes = 0
        self._is_over = threading.Event()
        self._was_too_slow = False

    def __enter__(self) -> _Watch:
        if self._connection is not None:
            threading.Thread(target=self._wait, name="slow-sender", daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._is_over.set()

    def read(self, stream: Readable, size: int) -> bytes:
        """Raises TooSlow, ConnectionBroke."""
        try:
            piece = stream.read(size)
        except OSError as error:
            raise TooSlow if self._was_too_slow else ConnectionBroke from error
        if self._was_too_slow and not piece:
            raise TooSlow
        self._arrived_bytes += len(piece)
        return piece

    def _wait(self) -> None:
        while not self._is_over.wait(self._left_s()):
            if self._left_s() <= 0:
                self._was_too_slow = True
                with suppress(OSError):  # it may have gone by itself
                    assert self._connection is not None
                    self._connection.shutdown(socket.SHUT_RD)
                return

    def _left_s(self) -> float:
        """Until the next piece must be here."""
        allowed_s = PATIENCE_S + (self._arrived_bytes + PIECE_BYTES) / LEAST_BYTES_PER_S
        return self._began_at + allowed_s - time.monotonic()
