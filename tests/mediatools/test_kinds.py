"""Every kind of file that is taken, from its first byte to a package: what a person sees and hears of it."""

from __future__ import annotations

import shutil
import struct
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mediatools.errors import UnplayableMedia
from mediatools.facts import MediaFacts
from mediatools.hls import package
from mediatools.prepare import prepare
from mediatools.probe import probe
from tests.mediatools import pattern

Make = Callable[..., Path]
# Three bars: red, green, blue. As long as the sound.
BARS = "color=0xd02020:s=96x128:r=25:d=1[a];color=0x20d020:s=96x128:r=25[b];color=0x2020d0:s=96x128:r=25[c];"
PICTURE = ("-f", "lavfi", "-i", f"{BARS}[a][b][c]hstack=inputs=3:shortest=1")
SOUND = ("-f", "lavfi", "-i", "sine=d=1:r=48000")
H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")
QUIET = ("-x265-params", "log-level=none")
M2TS = ("-mpegts_m2ts_mode", "1", "-f", "mpegts")
COMMON = {
    "clip.ts": (*H264, "-c:a", "aac"),
    "divx.avi": ("-c:v", "mpeg4", "-c:a", "mp3"),
    "clip.flv": (*H264, "-c:a", "aac"),
    "old-phone.3gp": ("-c:v", "h263", "-s", "352x288", "-c:a", "aac"),
    "dvd.mpg": ("-c:v", "mpeg2video", "-c:a", "ac3", "-f", "vob"),
    "camcorder.mts": (*H264, "-c:a", "ac3", *M2TS),
}
OTHERS = {
    "broadcast.ts": ("-c:v", "mpeg2video", "-c:a", "mp2"),
    "uncompressed-sound.m2ts": (*H264, "-c:a", "pcm_bluray", *M2TS),
    "camera.avi": ("-c:v", "mjpeg", "-c:a", "pcm_u8"),
    "adpcm.avi": ("-c:v", "mjpeg", "-c:a", "adpcm_ms"),
    "camcorder-dv.avi": ("-c:v", "dvvideo", "-s", "720x576", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le"),
    "old.flv": ("-c:v", "flv1", "-c:a", "mp3", "-ar", "44100"),
    "video-cd.mpg": ("-c:v", "mpeg1video", "-c:a", "mp2", "-f", "mpeg"),
    "camera.mov": ("-c:v", "mjpeg", "-c:a", "pcm_s16be"),
    "adpcm.mov": ("-c:v", "mpeg4", "-c:a", "adpcm_ima_qt"),
    "editor.mov": ("-c:v", "prores_ks", "-c:a", "pcm_s24le"),
    "phone.mov": ("-c:v", "libx265", *QUIET, "-tag:v", "hvc1", "-pix_fmt", "yuv420p"),
}


def made_playable(source: Path) -> MediaFacts:
    target = source.with_name("video.mp4")
    facts = prepare(source, target, probe(source))
    package(target, source.with_name("package"), facts)
    return facts


def colours_of(video: Path) -> list[tuple[int, int, int]]:
    """The middles of the left, middle and right third of the frame at half a second."""
    words = ["-i", str(video), "-ss", "0.5", "-frames:v", "1", "-vf", "scale=3:1:flags=area"]
    argv = ["ffmpeg", "-v", "error", *words, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
    raw = subprocess.run(argv, check=True, capture_output=True, timeout=60).stdout
    return [(raw[at], raw[at + 1], raw[at + 2]) for at in (0, 3, 6)]


def loudness(video: Path) -> float:
    samples = pattern.read_sound(video)
    return max(abs(sample) for sample in samples[12_000:36_000])


def check_kind(make: Make, name: str, words: tuple[str, ...]) -> None:
    source = make(name, *PICTURE, *SOUND, *words)
    facts = made_playable(source)
    for packaged in (source.with_name("video.mp4"), source.with_name("package") / "stream.m3u8"):
        red, green, blue = colours_of(packaged)
        assert red == pytest.approx((208, 32, 32), abs=30)
        assert green == pytest.approx((32, 208, 32), abs=30)
        assert blue == pytest.approx((32, 32, 208), abs=30)
    assert facts.duration_ms == pytest.approx(1000, abs=60)
    assert facts.audio is not None
    assert 0.05 < loudness(source.with_name("video.mp4")) < 0.5


@pytest.mark.parametrize("name", COMMON)
def test_a_file_of_a_phone_camcorder_or_older_program_plays(make: Make, name: str) -> None:
    check_kind(make, name, COMMON[name])


@pytest.mark.media
@pytest.mark.parametrize("name", OTHERS)
def test_a_rarer_file_plays(make: Make, name: str) -> None:
    check_kind(make, name, OTHERS[name])


@pytest.mark.parametrize("name", ["song.mp3", "memo.m4a", "message.opus", "sound.wav", "sound.flac", "sound.aac"])
def test_sound_alone_gets_a_picture_of_its_waves(make: Make, name: str) -> None:
    source = make(name, *SOUND)
    facts = made_playable(source)
    assert probe(source).is_sound_alone
    assert (facts.video.codec, facts.video.width, facts.video.height) == ("h264", 720, 720)
    # Since ffmpeg 7 up to two frames of waves come after the sound; with AAC's last frame that is 80 ms here.
    assert facts.duration_ms == pytest.approx(1000, abs=83)
    assert loudness(source.with_name("video.mp4")) > 0.05
    frames = pattern.read_frames(source.with_name("video.mp4"))
    assert frames.times_s == pytest.approx([number / 25 for number in range(len(frames.times_s))], abs=0.001)
    assert len(frames.times_s) >= 24
    brightest = brightness(source.with_name("video.mp4"))
    assert max(brightest) > 110
    assert min(brightest) < 50


def brightness(video: Path) -> bytes:
    argv = ["ffmpeg", "-v", "error", "-ss", "0.5", "-i", str(video), "-frames:v", "1", "-f", "rawvideo"]
    return subprocess.run([*argv, "-pix_fmt", "gray", "pipe:1"], check=True, capture_output=True, timeout=60).stdout


def test_a_song_with_a_cover_and_a_long_tag_is_sound_alone(make: Make) -> None:
    cover = ("-map", "1:a", "-map", "0:v", "-frames:v", "1", "-c:v", "png")
    song = make("album.mp3", *PICTURE, *SOUND, *cover)
    assert song.read_bytes()[:3] == b"ID3"
    assert probe(song).is_sound_alone


def test_the_sound_of_old_phones_is_heard(tmp_path: Path, make: Make) -> None:
    # AMR (RFC 4867, section 5): frames of 20 ms at 12.2 kbit/s, whose header is 0x3C. Nothing here can encode them.
    memo = tmp_path / "memo.amr"
    memo.write_bytes(b"#!AMR\n" + (b"\x3c" + bytes(range(31))) * 50)
    assert made_playable(memo).duration_ms == pytest.approx(1000, abs=60)
    (tmp_path / "package").rename(tmp_path / "first")
    clip = make("clip.3gp", *PICTURE, "-i", str(memo), "-c:v", "h263", "-s", "352x288", "-c:a", "copy")
    assert probe(clip).audio is not None
    assert made_playable(clip).audio is not None


@pytest.mark.parametrize("coding", [("-c:v", "libx264", "-c:a", "aac"), ("-c:v", "libx265", "-tag:v", "hvc1", *QUIET)])
def test_an_encrypted_video_is_refused_with_that_word(make: Make, coding: tuple[str, ...]) -> None:
    key = ("-encryption_scheme", "cenc-aes-ctr", "-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb")
    words = (*coding, "-pix_fmt", "yuv420p", *key, "-encryption_kid", "a7e61c373e219033c21091fa607bf3b8")
    with pytest.raises(UnplayableMedia, match="encrypted") as caught:
        probe(make("shop.mp4", *PICTURE, *SOUND, *words))
    assert caught.value.code == "encrypted"


@pytest.mark.parametrize(
    ("channels", "rate"), [(9, 8000), (17, 8000), (64, 8000), (255, 8000), (1, 1), (1, 3999), (2, 800_000)]
)
def test_sound_that_cannot_be_mixed_is_refused_with_a_sentence(tmp_path: Path, channels: int, rate: int) -> None:
    sound = wav(tmp_path, channels, rate)
    with pytest.raises(UnplayableMedia, match=f"{channels} channels at {rate} Hz") as caught:
        probe(sound)
    assert caught.value.code == "unsupported_sound"


@pytest.mark.parametrize(
    ("channels", "rate"), [(3, 8000), (7, 8000), (16, 8000), (1, 4000), (8, 192_000), (1, 768_000)]
)
def test_sound_of_many_channels_or_few_or_many_samples_plays(tmp_path: Path, channels: int, rate: int) -> None:
    assert made_playable(wav(tmp_path, channels, rate)).audio is not None


def wav(folder: Path, channels: int, rate: int) -> Path:
    """Half a second, or a few samples, of silence (8 bits)."""
    data = b"\x80" * channels * max(rate // 2, 10)
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * channels, channels, 8)
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    path = folder / "sound.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", len(chunks)) + chunks)
    return path


