"""Cuts are measured in the rendered file: frame numbers in the picture, beeps in the sound."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import pytest

from mediatools.cut import cut_argv, render_cut
from mediatools.cut_layout import Piece, Run
from mediatools.errors import ProgramCancelled
from mediatools.facts import AudioStream, MediaFacts
from mediatools.hls import package
from mediatools.probe import probe
from tests.mediatools import pattern
from tests.mediatools.examples import facts_of, reading_words

CUT_FILTERS = [
    # the picture of the first run, the picture of the second, and both joined
    "fps=30/1:start_time=0", "tpad=stop=-1:stop_mode=clone", "trim=end_frame=273",
    "select=between(n\\,60\\,272)", "scale=1280:720", "setsar=1",
    "fps=30/1:start_time=0", "tpad=stop=-1:stop_mode=clone", "trim=end_frame=301",
    "select=(between(n\\,60\\,89)+between(n\\,120\\,300))", "scale=1280:720", "setsar=1",
    "[s11]concat=a=0:n=2:v=1", "setpts=N*1/30/TB",
    # the sound of the first run's one piece, then of the second run's two, then all joined
    "aresample=48000:async=1:first_pts=0:min_hard_comp=0.03", "asplit=1",
    "atrim=end_sample=436800:start_sample=96000", "asetpts=PTS-STARTPTS", "apad=whole_len=340800",
    "afade=nb_samples=384:start_sample=0:type=in", "afade=nb_samples=384:start_sample=340416:type=out",
    "aresample=48000:async=1:first_pts=0:min_hard_comp=0.03", "asplit=2[s22]",
    "atrim=end_sample=144000:start_sample=96000", "asetpts=PTS-STARTPTS", "apad=whole_len=48000",
    "afade=nb_samples=384:start_sample=0:type=in", "afade=nb_samples=384:start_sample=47616:type=out",
    "atrim=end_sample=482400:start_sample=192000", "asetpts=PTS-STARTPTS", "apad=whole_len=290400",
    "afade=nb_samples=384:start_sample=0:type=in", "afade=nb_samples=384:start_sample=290016:type=out",
    "[s28][s33]concat=a=1:n=3:v=0",
]  # fmt: skip
NTSC = Fraction(30_000, 1001)
KEEP_MS = [(1_240, 3_777), (4_113, 5_500), (9_111, 12_345), (15_000, 16_001), (18_050, 19_990)]


@pytest.fixture(scope="module", params=["constant rate", "NTSC rate", "variable rate"])
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cut") / "source.mp4"
    rate = NTSC if request.param == "NTSC rate" else Fraction(30)
    frames = pattern.SOME_FRAMES if request.param == "variable rate" else pattern.ALL_FRAMES
    pattern.record(path, frame_rate=rate, frames=frames)
    return path


@pytest.fixture(scope="module")
def cut(source: Path) -> Path:
    target = source.with_name("cut.mp4")
    render_cut(source, target, probe(source), KEEP_MS)
    return target


def starts_in_cut_s() -> list[float]:
    return [0.0, *accumulate((end_ms - start_ms) / 1000 for start_ms, end_ms in KEEP_MS)]


def source_time_s(time_s: float) -> float:
    """Where in the source that instant of the cut comes from."""
    for (start_ms, end_ms), first_s in zip(KEEP_MS, starts_in_cut_s(), strict=False):
        if time_s < first_s + (end_ms - start_ms) / 1000:
            return start_ms / 1000 + time_s - first_s
    return KEEP_MS[-1][1] / 1000


def test_each_frame_is_that_of_its_source_time_to_one_frame(source: Path, cut: Path) -> None:
    original, result = pattern.read_frames(source), pattern.read_frames(cut)
    frame_s = float(1 / probe(source).video.frame_rate)
    edges_s = starts_in_cut_s()
    for time_s, number in zip(result.times_s, result.numbers, strict=True):
        # A frame within half a frame of a joint may belong to either side of it.
        near = [s for s in (time_s - frame_s / 2, time_s + frame_s / 2) if s >= 0]
        wanted = [source_time_s(s) for s in near]
        assert original.at(min(wanted) - frame_s / 2) <= number <= original.at(max(wanted) + frame_s / 2), time_s
    assert len(result.numbers) == pytest.approx(edges_s[-1] / frame_s, abs=1)


def test_each_kept_range_begins_and_ends_on_its_frame(source: Path, cut: Path) -> None:
    original, result = pattern.read_frames(source), pattern.read_frames(cut)
    frame_s = float(1 / probe(source).video.frame_rate)
    for (start_ms, end_ms), first_s in zip(KEEP_MS, starts_in_cut_s(), strict=False):
        first = result.at(first_s + frame_s)
        last = result.at(first_s + (end_ms - start_ms) / 1000 - frame_s)
        assert original.at(start_ms / 1000) <= first <= original.at(start_ms / 1000 + 2 * frame_s)
        assert original.at(end_ms / 1000 - 2 * frame_s) <= last <= original.at(end_ms / 1000)


def test_picture_and_sound_stay_within_40_ms(source: Path, cut: Path) -> None:
    result = pattern.read_frames(cut)
    onsets_s = pattern.beep_times_s(cut)
    wanted = [
        (second, first_s + second - start_ms / 1000)
        for (start_ms, end_ms), first_s in zip(KEEP_MS, starts_in_cut_s(), strict=False)
        for second in range(-(-start_ms // 1000), -(-end_ms // 1000))
        if second * 1000 + 50 < end_ms and second * 1000 - start_ms >= 0
    ]
    assert len(wanted) == len(onsets_s)
    original = pattern.read_frames(source)
    for (second, wanted_s), onset_s in zip(wanted, onsets_s, strict=True):
        # A beep at a joint is faded in, so it becomes loud a little later.
        assert onset_s == pytest.approx(wanted_s, abs=0.005)
        following = bisect_left(original.times_s, second)
        appears_s = result.times_s[result.numbers.index(original.numbers[following])]
        assert appears_s - onset_s == pytest.approx(original.times_s[following] - second, abs=0.040), second


def test_it_is_as_long_as_what_was_kept(source: Path, cut: Path) -> None:
    kept_ms = sum(end_ms - start_ms for start_ms, end_ms in KEEP_MS)
    assert probe(cut).duration_ms == pytest.approx(kept_ms, abs=float(1000 / probe(source).video.frame_rate))


def test_the_result_can_be_packaged_by_copy(cut: Path, tmp_path: Path) -> None:
    package(cut, tmp_path / "hls", probe(cut))
    facts = probe(cut)
    assert facts.longest_key_frame_gap_ms <= 2034
    assert len(list((tmp_path / "hls").glob("seg_*.m4s"))) == -(-facts.duration_ms // 2000)


def test_no_error_adds_up_over_many_joints(tmp_path: Path) -> None:
    source, target = tmp_path / "source.mp4", tmp_path / "cut.mp4"
    pattern.record(source, frame_rate=NTSC)
    keep_ms = [(start_ms, start_ms + 61) for start_ms in range(0, 19_900, 101)]
    render_cut(source, target, probe(source), keep_ms)
    result = pattern.read_frames(target)
    last_start_s = (keep_ms[-1][0] + 30) / 1000
    assert len(keep_ms) == 198
    assert probe(target).duration_ms == pytest.approx(198 * 61, abs=34)
    assert result.at(197 * 0.061 + 0.030) == pytest.approx(last_start_s * float(NTSC), abs=1.5)


def test_a_silent_video_is_cut_by_frames_alone(tmp_path: Path) -> None:
    source, target = tmp_path / "source.mp4", tmp_path / "cut.mp4"
    pattern.record(source, frame_rate=Fraction(30), duration_s=6, sound=False)
    render_cut(source, target, probe(source), [(1000, 2000), (4000, 5000)])
    assert pattern.read_frames(target).numbers == [*range(30, 60), *range(120, 150)]
    assert probe(target).audio is None


def test_the_joints_are_faded(tmp_path: Path) -> None:
    source, target = tmp_path / "source.mp4", tmp_path / "cut.mp4"
    pattern.record(source, frame_rate=Fraction(30), duration_s=4)
    render_cut(source, target, probe(source), [(500, 1020), (2020, 3000)])
    joint = [abs(sample) for sample in pattern.read_sound(target)[int(0.5185 * 48_000) : int(0.5215 * 48_000)]]
    before = [abs(sample) for sample in pattern.read_sound(target)[int(0.503 * 48_000) : int(0.509 * 48_000)]]
    assert max(before) > 0.5
    assert max(joint) < 0.3


def test_it_reports_percent_and_leaves_no_traces(tmp_path: Path) -> None:
    source, target = tmp_path / "source.mp4", tmp_path / "cut.mp4"
    pattern.record(source, frame_rate=Fraction(30), duration_s=3)
    seen: list[int] = []
    render_cut(source, target, probe(source), [(0, 3000)], on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 100
    assert sorted(tmp_path.glob("*.*")) == [target, source]


def test_a_cancelled_cut_leaves_nothing(tmp_path: Path) -> None:
    source, target = tmp_path / "source.mp4", tmp_path / "cut.mp4"
    pattern.record(source, frame_rate=Fraction(30), duration_s=3)
    with pytest.raises(ProgramCancelled):
        render_cut(source, target, probe(source), [(0, 3000)], cancelled=lambda: True)
    assert list(tmp_path.glob("*.*")) == [source]


def test_the_command() -> None:
    runs = (
        Run(seek_us=10_600_000, pieces=(Piece(60, 213, 96_000, 340_800),)),
        Run(seek_us=24_600_000, pieces=(Piece(60, 30, 96_000, 48_000), Piece(120, 181, 192_000, 290_400))),
    )
    facts = facts_of(audio=AudioStream("aac", 48_000, 1))
    argv = cut_argv(Path("/m/video.mp4"), Path("/m/cut.mp4"), facts, runs)
    graph = argv[argv.index("-filter_complex") + 1]
    assert [part.split("]", 1)[1].rsplit("[", 1)[0] for part in graph.split(";")] == CUT_FILTERS
    argv[argv.index("-filter_complex") + 1] = "GRAPH"
    assert argv == [
        *("ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error"),
        *reading_words("mov"), *("-ss", "10.600000", "-t", "10.100000", "-threads", "2", "-i", "file:/m/video.mp4"),
        *reading_words("mov"), *("-ss", "24.600000", "-t", "11.033333", "-threads", "2", "-i", "file:/m/video.mp4"),
        *("-filter_complex", "GRAPH", "-map", "[s13]", "-map", "[s34]", "-f", "mp4", "-ac", "1", "-ar", "48000"),
        *("-b:a", "128k", "-bf", "0", "-c:a", "aac", "-c:v", "libx264", "-crf", "20"),
        *("-force_key_frames", "expr:gte(t,n_forced*2)", "-fps_mode", "cfr", "-map_chapters", "-1"),
        *("-map_metadata", "-1", "-movflags", "+faststart", "-pix_fmt", "yuv420p", "-preset", "veryfast"),
        *("-r", "30/1", "-sc_threshold", "0", "file:/m/cut.mp4", "-y"),
    ]  # fmt: skip


def test_facts_without_sound_make_a_command_without_sound() -> None:
    facts: MediaFacts = facts_of(audio=None)
    argv = cut_argv(Path("/m/video.mp4"), Path("/m/cut.mp4"), facts, (Run(0, (Piece(0, 30, 0, 48_000),)),))
    assert "aresample" not in argv[argv.index("-filter_complex") + 1]
    assert argv.count("-map") == 1
