from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import m3u8
import pytest

from mediatools.errors import BadPackage, MediaError, ProgramCancelled
from mediatools.hls import check_package, describe_rendition, package, package_argv
from mediatools.playlist import (
    MediaPlaylist,
    Rendition,
    Segment,
    master_playlist,
    media_playlist,
    parse_media_playlist,
    peak_bandwidth,
)
from mediatools.prepare import prepare
from mediatools.probe import probe
from tests.mediatools import pattern
from tests.mediatools.examples import COPY_SAFE, facts_of, reading_words

Make = Callable[..., Path]
PLAYLIST = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="init.mp4"
#EXTINF:2.030733,
seg_00000.m4s
#EXTINF:1.500000,
seg_00001.m4s
#EXT-X-ENDLIST
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A package as small as can be: 2.03 s of 1000 bytes and 1.5 s of 3000."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "stream.m3u8").write_text(PLAYLIST)
    for name, size_bytes in (("init.mp4", 100), ("seg_00000.m4s", 1000), ("seg_00001.m4s", 3000)):
        (folder / name).write_bytes(bytes(size_bytes))
    return folder


def test_the_command() -> None:
    assert package_argv(Path("/m/video.mp4"), Path("/h/new")) == [
        *("ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error"),
        *reading_words("mov"),
        *("-i", "file:/m/video.mp4", "-f", "hls", "-avoid_negative_ts", "disabled", "-c", "copy"),
        *("-hls_flags", "independent_segments", "-hls_fmp4_init_filename", "init.mp4", "-hls_playlist_type", "vod"),
        *(
            "-hls_segment_filename",
            "file:/h/new/seg_%05d.m4s",
            "-hls_segment_type",
            "fmp4",
            "-hls_time",
            "1.9",
            "-map",
            "0",
        ),
        *("file:/h/new/stream.m3u8", "-y"),
    ]


def test_a_browsers_recording_becomes_segments_of_two_seconds(media_dir: Path, tmp_path: Path) -> None:
    source = media_dir / "chromium-mp4-avc1-opus.mp4"
    facts = prepare(source, tmp_path / "video.mp4", probe(source))
    folder = tmp_path / "package"
    package(tmp_path / "video.mp4", folder, COPY_SAFE)
    playlist = m3u8.load(str(folder / "stream.m3u8"))
    assert (playlist.playlist_type, playlist.is_endlist, playlist.is_independent_segments) == ("vod", True, True)
    assert len(playlist.segments) == 17
    assert all(1.9 <= segment.duration <= 2.1 for segment in playlist.segments[:-1])
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["init.mp4", "stream.m3u8", *(f"seg_{number:05d}.m4s" for number in range(17))]
    )
    rendition = describe_rendition(folder, "v/stream.m3u8", facts)
    assert rendition.codecs == "avc1.42C020,mp4a.40.2"
    assert 1_300_000 < rendition.average_bandwidth < rendition.bandwidth < 1_500_000


def test_the_picture_begins_at_0_and_the_sound_with_it(tmp_path: Path) -> None:
    source = tmp_path / "source.mp4"
    pattern.record(source, frame_rate=Fraction(30), duration_s=5)
    prepare(source, tmp_path / "video.mp4", probe(source))
    package(tmp_path / "video.mp4", tmp_path / "package", COPY_SAFE)
    playlist = tmp_path / "package" / "stream.m3u8"
    frames = pattern.read_frames(playlist)
    assert frames.times_s[0] == 0.0
    assert frames.numbers == list(range(150))
    assert pattern.beep_times_s(playlist) == pytest.approx(range(5), abs=0.005)


def test_players_made_of_ffmpeg_see_each_stream_once_and_the_length(tmp_path: Path, make: Make) -> None:
    sources = ("-f", "lavfi", "-i", "testsrc=s=64x48:d=3", "-f", "lavfi", "-i", "sine=d=3")
    source = make("source.mp4", *sources, "-pix_fmt", "yuv420p", "-shortest")
    facts = prepare(source, tmp_path / "video.mp4", probe(source))
    package(tmp_path / "video.mp4", tmp_path / "package", facts)
    master = tmp_path / "master.m3u8"
    master.write_text(master_playlist([describe_rendition(tmp_path / "package", "package/stream.m3u8", facts)]))
    argv = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_type:format=duration", "-of", "json", str(master)]
    seen = json.loads(subprocess.run(argv, check=True, capture_output=True).stdout)
    assert [stream["codec_type"] for stream in seen["streams"]] == ["video", "audio"]
    assert float(seen["format"]["duration"]) == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize("later_frames", ["0", "2"])
def test_the_playlist_is_as_long_as_the_video(tmp_path: Path, make: Make, later_frames: str) -> None:
    sources = ("-f", "lavfi", "-i", "testsrc=s=64x48:r=30:d=1", "-f", "lavfi", "-i", "sine=d=1", "-c:a", "libopus")
    source = make("source.mkv", *sources, "-c:v", "libx264", "-bf", later_frames, "-pix_fmt", "yuv420p")
    facts = prepare(source, tmp_path / "video.mp4", probe(source))
    package(tmp_path / "video.mp4", tmp_path / "package", facts)
    playlist = m3u8.load(str(tmp_path / "package" / "stream.m3u8"))
    assert sum(segment.duration for segment in playlist.segments) * 1000 == pytest.approx(facts.duration_ms, abs=25)
    assert playlist.target_duration == 1


