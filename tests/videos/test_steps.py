"""The steps of a recording, carried out with real ffmpeg."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest_django import Settings

from accounts.models import User
from cutting.services import Choice, make_cut
from mediatools import process
from mediatools.facts import facts_from_json
from tests.factories import make_clip, uploaded
from transcribe import steps as transcribe_steps
from transcribe.engines.base import OnProgress, Recognised, Samples
from transcribe.weights import Weights
from videos.models import ProcessingStep, Video
from videos.work.worker import work_until_idle

pytestmark = pytest.mark.django_db(transaction=True)
State = ProcessingStep.State


class Listener:
    """An engine that only notes how much it was given, and that it was not put into memory."""

    name = "listener"
    lengths_s: list[float] = []

    def __init__(self, _weights: Weights) -> None:
        pass

    def recognise(
        self, audio: Samples, *, language: str | None = None, on_progress: OnProgress | None = None
    ) -> Recognised:
        assert isinstance(audio, np.memmap)
        self.lengths_s.append(len(audio) / 16_000)
        return Recognised(language or "en", ())


@pytest.fixture(autouse=True)
def listener(monkeypatch: pytest.MonkeyPatch) -> type[Listener]:
    monkeypatch.setattr(transcribe_steps, "OpenAIWhisper", Listener)
    monkeypatch.setattr(transcribe_steps, "resolve", lambda model, folder: Weights(Path(folder), model, None))
    Listener.lengths_s = []
    return Listener


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the programs that were run."""
    real, names = process.run, list[str]()

    def noted(argv: Sequence[str], **options: Any) -> process.Finished:
        names.append(argv[0])
        return real(argv, **options)

    monkeypatch.setattr(process, "run", noted)
    return names


def states_of(video: Video) -> dict[str, str]:
    return {step.kind: f"{step.state} {step.error_code}".strip() for step in video.steps.all()}


def test_a_person_does_not_wait_while_the_same_file_is_measured_again_and_again(
    alice: User, tmp_path: Path, started: list[str]
) -> None:
    video = uploaded(alice, make_clip(tmp_path / "clip.mp4", seconds=1))
    work_until_idle(lambda: None)

    assert set(states_of(video).values()) == {State.DONE}
    # The original: its packets, its picture, and the header for its subtitles. What was made of it: its header.
    assert started.count("ffprobe") == 4
    video.refresh_from_db()
    assert video.facts is not None
    facts = facts_from_json(video.facts)
    assert facts is not None
    assert (facts.duration_ms, facts.video.display_width) == (video.duration_ms, 320)

    cut = make_cut(video=video, user=alice, choice=Choice(keep=[[0, 500]]))
    work_until_idle(lambda: None)
    assert cut.steps.get(kind=ProcessingStep.Kind.PACKAGE).state == State.DONE
    assert started.count("ffprobe") == 5


@pytest.mark.parametrize("kept", [None, {"video": {"colour": "red"}, "audio": None}])
def test_a_video_of_an_older_version_is_measured_once(
    alice: User, tmp_path: Path, started: list[str], kept: dict[str, Any] | None
) -> None:
    video = uploaded(alice, make_clip(tmp_path / "clip.mp4", seconds=1))
    work_until_idle(lambda: None)
    Video.objects.filter(pk=video.pk).update(facts=kept)
    started.clear()
    video.steps.exclude(kind=ProcessingStep.Kind.PREPARE).update(state=State.WAITING, attempts=0)
    work_until_idle(lambda: None)

    assert set(states_of(video).values()) == {State.DONE}
    # Once for the facts, once for subtitles in the original.
    assert started.count("ffprobe") == 2


def test_a_video_over_the_limit_that_the_operator_set_is_refused(
    alice: User, tmp_path: Path, settings: Settings
) -> None:
    settings.VIDEO_MAX_DURATION_MS = 1000
    video = uploaded(alice, make_clip(tmp_path / "clip.mp4", seconds=4))
    work_until_idle(lambda: None)
    assert states_of(video)[ProcessingStep.Kind.PREPARE] == "failed too_long"


@pytest.mark.media
def test_a_video_of_more_than_half_an_hour_works_everywhere_where_the_operator_allows_it(
    alice: User, tmp_path: Path, settings: Settings, listener: type[Listener]
) -> None:
    settings.VIDEO_MAX_DURATION_MS = 60 * 60_000
    minutes = 36
    clip = tmp_path / "long.mp4"
    sources = ["-f", "lavfi", "-i", f"testsrc=s=64x48:r=1:d={minutes * 60}"]
    sources += ["-f", "lavfi", "-i", f"sine=d={minutes * 60}"]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "2", "-c:a", "aac"]
    subprocess.run(["ffmpeg", "-v", "error", *sources, *coding, str(clip)], check=True)
    video = uploaded(alice, clip)
    work_until_idle(lambda: None)

    assert set(states_of(video).values()) == {State.DONE}
    assert listener.lengths_s == [pytest.approx(minutes * 60, abs=1)]
    video.refresh_from_db()
    cut = make_cut(video=video, user=alice, choice=Choice(keep=[[minutes * 60_000 - 5000, minutes * 60_000 - 2000]]))
    work_until_idle(lambda: None)
    cut.refresh_from_db()
    assert cut.duration_ms == pytest.approx(3000, abs=1100)
