"""One chunk of an upload: the body of one PATCH request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from capture.errors import ChecksumMismatch, ConnectionBroke
from capture.headers import Checksum

PIECE_BYTES = 64 * 1024


class Readable(Protocol):
    """The body of a request; raises OSError when the connection breaks."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Chunk:
    """`stream` is read only after everything else has been found right."""

    offset_bytes: int
    size_bytes: int
    stream: Readable
    length_bytes: int | None = None  # of the whole upload, if it is declared with this chunk
    checksum: Checksum | None = None

    @property
    def end_bytes(self) -> int:
        return self.offset_bytes + self.size_bytes

    def pieces(self) -> Iterator[bytes | bytearray]:
        """The body, ready to be written; with a checksum only after all of it is here and found right.

        Raises ConnectionBroke if it ends early, ChecksumMismatch.
        """
        if self.checksum is None:
            yield from self._received()
            return
        body = bytearray()
        for piece in self._received():
            body += piece
        if not self.checksum.fits(body):
            raise ChecksumMismatch
        yield body

    def _received(self) -> Iterator[bytes]:
        missing = self.size_bytes
        while missing:
            try:
                piece = self.stream.read(min(PIECE_BYTES, missing))
            except OSError as error:
                raise ConnectionBroke from error
            if not piece:
                raise ConnectionBroke
            missing -= len(piece)
            yield piece