def test_a_folder_that_exists_is_left_alone(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        package(tmp_path / "video.mp4", folder, COPY_SAFE)
    assert (folder / "stream.m3u8").read_text() == PLAYLIST


def test_packaging_can_be_cancelled(media_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(ProgramCancelled):
        package(media_dir / "chromium-mp4-avc1-opus.mp4", tmp_path / "package", COPY_SAFE, cancelled=lambda: True)


def test_a_whole_package_passes(folder: Path) -> None:
    check_package(folder)


@pytest.mark.parametrize("name", ["init.mp4", "seg_00001.m4s"])
def test_a_missing_or_empty_file_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"")
    with pytest.raises(BadPackage, match=name):
        check_package(folder)
    (folder / name).unlink()
    with pytest.raises(BadPackage, match=name):
        check_package(folder)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (PLAYLIST.replace("#EXT-X-ENDLIST\n", ""), "has no end"),
        ("#EXTM3U\n#EXT-X-ENDLIST\n", "names no segments"),
        ("", "has no end"),
    ],
)
def test_an_unfinished_playlist_is_refused(folder: Path, text: str, sentence: str) -> None:
    (folder / "stream.m3u8").write_text(text)
    with pytest.raises(BadPackage, match=sentence):
        check_package(folder)


def test_a_folder_without_a_playlist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPackage, match="was not written"):
        check_package(tmp_path)


def test_bandwidth_is_measured_from_the_segments(folder: Path) -> None:
    assert describe_rendition(folder, "v/stream.m3u8", COPY_SAFE) == Rendition(
        uri="v/stream.m3u8",
        bandwidth=16_000,
        average_bandwidth=round(4000 * 8 / 3.530733),
        width=1280,
        height=720,
        frame_rate=Fraction(30),
        codecs="avc1.42C01F,mp4a.40.2",
    )


def test_a_silent_video_names_no_sound_codec(folder: Path) -> None:
    assert describe_rendition(folder, "x", facts_of(audio=None)).codecs == "avc1.42C01F"


def test_a_video_that_was_not_prepared_cannot_be_described(folder: Path) -> None:
    with pytest.raises(MediaError, match="was not prepared"):
        describe_rendition(folder, "x", facts_of(codec_string=None))


def test_short_ends_do_not_count_as_a_peak() -> None:
    # The last tenth of a second is dense, but RFC 8216 looks at half a target duration and more.
    assert peak_bandwidth([2000, 2000, 1000], [2.0, 2.0, 0.1], 2) == round(3000 * 8 / 2.1)
    assert peak_bandwidth([500], [0.3], 2) == round(500 * 8 / 0.3)


def test_the_peak_is_sought_in_runs_of_half_to_one_and_a_half_target_durations() -> None:
    assert peak_bandwidth([1000, 900, 100], [1.0, 0.99, 4.0], 2) == round(1000 * 8 / 1.0), "half a target is enough"
    assert peak_bandwidth([10, 900, 10], [4.0, 0.99, 4.0], 2) == round(920 * 8 / 8.99), "less than half is not"
    assert peak_bandwidth([100, 900, 10], [2.25, 0.75, 9.0], 2) == round(1000 * 8 / 3.0), "one and a half still counts"
    assert peak_bandwidth([100, 900, 10], [2.5, 0.75, 9.0], 2) == round(1010 * 8 / 12.25), "more does not"


def test_a_media_playlist_is_read() -> None:
    assert parse_media_playlist(PLAYLIST) == MediaPlaylist(
        target_duration_s=2,
        init_uri="init.mp4",
        segments=(Segment("seg_00000.m4s", 2.030733), Segment("seg_00001.m4s", 1.5)),
        is_complete=True,
    )


def test_the_media_playlist() -> None:
    segments = (Segment("seg_00000.m4s", 2.030733), Segment("seg_00001.m4s", 0.3))
    text = media_playlist("init.mp4", segments)
    assert parse_media_playlist(text) == MediaPlaylist(2, "init.mp4", segments, is_complete=True)
    assert text.splitlines()[:2] == ["#EXTM3U", "#EXT-X-VERSION:7"]
    # No segment may be longer than this when rounded, and 0 would divide by nothing in some players.
    assert parse_media_playlist(media_playlist("init.mp4", segments[1:])).target_duration_s == 1
    assert parse_media_playlist(media_playlist("init.mp4", [Segment("a", 2.5)])).target_duration_s == 3


def test_the_master_playlist() -> None:
    high = Rendition("1/720.m3u8", 2_800_000, 2_500_000, 1280, 720, Fraction(30_000, 1001), "avc1.64001F,mp4a.40.2")
    low = Rendition("1/360.m3u8", 700_000, 650_000, 640, 360, Fraction(30), "avc1.42C01F")
    assert master_playlist([high, low]) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:7\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-STREAM-INF:BANDWIDTH=2800000,AVERAGE-BANDWIDTH=2500000,CODECS="avc1.64001F,mp4a.40.2",'
        "RESOLUTION=1280x720,FRAME-RATE=29.970,CLOSED-CAPTIONS=NONE\n"
        "1/720.m3u8\n"
        '#EXT-X-STREAM-INF:BANDWIDTH=700000,AVERAGE-BANDWIDTH=650000,CODECS="avc1.42C01F",'
        "RESOLUTION=640x360,FRAME-RATE=30.000,CLOSED-CAPTIONS=NONE\n"
        "1/360.m3u8\n"
    )
    read = m3u8.loads(master_playlist([high, low]))
    assert [variant.stream_info.resolution for variant in read.playlists] == [(1280, 720), (640, 360)]
