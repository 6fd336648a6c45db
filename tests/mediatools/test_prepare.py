from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from mediatools import process
from mediatools.encoding import timeout_s
from mediatools.errors import ProgramFailed, UnplayableMedia
from mediatools.facts import AudioStream, MediaFacts
from mediatools.prepare import can_copy_picture, prepare, prepare_argv
from mediatools.probe import Limits, probe
from mediatools.process import Finished
from tests.mediatools import pattern
from tests.mediatools.examples import COPY_SAFE, facts_of, reading_words, turned

Make = Callable[..., Path]
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8")
START = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error"]


def prepared(source: Path, name: str = "video.mp4") -> tuple[Path, MediaFacts]:
    target = source.with_name(name)
    return target, prepare(source, target, probe(source))


def box_names(path: Path) -> list[str]:
    content, names, offset = path.read_bytes(), [], 0
    while offset < len(content):
        names.append(content[offset + 4 : offset + 8].decode("latin-1"))
        offset += int.from_bytes(content[offset : offset + 4], "big") or len(content)
    return names


def test_a_safe_picture_is_copied() -> None:
    assert can_copy_picture(COPY_SAFE)
    assert can_copy_picture(facts_of(width=1080, height=1920))


@pytest.mark.parametrize(
    "changes",
    [
        {"codec": "vp8"},
        {"pixel_format": "yuv420p10le"},
        {"pixel_format": "yuv444p"},
        {"rotation": 90},
        {"width": 2560, "height": 1440},
        {"width": 8, "height": 8},
        {"transfer": "smpte2084"},
        {"transfer": "arib-std-b67"},
        {"is_interlaced": True},
        {"constant_size": False},
        {"has_hidden_frames": True},
        {"longest_key_frame_gap_ms": 4001},
    ],
)
def test_any_other_picture_is_encoded(changes: dict[str, Any]) -> None:
    assert not can_copy_picture(facts_of(**changes))


def test_the_command_that_copies() -> None:
    assert prepare_argv(Path("/m/original.mp4"), Path("/m/video.mp4"), COPY_SAFE) == [
        *START, *reading_words("mov"), "-i", "file:/m/original.mp4",
        "-filter_complex", "[0:1]aresample=48000:async=1:first_pts=0:min_hard_comp=0.03[s0]",
        *("-map", "0:0", "-map", "[s0]", "-f", "mp4", "-ac", "2", "-ar", "48000", "-b:a", "128k", "-c:a", "aac"),
        *("-c:v", "copy", "-map_chapters", "-1", "-map_metadata", "-1", "-movflags", "+faststart", "-t", "35.000"),
        *("file:/m/video.mp4", "-y"),
    ]  # fmt: skip


def test_the_command_that_encodes() -> None:
    facts = facts_of(
        codec="vp8", container="matroska", constant_size=False, display_width=3840, display_height=2160,
        frame_rate=Fraction(30_000, 1001), audio=AudioStream("opus", 48_000, 1, index=2), index=1,
    )  # fmt: skip
    scaling = r"max(2\,min(1920\,round(1080*dar/2)*2)):max(2\,min(1080\,round(1920/dar/2)*2))"
    assert prepare_argv(Path("/m/original.webm"), Path("/m/video.mp4"), facts) == [
        *START, *reading_words("matroska"), "-i", "file:/m/original.webm",
        "-filter_complex",
        f"[0:1]scale={scaling}[s0];[s0]pad=1920:1080:-1:-1[s1];[s1]setsar=1[s2];"
        "[s2]fps=30000/1001:start_time=0[s3];"
        "[0:2]aresample=48000:async=1:first_pts=0:min_hard_comp=0.03[s4]",
        *("-map", "[s3]", "-map", "[s4]", "-f", "mp4", "-ac", "1", "-ar", "48000", "-b:a", "128k", "-bf", "0"),
        *("-c:a", "aac", "-c:v", "libx264", "-crf", "21", "-force_key_frames", "expr:gte(t,n_forced*2)"),
        *("-fps_mode", "cfr", "-map_chapters", "-1", "-map_metadata", "-1"),
        *("-movflags", "+faststart"),
        *("-pix_fmt", "yuv420p", "-preset", "veryfast", "-r", "30000/1001", "-sc_threshold", "0", "-t", "35.000"),
        *("file:/m/video.mp4", "-y"),
    ]  # fmt: skip


def test_a_browsers_h264_is_copied_in_about_a_second(media_dir: Path, tmp_path: Path) -> None:
    source, target = media_dir / "chromium-mp4-avc1-opus.mp4", tmp_path / "video.mp4"
    seen: list[int] = []
    before = probe(source)
    after = prepare(source, target, before, on_progress=seen.append)
    assert after == replace(probe(target), longest_key_frame_gap_ms=0)
    assert (after.container, after.video) == ("mp4", before.video)
    assert after.audio == AudioStream("aac", 48_000, 2)
    assert after.duration_ms == pytest.approx(before.duration_ms, abs=40)
    assert box_names(target)[:2] == ["ftyp", "moov"]
    assert seen == sorted(seen)
    assert seen[-1] == 100