def test_tracks_of_nothing_but_empty_boxes_keep_nobody_busy(tmp_path: Path) -> None:
    track = b"\0\0\0\x08free" * 100_000
    tracks = 40 * (struct.pack(">I4s", len(track) + 8, b"trak") + track)
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0" + struct.pack(">I4s", len(tracks) + 8, b"moov") + tracks)
    began = time.process_time()
    with pytest.raises(UnplayableMedia, match="more pieces") as caught:
        probe(film)
    assert caught.value.code == "damaged"
    assert time.process_time() - began < 5


def test_a_picture_of_one_pixel_is_shown_larger(make: Make) -> None:
    dot = make("dot.mkv", *PICTURE, *SOUND, "-vf", "crop=90:90:0:0,scale=1:1", "-c:v", "mjpeg", "-pix_fmt", "yuvj444p")
    facts = made_playable(dot)
    assert (facts.video.width, facts.video.height) == (16, 16)
    assert colours_of(dot.with_name("video.mp4"))[1] == pytest.approx((208, 32, 32), abs=30)


@pytest.mark.media
def test_8k_is_scaled_down(make: Make) -> None:
    large = ("-f", "lavfi", "-i", "color=0x20d020:s=7680x4320:r=10:d=0.8", *H264, "-preset", "ultrafast")
    source = make("large.mp4", *large)
    facts = made_playable(source)
    assert (facts.video.width, facts.video.height) == (1920, 1080)
    assert colours_of(source.with_name("video.mp4"))[1] == pytest.approx((32, 208, 32), abs=20)


