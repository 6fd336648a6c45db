"""What a file is by its first bytes. Names and types that a client sends are never trusted for that."""

from __future__ import annotations

HEAD_BYTES = 64
_EBML = b"\x1a\x45\xdf\xa3"
# Types of the first box of ISO and QuickTime files; old QuickTime files have no `ftyp`.
_FIRST_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})


def extension_of(head: bytes) -> str:
    """`mp4` (also QuickTime), `webm`, `mkv`, or `bin` for anything else; `head` is the first HEAD_BYTES."""
    if head[4:8] in _FIRST_BOXES:
        return "mp4"
    if head.startswith(_EBML):
        return "webm" if b"webm" in head else "mkv"
    return "bin"
