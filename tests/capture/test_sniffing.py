from __future__ import annotations

from pathlib import Path

import pytest

from capture.sniffing import HEAD_BYTES, extension_of


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("chromium-mp4-avc1-opus.mp4", "mp4"),
        ("chromium-mp4-vp9-opus.mp4", "mp4"),
        ("chromium-mkv-avc1-opus.webm", "mkv"),  # its name lies
        ("jfk.flac", "bin"),
    ],
)
def test_it_recognises_real_recordings(media_dir: Path, name: str, extension: str) -> None:
    with (media_dir / name).open("rb") as file:
        assert extension_of(file.read(HEAD_BYTES)) == extension


@pytest.mark.parametrize(
    ("head", "extension"),
    [
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm", "webm"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "mp4"),
        (b"#EXTM3U\nfile:///etc/passwd", "bin"),
        (b"", "bin"),
        (b"\0\0\0", "bin"),
    ],
)
def test_it_goes_by_the_first_bytes(head: bytes, extension: str) -> None:
    assert extension_of(head) == extension