def test_five_frames_with_long_times_do_not_become_thousands(make: Make) -> None:
    few = make("few.mkv", "-f", "lavfi", "-i", "testsrc=s=96x64:r=1/24:d=120", "-c:v", "mjpeg")
    facts = probe(few)
    assert facts.video.frame_rate == 5
    result = prepare(few, few.with_name("video.mp4"), facts)
    assert len(pattern.read_frames(few.with_name("video.mp4")).times_s) <= 5 * 121
    assert result.duration_ms == pytest.approx(120_000, abs=500)


def test_no_more_frames_are_made_than_the_length_has(make: Make) -> None:
    source = make("clip.avi", *PICTURE, *SOUND, "-c:v", "mpeg4")
    facts = replace(probe(source), duration_ms=-600)
    prepare(source, source.with_name("video.mp4"), facts)
    assert len(pattern.read_frames(source.with_name("video.mp4")).times_s) == 10


def hdr(make: Make, transfer: str, grey: int, *coding: str) -> Path:
    """A grey picture at a signal value of 10 bits (ITU-R BT.2100), marked with its transfer function."""
    picture = f"color=s=96x64:r=25:d=0.8,format=yuv420p10le,geq=lum={grey}:cb=512:cr=512"
    picture += f",setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc"
    marks = ("-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc")
    return make("hdr.mkv", "-f", "lavfi", "-i", picture, *coding, *marks)


@pytest.mark.parametrize(
    ("transfer", "white", "middle"),
    # ITU-R BT.2408: reference white, 203 cd/m2, is 58 % of the signal of PQ and 75 % of that of HLG.
    [("smpte2084", 572, 449), ("arib-std-b67", 721, 502)],
)
def test_hdr_is_as_bright_as_everything_else(make: Make, transfer: str, white: int, middle: int) -> None:
    coding = ("-c:v", "libx265", *QUIET)
    for signal, wanted in ((white, 214), (middle, 142)):
        source = hdr(make, transfer, signal, *coding)
        assert probe(source).video.is_hdr
        facts = made_playable(source)
        assert not facts.video.is_hdr
        assert colours_of(source.with_name("video.mp4"))[1] == pytest.approx((wanted,) * 3, abs=6)
        shutil.rmtree(source.with_name("package"))


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_the_colours_of_hdr_are_those_of_the_scene(make: Make, transfer: str) -> None:
    to_hdr = "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p,"
    to_hdr += "zscale=tin=bt709:pin=bt709:min=709:rin=tv:t=linear:p=709:npl=203,format=gbrpf32le,zscale=p=2020,"
    to_hdr += f"zscale=t={transfer}:m=2020_ncl:r=tv:npl=203,format=yuv420p10le"
    marks = ("-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc")
    source = make("hdr.mp4", *PICTURE, "-vf", to_hdr, "-c:v", "libx265", *QUIET, "-tag:v", "hvc1", *marks)
    made_playable(source)
    red, green, blue = colours_of(source.with_name("video.mp4"))
    assert red == pytest.approx((208, 32, 32), abs=20)
    assert green == pytest.approx((32, 208, 32), abs=20)
    assert blue == pytest.approx((32, 32, 208), abs=20)