def test_h264_in_matroska_is_copied(media_dir: Path, tmp_path: Path) -> None:
    source, target = media_dir / "chromium-mkv-avc1-opus.webm", tmp_path / "video.mp4"
    after = prepare(source, target, probe(source))
    assert after.video.codec_string == "avc1.42C020"
    assert probe(target).longest_key_frame_gap_ms == pytest.approx(2034, abs=2)


@pytest.mark.media
@pytest.mark.parametrize("name", ["chromium-webm-vp8-opus.webm", "chromium-mp4-vp9-opus.mp4"])
def test_other_pictures_of_browsers_are_encoded(media_dir: Path, tmp_path: Path, name: str) -> None:
    before = probe(media_dir / name)
    after = prepare(media_dir / name, tmp_path / "video.mp4", before)
    assert (after.video.codec, after.video.width, after.video.height) == ("h264", 1280, 720)
    assert after.duration_ms == pytest.approx(before.duration_ms, abs=60)
    assert after.longest_key_frame_gap_ms <= 2034
    assert can_copy_picture(after)


@pytest.mark.parametrize("coding", [VP8, ("-c:v", "libx264", "-bf", "0", "-g", "1000")])
def test_encoding_keeps_times_of_a_variable_rate(tmp_path: Path, make: Make, coding: tuple[str, ...]) -> None:
    pattern.record(tmp_path / "original.mp4", frame_rate=Fraction(30), frames=pattern.SOME_FRAMES, duration_s=10)
    streamed = make("original.mkv", "-i", str(tmp_path / "original.mp4"), "-fps_mode", "passthrough", *coding)
    target, facts = prepared(streamed)
    original, result = pattern.read_frames(streamed), pattern.read_frames(target)
    assert facts.duration_ms == pytest.approx(10_000, abs=40)
    assert len(result.times_s) == pytest.approx(300, abs=1)
    for time_s, number in zip(original.times_s, original.numbers, strict=True):
        assert result.at(time_s + 0.001) == number or result.at(time_s + 0.034) == number
    assert pattern.beep_times_s(target) == pytest.approx(range(10), abs=0.005)


@pytest.mark.parametrize(
    ("copied", "picture_late_s", "sound_late_s"),
    [(True, 0.0, 0.5), (False, 0.0, 0.5), (True, 0.5, 0.0), (False, 3.2, 3.0)],
)
def test_streams_that_start_late_stay_together_and_begin_at_0(
    tmp_path: Path, make: Make, copied: bool, picture_late_s: float, sound_late_s: float
) -> None:
    pattern.record(tmp_path / "both.mp4", frame_rate=Fraction(30), duration_s=4)
    both = str(tmp_path / "both.mp4")
    offsets = ("-itsoffset", str(picture_late_s), "-i", both, "-itsoffset", str(sound_late_s), "-i", both)
    coding = ("-c:v", "copy") if copied else VP8
    late = make("late.mkv", *offsets, "-map", "0:v", "-map", "1:a", *coding, "-c:a", "libopus", "-copyts")
    target, facts = prepared(late)
    first_s = min(picture_late_s, sound_late_s)
    frames = pattern.read_frames(target)
    assert frames.times_s[frames.numbers.index(30)] == pytest.approx(picture_late_s - first_s + 1, abs=0.035)
    assert pattern.beep_times_s(target)[1] == pytest.approx(sound_late_s - first_s + 1, abs=0.012)
    assert facts.duration_ms == pytest.approx(4000 + abs(picture_late_s - sound_late_s) * 1000, abs=60)


def test_holes_in_the_sound_are_filled(make: Make) -> None:
    beeps = "aevalsrc='0.7*sin(2*PI*1000*t)*lt(mod(t,1),0.04)':s=48000:d=6,aselect='not(between(t,2.2,2.7))'"
    video = make("holes.mkv", "-f", "lavfi", "-i", "testsrc=s=64x48:d=6", "-f", "lavfi", "-i", beeps)
    target, _ = prepared(video)
    assert pattern.beep_times_s(target) == pytest.approx(range(6), abs=0.035)


def test_a_turned_picture_is_set_upright(make: Make) -> None:
    wide = make("wide.mp4", "-f", "lavfi", "-i", "testsrc=s=64x48:d=1", "-pix_fmt", "yuv420p")
    _, facts = prepared(turned(wide))
    assert (facts.video.width, facts.video.height, facts.video.rotation) == (48, 64, 0)


