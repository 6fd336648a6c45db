"""Which kinds of files are taken, told by their first bytes: never by a name or type that a client sends. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Container:
    """How ffmpeg reads a kind of file: the one demuxer that is forced, and all names that it goes by."""

    demuxer: str
    format_whitelist: str = ""

    @property
    def formats(self) -> str:
        return self.format_whitelist or self.demuxer


CONTAINERS = {
    "mp4": Container("mov", "mov,mp4,m4a,3gp,3g2,mj2"),
    "matroska": Container("matroska", "matroska,webm"),
    "mpegts": Container("mpegts"),
    "mpeg": Container("mpeg"),
    "avi": Container("avi"),
    "flv": Container("flv"),
    "mp3": Container("mp3"),
    "aac": Container("aac"),
    "ogg": Container("ogg"),
    "flac": Container("flac"),
    "wav": Container("wav"),
    "amr": Container("amr"),
}
EXTENSIONS = {"mpegts": "ts", "mpeg": "mpg", "matroska": "mkv"}
HEAD_BYTES = 1024
ID3_HEADER_BYTES = 10

# ISO/IEC 14496-12, section 4.2: a file is a row of boxes, each with its size and a type of four letters. Old QuickTime
# files have no `ftyp`.
_MP4_FIRST_BOXES = rb"ftyp|styp|moov|moof|mdat|wide|free|skip"
# ISO/IEC 13818-1, section 2.4.3.2: packets of 188 bytes that begin with 0x47; camcorders put a time of 4 bytes before.
_SIGNATURES = (
    ("mp4", rb"....(?:" + _MP4_FIRST_BOXES + rb")"),
    ("matroska", rb"\x1a\x45\xdf\xa3"),  # RFC 8794, section 11.2.1: the EBML header
    ("mpegts", rb"\x47.{187}\x47.{187}\x47"),
    ("mpegts", rb".{4}\x47.{191}\x47.{191}\x47"),
    ("mpeg", rb"\x00\x00\x01\xba"),  # ISO/IEC 13818-1, section 2.5.3.3: the header of a pack
    ("avi", rb"RIFF....AVI "),
    ("wav", rb"RIFF....WAVE"),
    ("flv", rb"FLV\x01"),
    ("ogg", rb"OggS"),
    ("flac", rb"fLaC"),
    ("amr", rb"#!AMR"),
    # ISO/IEC 11172-3, section 2.4.1.3, and 14496-3, table 1.A.6: eleven or twelve ones, then version and layer.
    ("mp3", rb"\xff[\xe2\xe3\xf2\xf3\xfa-\xfd]"),
    ("aac", rb"\xff[\xf0\xf1\xf8\xf9]"),
)
_SIGNATURE = [(name, re.compile(pattern, re.DOTALL)) for name, pattern in _SIGNATURES]


def container_of(head: bytes) -> str | None:
    """The name in CONTAINERS of a file that begins with these (at most HEAD_BYTES) bytes, or None."""
    return next((name for name, pattern in _SIGNATURE if pattern.match(head)), None)


def id3_length(head: bytes) -> int:
    """How many bytes of an ID3v2 tag stand before the sound (id3.org, ID3v2.4, section 3.1); 0 where there is none."""
    if not head.startswith(b"ID3") or len(head) < ID3_HEADER_BYTES:
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return ID3_HEADER_BYTES + size


def extension_of(head: bytes) -> str:
    """What the name of a file that begins so should end in: `mp4` (also QuickTime), `webm`, `ts`...; else `bin`."""
    container = "mp3" if id3_length(head) else container_of(head)
    if container == "matroska" and b"webm" in head[:64]:
        return "webm"
    return "bin" if container is None else EXTENSIONS.get(container, container)
