from __future__ import annotations

from pathlib import Path

import pytest

from mediatools.containers import HEAD_BYTES, container_of, extension_of, id3_length

PACKET = b"\x47" + bytes(187)


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("chromium-mp4-avc1-opus.mp4", "mp4"),
        ("chromium-mp4-vp9-opus.mp4", "mp4"),
        ("chromium-mkv-avc1-opus.webm", "mkv"),  # its name lies
        ("jfk.flac", "flac"),
    ],
)
def test_it_recognises_real_recordings(media_dir: Path, name: str, extension: str) -> None:
    with (media_dir / name).open("rb") as file:
        assert extension_of(file.read(HEAD_BYTES)) == extension


@pytest.mark.parametrize(
    ("head", "container", "extension"),
    [
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm", "matroska", "webm"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "mp4", "mp4"),
        (PACKET * 3, "mpegts", "ts"),
        ((b"\0\0\0\0" + PACKET) * 3, "mpegts", "ts"),
        (b"\0\0\x01\xba" + bytes(20), "mpeg", "mpg"),
        (b"RIFF\n\0\r\nAVI LIST", "avi", "avi"),
        (b"RIFF\0\0\0\0WAVEfmt ", "wav", "wav"),
        (b"RIFF\0\0\0\0WEBPVP8 ", None, "bin"),
        (b"FLV\x01\x05", "flv", "flv"),
        (b"\xff\xfb\x90\x64", "mp3", "mp3"),
        (b"\xff\xf1\x50\x80", "aac", "aac"),
        (b"ID3\x04\0\0\0\0\x01\0", None, "mp3"),
        (b"#EXTM3U\nfile:///etc/passwd", None, "bin"),
        (b"ffconcat version 1.0", None, "bin"),
        (b"\xff\xfe#\0E\0X\0T\0", None, "bin"),  # text in UTF-16
        (b"\xff\xd8\xff\xe0", None, "bin"),  # a JPEG
        (PACKET, None, "bin"),
        (b"", None, "bin"),
        (b"\0\0\0", None, "bin"),
    ],
)
def test_it_goes_by_the_first_bytes(head: bytes, container: str | None, extension: str) -> None:
    assert container_of(head) == container
    assert extension_of(head) == extension


def test_the_length_of_a_tag_before_the_sound_counts_seven_bits_a_byte() -> None:
    assert id3_length(b"ID3\x04\0\0\0\0\x02\x01" + bytes(300)) == 10 + 257
    assert id3_length(b"ID3\x04") == 0
