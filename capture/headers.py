"""The headers of tus 1.0.0, read strictly. https://tus.io/protocols/resumable-upload#headers"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from capture.errors import InvalidHeader, InvalidMetadata

CHECKSUM_ALGORITHMS = ("sha1", "sha256")
# 18 digits are an exabyte and fit the database's 64-bit integers.
_NUMBER = re.compile(r"[0-9]{1,18}")
_METADATA_KEY = re.compile(r"[!-+\--~]{1,64}")  # visible ASCII but the comma


@dataclass(frozen=True)
class Checksum:
    """What the client says its chunk adds up to."""

    algorithm: str
    digest: bytes

    def fits(self, chunk: bytes | bytearray) -> bool:
        return hashlib.new(self.algorithm, chunk, usedforsecurity=False).digest() == self.digest


def parse_number(name: str, value: str | None) -> int:
    """A whole number of bytes. Raises InvalidHeader, also if the header is missing."""
    if value is None:
        raise InvalidHeader(f"The header {name} is missing.")
    if not _NUMBER.fullmatch(value):
        raise InvalidHeader(f"{name} must be a whole number of bytes, not {value[:40]!r}.")
    return int(value)


def parse_optional_number(name: str, value: str | None) -> int | None:
    return None if value is None else parse_number(name, value)


def parse_new_length(length: str | None, deferred: str | None) -> int | None:
    """The length of a new upload in bytes, or None if it is told later. Raises InvalidHeader."""
    if (length is None) == (deferred is None):
        raise InvalidHeader("Send exactly one of Upload-Length and Upload-Defer-Length.")
    if deferred is None:
        return parse_number("Upload-Length", length)
    if deferred != "1":
        raise InvalidHeader("Upload-Defer-Length must be 1.")
    return None


def parse_metadata(header: str) -> dict[str, str]:
    """`key base64,key base64,...` with unique keys and UTF-8 text as values. Raises InvalidMetadata."""
    metadata: dict[str, str] = {}
    for entry in header.split(",") if header.strip() else []:
        key, _space, encoded = entry.strip().partition(" ")
        if not _METADATA_KEY.fullmatch(key):
            raise InvalidMetadata("Upload-Metadata must look like 'key base64,key base64'.")
        if key in metadata:
            raise InvalidMetadata(f"Upload-Metadata names {key!r} twice.")
        metadata[key] = _decode(key, encoded)
    return metadata


def _decode(key: str, encoded: str) -> str:
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise InvalidMetadata(f"The value of {key!r} in Upload-Metadata must be UTF-8 text in base64.") from None
    if "\0" in text:  # Postgres cannot store it
        raise InvalidMetadata(f"The value of {key!r} in Upload-Metadata contains a zero character.")
    return text


def encode_metadata(metadata: Mapping[str, str]) -> str:
    """The inverse of `parse_metadata`."""
    return ",".join(f"{key} {base64.b64encode(text.encode()).decode()}".rstrip() for key, text in metadata.items())


def parse_checksum(header: str | None) -> Checksum | None:
    """`algorithm base64`, or None without a header. Raises InvalidHeader."""
    if header is None:
        return None
    algorithm, _space, encoded = header.partition(" ")
    if algorithm not in CHECKSUM_ALGORITHMS:
        raise InvalidHeader(f"Upload-Checksum must use one of {', '.join(CHECKSUM_ALGORITHMS)}.")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise InvalidHeader(f"Upload-Checksum must hold a {algorithm} digest in base64.")
    return Checksum(algorithm, digest)