def test_a_widescreen_dvd_is_not_squeezed(make: Make) -> None:
    wide = ("-f", "lavfi", "-i", "color=red:s=720x576:r=25:d=0.4", "-vf", "setsar=64/45", "-c:v", "mpeg2video")
    target, facts = prepared(make("dvd.mpg", *wide))
    assert (facts.video.display_width, facts.video.display_height) == (1024, 576)
    edge = ["ffmpeg", "-v", "error", "-i", str(target), "-frames:v", "1", "-vf", "crop=8:8:0:284,scale=1:1"]
    raw = subprocess.run([*edge, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True, check=True).stdout
    assert raw[0] > 200


def test_a_size_that_changes_is_fitted_into_the_first(make: Make) -> None:
    coding = ("-c:v", "libx264", "-pix_fmt", "yuv420p")
    small = make("small.ts", "-f", "lavfi", "-i", "testsrc=s=96x64:d=2:r=30", *coding)
    large = make("large.ts", "-f", "lavfi", "-i", "testsrc=s=64x96:d=2:r=30", *coding)
    both = small.with_name("both.ts")
    both.write_bytes(small.read_bytes() + large.read_bytes())
    changing = make("changing.mkv", "-i", str(both), "-c", "copy")
    _, facts = prepared(changing)
    assert facts.constant_size
    assert (facts.video.width, facts.video.height) == (96, 64)
    assert facts.duration_ms == pytest.approx(probe(changing).duration_ms, abs=70)


def test_odd_and_large_sizes_become_even_and_fit(make: Make) -> None:
    odd = make("odd.webm", "-f", "lavfi", "-i", "testsrc=s=63x47:d=1", *VP8)
    _, facts = prepared(odd)
    assert (facts.video.width, facts.video.height) == (62, 46)
    large = make("large.mp4", "-f", "lavfi", "-i", "color=s=1200x2400:d=0.04", "-c:v", "mpeg4")
    _, facts = prepared(large, "fitted.mp4")
    assert (facts.video.width, facts.video.height) == (960, 1920)


def test_nothing_tells_where_it_was_recorded(make: Make) -> None:
    secrets = (
        "-metadata",
        "location=+52.1+004.3/",
        "-metadata",
        "title=secret",
        "-metadata:s:v:0",
        "handler_name=secret",
    )
    picture = ("-f", "lavfi", "-i", "testsrc=s=64x48:d=1", "-f", "lavfi", "-i", "sine=d=1", "-pix_fmt", "yuv420p")
    tagged = make("tagged.mp4", *picture, *secrets, "-movflags", "+use_metadata_tags")
    assert b"secret" in tagged.read_bytes()
    target, _ = prepared(tagged)
    content = target.read_bytes()
    assert b"secret" not in content
    assert b"+52.1" not in content


def test_a_source_that_was_accepted_is_not_refused_for_its_length_later(make: Make) -> None:
    source = make("long.mp4", "-f", "lavfi", "-i", "testsrc=s=64x48:d=660:r=1", "-pix_fmt", "yuv420p", "-g", "2")
    facts = probe(source, limits=Limits(max_duration_ms=700_000))
    assert prepare(source, source.with_name("video.mp4"), facts).duration_ms == 660_000


def test_a_silent_video_stays_silent(make: Make) -> None:
    _, facts = prepared(make("silent.mp4", "-f", "lavfi", "-i", "testsrc=s=64x48:d=1", "-pix_fmt", "yuv420p"))
    assert facts.audio is None


def test_a_picture_that_needs_too_much_memory_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_memory(*_arguments: object, **_options: object) -> Finished:
        raise ProgramFailed("ffmpeg could not do its work.", stderr_tail="Error: Cannot allocate memory")

    monkeypatch.setattr(process, "run", without_memory)
    with pytest.raises(UnplayableMedia, match="too large") as caught:
        prepare(tmp_path / "original.mp4", tmp_path / "video.mp4", facts_of(width=7680, height=4320))
    assert caught.value.code == "too_large_picture"


def test_ten_minutes_do_not_keep_a_worker_for_hours() -> None:
    assert timeout_s(600_000) <= 3_700
    assert timeout_s(600_000) < timeout_s(600_000, is_hdr=True) <= 9_100


def test_a_failure_leaves_the_old_result_alone(tmp_path: Path) -> None:
    source, target = tmp_path / "original.mp4", tmp_path / "video.mp4"
    source.write_bytes(b"\0\0\0\x18ftypisom")
    target.write_bytes(b"the old one")
    with pytest.raises(ProgramFailed) as caught:
        prepare(source, target, COPY_SAFE)
    assert caught.value.stderr_tail
    assert target.read_bytes() == b"the old one"
    assert sorted(tmp_path.glob("*.*")) == [source, target]


def test_a_cut_off_recording_is_prepared(media_dir: Path, tmp_path: Path) -> None:
    whole = (media_dir / "chromium-mp4-avc1-opus.mp4").read_bytes()
    part = tmp_path / "part.mp4"
    part.write_bytes(whole[: len(whole) * 6 // 10])
    target, facts = prepared(part)
    assert facts.duration_ms == pytest.approx(20_280, abs=40)
    decoding = ["ffmpeg", "-v", "error", "-xerror", "-i", str(target), "-f", "null", "-"]
    assert subprocess.run(decoding, capture_output=True, check=True).stderr == b""
