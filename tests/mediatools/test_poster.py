from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mediatools.errors import ProgramFailed
from mediatools.poster import make_poster, poster_argv
from mediatools.probe import probe
from tests.mediatools.examples import COPY_SAFE, reading_words

Make = Callable[..., Path]


def poster_of(video: Path) -> Path:
    target = video.with_name("poster.jpg")
    make_poster(video, target, probe(video))
    return target


def size_of(picture: Path) -> str:
    argv = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", str(picture)]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()


def brightness_of(picture: Path) -> float:
    argv = ["ffmpeg", "-v", "error", "-i", str(picture), "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"]
    pixels = subprocess.run(argv, check=True, capture_output=True).stdout
    return sum(pixels) / len(pixels)


def test_the_command() -> None:
    assert poster_argv(Path("/m/video.mp4"), Path("/m/poster.jpg"), COPY_SAFE, skip_black=True) == [
        *("ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error"),
        *reading_words("mov"), "-t", "3", "-i", "file:/m/video.mp4",
        "-filter_complex",
        "[0:0]fps=5:eof_action=pass:start_time=0[s0];[s0]blackframe=amount=0[s1];"
        "[s1]metadata=select:function=less:key=lavfi.blackframe.pblack:value=95[s2];"
        "[s2]thumbnail=15[s3];[s3]scale=720:-2[s4]",
        *("-map", "[s4]", "-f", "mjpeg", "-frames:v", "1", "-map_metadata", "-1", "-pix_fmt", "yuvj420p"),
        *("-q:v", "3", "file:/m/poster.jpg", "-y"),
    ]  # fmt: skip


def test_a_recording_gets_a_picture_of_720_pixels(media_dir: Path, tmp_path: Path) -> None:
    source = media_dir / "chromium-mp4-avc1-opus.mp4"
    make_poster(source, tmp_path / "poster.jpg", probe(source))
    assert size_of(tmp_path / "poster.jpg").startswith("mjpeg,720,40")
    assert brightness_of(tmp_path / "poster.jpg") > 50


def test_it_is_not_black_when_the_video_fades_in(make: Make) -> None:
    fading = "color=white:s=64x48:d=3:r=30,fade=in:st=2:d=0.5"
    video = make("fading.mp4", "-f", "lavfi", "-i", fading, "-pix_fmt", "yuv420p")
    assert brightness_of(poster_of(video)) > 30


def test_a_black_video_has_a_black_picture(make: Make) -> None:
    video = make("black.mp4", "-f", "lavfi", "-i", "color=black:s=64x48:d=1:r=30", "-pix_fmt", "yuv420p")
    assert size_of(poster_of(video)) == "mjpeg,64,48"
    assert brightness_of(poster_of(video)) < 20


@pytest.mark.parametrize("duration_s", ["0.04", "0.5"])
def test_a_very_short_video_has_one_too(make: Make, duration_s: str) -> None:
    video = make("short.mp4", "-f", "lavfi", "-i", f"testsrc=s=64x48:d={duration_s}:r=30", "-pix_fmt", "yuv420p")
    assert size_of(poster_of(video)) == "mjpeg,64,48"


def test_a_percent_sign_in_the_name_is_no_pattern(make: Make, tmp_path: Path) -> None:
    video = make("video.mp4", "-f", "lavfi", "-i", "testsrc=s=64x48:d=0.5", "-pix_fmt", "yuv420p")
    make_poster(video, tmp_path / "100%03d.jpg", probe(video))
    assert (tmp_path / "100%03d.jpg").is_file()


def test_a_file_that_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "video.mp4").write_bytes(b"nothing")
    with pytest.raises(ProgramFailed):
        make_poster(tmp_path / "video.mp4", tmp_path / "poster.jpg", COPY_SAFE)
    assert sorted(tmp_path.glob("*.*")) == [tmp_path / "video.mp4"]
