"""The file that a backup is: a plain tar, written and read as a stream of any length.

    manifest.json             what it is, and of which version of the tables
    database/LABEL.jsonl      the rows of one table each
    media/originals/...       as in a bucket, whatever the storage
    media/videos/...
    end.json                  how much of everything there is

After each member comes NAME.sha256 in the form that sha256sum reads.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

FORMAT = 1
MANIFEST, END = "manifest.json", "end.json"
DATABASE, MEDIA = "database/", "media/"
SUM = ".sha256"
BLOCK_BYTES = 1024 * 1024
# Of what is read at once: manifests and checksums.
SMALL_BYTES = 1024 * 1024


class BadArchive(Exception):
    """The file is not a backup, or it is damaged; the text says which."""


class PlainMember(tarfile.TarInfo):
    """The header of a member, refused before anything is done with it unless `Writer` could have written it.

    A backup holds plain files. What a header asks to be read into memory before its member, a long name, is small.
    """

    def _proc_member(self, tar: tarfile.TarFile) -> tarfile.TarInfo:
        """tarfile calls this with each header, before it reads what follows. Raises BadArchive."""
        is_long_name = self.type == tarfile.XHDTYPE and self.size <= SMALL_BYTES
        if self.type != tarfile.REGTYPE and not is_long_name:
            raise BadArchive(f"{self.name} is no plain file, and no backup holds anything else.")
        return super()._proc_member(tar)  # type: ignore[misc, no-any-return]


class Hashed(io.RawIOBase):
    """A stream that knows the checksum of what was read of it. Reading raises BadArchive."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            block = self._stream.read(size)
        except tarfile.TarError as error:
            raise BadArchive(f"This is not a whole backup: {error}.") from error
        self._digest.update(block)
        return block

    def readinto(self, buffer: Any) -> int:
        block = self.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class Writer:
    """Writes one member after the other; `finish` says that there are no more."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(self, name: str, stream: IO[bytes], size_bytes: int) -> None:
        """Raises OSError if the stream has fewer bytes."""
        hashed = Hashed(stream)
        self._add(name, hashed, size_bytes)
        line = f"{hashed.sha256}  {name}\n".encode()
        self._add(name + SUM, io.BytesIO(line), len(line))

    def add_json(self, name: str, value: object) -> None:
        content = json.dumps(value, indent=1).encode()
        self.add(name, io.BytesIO(content), len(content))

    def finish(self) -> None:
        self._tar.close()

    def _add(self, name: str, stream: IO[bytes] | Hashed, size_bytes: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size_bytes, 0o600
        self._tar.addfile(info, stream)


@dataclass(frozen=True)
class Member:
    """A member that is being read; its stream ends when the next one is asked for."""

    name: str
    stream: Hashed


def read_members(stream: IO[bytes]) -> Iterator[Member]:
    """Every member. Its checksum is compared when the next one is asked for. Raises BadArchive."""
    name = ""
    try:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=PlainMember) as tar:
            members = iter(tar)
            for info in members:
                name = info.name
                hashed = Hashed(_open(tar, info))
                yield Member(name, hashed)
                while hashed.read(BLOCK_BYTES):
                    pass
                _compare(tar, next(members, None), name, hashed.sha256)
    except (tarfile.TarError, EOFError) as error:
        raise BadArchive(f"This is not a whole backup: {error}.") from error
    if name != END:
        raise BadArchive("This backup is cut off: its end is missing.")


def _open(tar: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(info)
    if file is None or info.issparse() or info.size < 0:
        raise BadArchive(f"{info.name} is not a plain file.")
    return file


def _compare(tar: tarfile.TarFile, info: tarfile.TarInfo | None, name: str, sha256: str) -> None:
    if info is None or info.name != name + SUM:
        raise BadArchive(f"This backup is cut off: the checksum of {name} is missing.")
    if _open(tar, info).read(SMALL_BYTES).decode(errors="replace") != f"{sha256}  {name}\n":
        raise BadArchive(f"{name} is damaged in this backup.")


def read_json(stream: IO[bytes] | Hashed) -> dict[str, Any]:
    """Raises BadArchive."""
    try:
        value = json.loads(stream.read(SMALL_BYTES))
    except ValueError as error:
        raise BadArchive("A part of this backup cannot be read.") from error
    if not isinstance(value, dict):
        raise BadArchive("A part of this backup cannot be read.")
    return value
