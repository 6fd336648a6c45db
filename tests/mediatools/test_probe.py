from __future__ import annotations

import json
import resource
import subprocess
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from mediatools.errors import UnplayableMedia
from mediatools.facts import MediaFacts, facts_from_json, facts_to_json
from mediatools.guards import FFPROBE_ADDRESS_SPACE_BYTES
from mediatools.listing import Listed, Listing, Timeline
from mediatools.prepare import prepare
from mediatools.probe import Limits, parse_probe, probe, probe_prepared
from mediatools.streams import parse_video
from tests.mediatools.examples import turned

Make = Callable[..., Path]
PICTURE = ("-f", "lavfi", "-i", "testsrc=s=64x48:d=2:r=30")
SOUND = ("-f", "lavfi", "-i", "sine=d=2")


def refusal_of(path: Path, **limits: int) -> str:
    with pytest.raises(UnplayableMedia) as caught:
        probe(path, limits=Limits(**limits))
    assert caught.value.message.endswith(".")
    assert str(path) not in caught.value.message
    return caught.value.code


@pytest.mark.parametrize(
    ("name", "container", "codec", "codec_string", "duration_ms"),
    [
        ("chromium-mp4-avc1-opus.mp4", "mp4", "h264", "avc1.42C020", 33_964),
        ("chromium-mp4-avc1-long-gop.mp4", "mp4", "h264", "avc1.42C020", 19_980),
        ("chromium-mp4-vp9-opus.mp4", "mp4", "vp9", None, 19_980),
        ("chromium-mkv-avc1-opus.webm", "matroska", "h264", "avc1.42C020", 19_989),
        ("chromium-webm-vp8-opus.webm", "matroska", "vp8", None, 16_212),
    ],
)
def test_recordings_of_browsers(  # noqa: PLR0913
    media_dir: Path, name: str, container: str, codec: str, codec_string: str | None, duration_ms: int
) -> None:
    facts = probe(media_dir / name)
    video, audio = facts.video, facts.audio
    assert (facts.container, video.codec, video.codec_string) == (container, codec, codec_string)
    assert facts.duration_ms == pytest.approx(duration_ms, abs=40)
    assert (video.width, video.height, video.rotation, video.frame_rate) == (1280, 720, 0, Fraction(30))
    assert audio is not None
    assert (audio.codec, audio.sample_rate, audio.channels) == ("opus", 48_000, 2)
    assert facts.constant_size is (codec == "h264")
    assert 2000 <= facts.longest_key_frame_gap_ms <= 3400
    assert facts.size_bytes == (media_dir / name).stat().st_size


