from __future__ import annotations

import pytest

from mediatools import process
from mediatools.capabilities import parse_names, read_capabilities
from mediatools.process import Finished

CODECS = """\
Codecs:
 D..... = Decoding supported
 .E.... = Encoding supported
 -------
 DEV.LS h264                 H.264 / AVC (decoders: h264 h264_v4l2m2m ) (encoders: libx264 )
 .EVIL. a64_multi            Multicolor charset for Commodore 64
 DEA.L. aac                  AAC (Advanced Audio Coding) (decoders: aac aac_fixed )
"""
DEMUXERS = """\
File formats:
 D. = Demuxing supported
 .E = Muxing supported
 --
 D  matroska,webm   Matroska / WebM
 D  mov,mp4,m4a,3gp,3g2,mj2 QuickTime / MOV
"""


def test_it_reads_what_ffmpeg_lists() -> None:
    assert {"h264", "aac"} == parse_names(CODECS, with_flag="D") - {"="}
    assert {"matroska", "webm", "mov", "mp4"} < parse_names(DEMUXERS)


def test_the_installed_ffmpeg_has_everything() -> None:
    found = read_capabilities()

    assert found.missing == ()
    assert found.version[0].isdecimal()
    assert found.is_isolated is process.can_isolate()


def test_it_names_what_a_small_build_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    real = process.run
    left_out = {b"libx264", b"blackframe", b"hevc"}

    def of_a_small_build(argv: list[str], *, timeout_s: float) -> Finished:
        lines = real(argv, timeout_s=timeout_s).stdout.splitlines(keepends=True)
        return Finished(b"".join(line for line in lines if not left_out & set(line.split()[1:2])), "", 0)

    monkeypatch.setattr(process, "run", of_a_small_build)

    assert read_capabilities().missing == ("decoder for hevc", "encoder libx264", "filter blackframe")
