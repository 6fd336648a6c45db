from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mediatools.fragments import durations_s, read_tracks
from mediatools.hls import package_argv
from mediatools.prepare import prepare
from mediatools.probe import probe

Make = Callable[..., Path]


def cut_up(video: Path) -> tuple[Path, list[Path]]:
    """The parts as ffmpeg leaves them: the initialisation and the segments in order."""
    folder = video.with_name("package")
    folder.mkdir()
    subprocess.run(package_argv(video, folder), check=True)
    return folder / "init.mp4", sorted(folder.glob("seg_*.m4s"))


@pytest.mark.parametrize("later_frames", ["0", "2"])
@pytest.mark.parametrize("sound_s", [0.0, 4.3, 6.0])
def test_segments_are_as_long_as_their_samples(make: Make, later_frames: str, sound_s: float) -> None:
    sound = ("-f", "lavfi", "-i", f"sine=d={sound_s}", "-c:a", "libopus") if sound_s else ()
    coding = ("-c:v", "libx264", "-bf", later_frames, "-pix_fmt", "yuv420p", "-force_key_frames", "2,4")
    source = make("source.mkv", "-f", "lavfi", "-i", "testsrc=s=64x48:r=30:d=4.3", *sound, *coding)
    facts = prepare(source, source.with_name("video.mp4"), probe(source))
    init, segments = cut_up(source.with_name("video.mp4"))
    found_s = durations_s(init, segments)
    # Beside sound of Opus the picture begins some milliseconds late.
    assert found_s[:2] == pytest.approx([2.0, 2.0], abs=0.015)
    assert sum(found_s) * 1000 == pytest.approx(facts.duration_ms, abs=25)
    assert [track.is_video for track in read_tracks(init).values()] == [True, *([False] if sound_s else [])]


def test_a_segment_without_samples_is_an_error(make: Make) -> None:
    source = make("source.mp4", "-f", "lavfi", "-i", "testsrc=s=64x48:r=30:d=1", "-pix_fmt", "yuv420p")
    prepare(source, source.with_name("video.mp4"), probe(source))
    init, segments = cut_up(source.with_name("video.mp4"))
    segments[0].write_bytes(segments[0].read_bytes()[:40])
    with pytest.raises(ValueError, match="no samples"):
        durations_s(init, segments)