@pytest.mark.parametrize("name", ["chromium-mp4-avc1-opus.mp4", "chromium-webm-vp8-opus.webm"])
def test_a_recording_that_was_cut_off_is_accepted_as_long_as_it_is(media_dir: Path, tmp_path: Path, name: str) -> None:
    whole = (media_dir / name).read_bytes()
    part = tmp_path / name
    part.write_bytes(whole[: len(whole) * 6 // 10])
    assert 0.5 < probe(part).duration_ms / probe(media_dir / name).duration_ms < 0.7


def test_a_webm_without_a_duration_is_measured(tmp_path: Path) -> None:
    coding = ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", "-f", "webm", "pipe:1"]
    streamed = subprocess.run(["ffmpeg", "-v", "error", *PICTURE, *SOUND, *coding], capture_output=True, check=True)
    path = tmp_path / "streamed.webm"
    path.write_bytes(streamed.stdout)
    assert probe(path).duration_ms == pytest.approx(2000, abs=40)


def test_a_turned_picture_is_described_as_it_is_shown(make: Make) -> None:
    wide = make("wide.mp4", *PICTURE, "-pix_fmt", "yuv420p")
    video = probe(turned(wide)).video
    assert (video.width, video.height, video.rotation) == (64, 48, 270)
    assert (video.display_width, video.display_height) == (48, 64)


def test_a_size_that_changes_is_noticed(make: Make) -> None:
    small = make("small.ts", *PICTURE, "-c:v", "libx264", "-pix_fmt", "yuv420p")
    large = make("large.ts", "-f", "lavfi", "-i", "testsrc=s=96x64:d=2:r=30", "-c:v", "libx264", "-pix_fmt", "yuv420p")
    both = small.with_name("both.ts")
    both.write_bytes(small.read_bytes() + large.read_bytes())
    changing = make("changing.mkv", "-i", str(both), "-c", "copy")
    assert probe(make("same.mp4", *PICTURE, "-pix_fmt", "yuv420p")).constant_size
    assert not probe(changing).constant_size


def test_key_frames_are_measured_to_the_end(make: Make) -> None:
    facts = probe(make("long-gop.mp4", *PICTURE, "-pix_fmt", "yuv420p", "-force_key_frames", "0.5"))
    assert facts.longest_key_frame_gap_ms == 1500


def test_frames_hidden_by_an_edit_list_are_noticed(make: Make) -> None:
    whole = make("whole.mp4", *PICTURE, "-pix_fmt", "yuv420p")
    assert not probe(whole).has_hidden_frames
    assert probe(make("trimmed.mp4", "-ss", "1.2", "-i", str(whole), "-c", "copy")).has_hidden_frames


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.mp4", b"This is a text that calls itself a video."),
        ("playlist.mp4", b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"),
        ("list.webm", b"ffconcat version 1.0\nfile '/etc/passwd'\n"),
        ("page.mp4", b"<!doctype html><title>404</title>"),
        ("picture.webp", b"RIFF\0\0\0\0WEBPVP8 "),
    ],
)
def test_what_is_not_a_video_is_refused_by_its_first_bytes(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal_of(tmp_path / name) == "not_a_video"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    assert refusal_of(tmp_path / "empty.mp4") == "empty_file"


def test_a_playlist_behind_a_forged_signature_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "forged.mp4"
    path.write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0\n#EXTM3U\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")
    assert refusal_of(path) == "damaged"


def test_a_picture_is_refused(make: Make) -> None:
    assert refusal_of(make("still.png", *PICTURE, "-frames:v", "1")) == "not_a_video"


def test_a_file_with_neither_picture_nor_sound_is_refused() -> None:
    with pytest.raises(UnplayableMedia) as caught:
        parse_video([{"index": 0, "codec_type": "subtitle", "codec_name": "mov_text"}], Limits())
    assert caught.value.code == "no_picture"


def test_a_decoder_that_is_not_on_the_list_is_never_opened(make: Make) -> None:
    assert refusal_of(make("magic.mkv", *PICTURE, "-c:v", "magicyuv")) == "unsupported_codec"


def test_a_picture_that_would_fill_the_memory_is_refused(make: Make) -> None:
    bomb = make("bomb.mp4", "-f", "lavfi", "-i", "color=s=8200x4400:d=0.04", "-c:v", "libx264", "-preset", "ultrafast")
    assert refusal_of(bomb) == "too_large_picture"


def test_a_video_over_the_limit_is_refused(make: Make) -> None:
    video = make("long.mp4", "-f", "lavfi", "-i", "testsrc=s=64x48:d=5:r=5", "-pix_fmt", "yuv420p")
    assert refusal_of(video, max_duration_ms=2_900) == "too_long"
    # A recorder that stops itself at its limit ends a little later.
    assert probe(video, limits=Limits(max_duration_ms=4_000)).duration_ms == 5000


def test_an_mp4_without_its_index_is_refused(make: Make) -> None:
    whole = make("whole.mp4", *PICTURE, "-pix_fmt", "yuv420p").read_bytes()
    part = make("part.mp4", *PICTURE, "-pix_fmt", "yuv420p")
    part.write_bytes(whole[: len(whole) // 2])
    assert refusal_of(part) == "damaged"


def test_a_picture_that_does_not_decode_is_refused(make: Make) -> None:
    path = make("noise.mkv", *PICTURE, "-c:v", "libvpx")
    good = path.read_bytes()
    start = good.index(bytes.fromhex("1F43B675")) + 40
    path.write_bytes(good[:start] + bytes([0xFF]) * 4 + bytes(len(good) - start - 4))
    assert refusal_of(path) == "damaged"


def parsed(streams: list[dict[str, object]], packets: list[dict[str, object]], **further: float) -> MediaFacts:
    """Facts from what ffprobe would say of these streams and packets."""
    timelines: dict[int, Timeline] = {}
    for packet in packets:
        timelines.setdefault(packet["stream_index"], Timeline()).add(packet)  # type: ignore[arg-type]
    listed = Listed(streams, timelines, **further)
    return parse_probe(container="mp4", size_bytes=1, listed=listed, frames=[{"width": 640, "height": 480}])


def video_stream(**changes: object) -> dict[str, object]:
    return {"index": 0, "codec_type": "video", "codec_name": "h264", "width": 640, "height": 480} | changes


@pytest.mark.parametrize(
    ("rate", "wanted"),
    [
        ("30/1", Fraction(30)),
        ("30000/1001", Fraction(30_000, 1001)),
        ("15/1", Fraction(15)),
        ("120/1", Fraction(60)),
        ("1000/1", Fraction(30)),
        ("90000/1", Fraction(30)),
        ("0/0", Fraction(30)),
        ("1/2", Fraction(30)),
    ],
)
def test_the_rate_to_render_at_is_sensible(rate: str, wanted: Fraction) -> None:
    assert parse_video([video_stream(r_frame_rate=rate)], Limits()).frame_rate == wanted


def test_a_phone_held_upright_says_so_with_a_matrix() -> None:
    video = parse_video([video_stream(side_data_list=[{}, {"rotation": -90}])], Limits())
    assert (video.rotation, video.display_width, video.display_height) == (90, 480, 640)


def test_a_webm_with_keys_beside_its_picture_is_encrypted() -> None:
    keys = [{"side_data_type": "Encryption initialization data"}]
    with pytest.raises(UnplayableMedia, match="encrypted"):
        parse_video([video_stream(side_data_list=keys)], Limits())


def test_absurd_pixels_count_as_square() -> None:
    video = parse_video([video_stream(sample_aspect_ratio="1:100000")], Limits())
    assert (video.display_width, video.display_height) == (640, 480)


def test_odd_pixels_are_stretched_for_showing() -> None:
    video = parse_video([video_stream(width=720, height=576, sample_aspect_ratio="16:11")], Limits())
    assert (video.width, video.display_width, video.display_height) == (720, 1047, 576)


def test_a_second_sound_is_taken_when_the_first_cannot_be_read() -> None:
    sounds = [
        {"index": 1, "codec_type": "audio", "codec_name": "apac", "sample_rate": "48000", "channels": 4},
        {"index": 2, "codec_type": "audio", "codec_name": "aac", "sample_rate": "44100", "channels": 2},
    ]
    packets: list[dict[str, object]] = [{"stream_index": 0, "pts_time": "0.0", "duration_time": "1.5", "flags": "K_"}]
    facts = parsed([video_stream(), *sounds], packets)
    assert facts.audio is not None
    assert (facts.audio.codec, facts.audio.index) == ("aac", 2)
    assert facts.duration_ms == 1500
    with pytest.raises(UnplayableMedia, match="apac"):
        parsed([video_stream(), sounds[0]], packets)


def test_times_are_counted_from_the_first_packet() -> None:
    packets: list[dict[str, object]] = [
        {"stream_index": 0, "pts_time": f"{1.4 + number / 10:.6f}", "flags": "K_" if number % 10 == 0 else "__"}
        for number in range(30)
    ]
    facts = parsed([video_stream()], packets)
    assert facts.duration_ms == 3000
    assert facts.longest_key_frame_gap_ms == 1000


def test_a_track_that_is_not_used_counts_for_the_length_as_ffmpeg_counts_it() -> None:
    packets: list[dict[str, object]] = [
        {"stream_index": 0, "pts_time": "140400.0", "duration_time": "1.0", "flags": "K_"}
    ]
    with pytest.raises(UnplayableMedia) as caught:
        parsed([video_stream()], packets, clock_start_s=0.0)
    assert caught.value.code == "too_long"


@pytest.mark.parametrize("tag", ["nan", "1e999", "a quarter", "90"])
def test_a_tag_about_turning_is_obeyed_no_more_than_by_ffmpeg(make: Make, tag: str) -> None:
    path = make("tagged.mkv", *PICTURE, "-pix_fmt", "yuv420p", "-metadata:s:v:0", f"rotatx={tag}")
    path.write_bytes(path.read_bytes().replace(b"ROTATX", b"rotate"))
    made = prepare(path, path.with_name("video.mp4"), probe(path))
    assert (probe(path).video.rotation, made.video.display_width, made.video.display_height) == (0, 64, 48)


def hidden_start(make: Make, name: str) -> Path:
    """One second of picture and sound 39 hours after a sound that nobody hears."""
    late = ("-itsoffset", "140400", *PICTURE, "-itsoffset", "140400", *SOUND)
    tracks = ("-map", "0:v", "-map", "1:a", "-map", "2:a", "-t", "140401", "-copyts")
    return make(name, *late, *SOUND, *tracks, "-pix_fmt", "yuv420p", "-c:a", "aac")


@pytest.mark.parametrize("name", ["late.mkv", "late.mp4"])
def test_a_small_file_of_39_hours_does_not_fill_the_memory_as_one_second(make: Make, name: str) -> None:
    path = hidden_start(make, name)
    assert path.stat().st_size < 500_000
    assert refusal_of(path) == "too_long"


def test_a_million_packets_in_a_few_megabytes_are_not_read_to_the_end(make: Make) -> None:
    path = make("short.mkv", *PICTURE, "-pix_fmt", "yuv420p", "-t", "0.5")
    simple_block = bytes.fromhex("A3 86 81 0000 80 0000")
    cluster = bytes.fromhex("E7 81 00") + simple_block * 1_000_000
    with path.open("ab") as file:
        file.write(bytes.fromhex("1F43B675 01") + len(cluster).to_bytes(7, "big") + cluster)
    tracemalloc.start()
    try:
        with pytest.raises(UnplayableMedia, match="far more pieces"):
            probe(path, limits=Limits(max_duration_ms=60_000))
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


# Where the tables of an MP4 say how many samples there are (ISO/IEC 14496-12, sections 8.6 and 8.7).
CLAIMS = ((b"stsz", 8, 1), (b"stsz", 12, 200_000_000), (b"stts", 12, 200_000_000), (b"stsc", 16, 200_000_000))


def test_an_index_that_claims_millions_of_samples_is_refused_within_bounds(make: Make) -> None:
    path = make("claims.mp4", *PICTURE, "-c:v", "mjpeg", "-t", "0.2")
    content = bytearray(path.read_bytes())
    for box, at, value in CLAIMS:
        start = content.index(box) + at
        content[start : start + 4] = value.to_bytes(4, "big")
    path.write_bytes(content)
    assert refusal_of(path) == "damaged"
    most_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert most_kib * 1024 < FFPROBE_ADDRESS_SPACE_BYTES


def test_a_file_that_speaks_of_itself_without_end_is_refused() -> None:
    listing = Listing(max_packets=10)
    with pytest.raises(UnplayableMedia, match="says about itself"):
        for _ in range(10):
            listing.take(b'"title": "' + bytes(1_000_000))


@pytest.mark.parametrize("name", ["chromium-mp4-avc1-opus.mp4", "chromium-mkv-avc1-opus.webm"])
def test_the_header_of_a_prepared_file_tells_what_its_packets_do(media_dir: Path, tmp_path: Path, name: str) -> None:
    source = media_dir / name
    target = tmp_path / "video.mp4"
    made = prepare(source, target, probe(source))
    seen = probe(target)
    assert made == replace(seen, longest_key_frame_gap_ms=0)
    assert facts_from_json(json.loads(json.dumps(facts_to_json(made)))) == made


def test_a_prepared_file_with_nothing_in_it_is_refused(make: Make) -> None:
    empty = make("empty.mp4", *PICTURE, "-pix_fmt", "yuv420p", "-frames:v", "0")
    with pytest.raises(UnplayableMedia):
        probe_prepared(empty)
