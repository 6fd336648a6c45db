"""What runs after what: the one table of the work on a video."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from videos.models import ProcessingStep, Video

Kind = ProcessingStep.Kind
State = ProcessingStep.State


class Lane(StrEnum):
    """Quick work makes videos playable; long work never takes the last worker thread."""

    QUICK = "quick"
    LONG = "long"


@dataclass(frozen=True)
class Rule:
    """When a step may run."""

    lane: Lane
    after: tuple[str, ...] = ()


RULES: dict[str, Rule] = {
    Kind.PREPARE: Rule(Lane.QUICK),
    Kind.RENDER: Rule(Lane.QUICK),
    Kind.PACKAGE: Rule(Lane.QUICK, after=(Kind.PREPARE, Kind.RENDER)),
    Kind.POSTER: Rule(Lane.QUICK, after=(Kind.PREPARE, Kind.RENDER)),
    Kind.CAPTIONS: Rule(Lane.QUICK, after=(Kind.RENDER,)),
    Kind.TRANSCRIBE: Rule(Lane.LONG, after=(Kind.PREPARE,)),
}
_RECORDED = (Kind.PREPARE, Kind.PACKAGE, Kind.POSTER, Kind.TRANSCRIBE)
STEPS_OF: dict[str, tuple[str, ...]] = {
    Video.Kind.ORIGINAL: _RECORDED,
    Video.Kind.REPLY: _RECORDED,
    Video.Kind.CUT: (Kind.RENDER, Kind.PACKAGE, Kind.POSTER, Kind.CAPTIONS),
}
MAX_ATTEMPTS = 3


class VideoState(StrEnum):
    """What the API calls the state of a video."""

    PROCESSING = "processing"
    PLAYABLE = "playable"
    READY = "ready"
    FAILED = "failed"


def state_of(video: Video, steps: Iterable[ProcessingStep]) -> VideoState:
    """`failed`: can never be played as it is; `playable`: can be watched, work goes on; `ready`: nothing more to do.

    A video whose words could not be made is ready, too: its step says what went wrong.
    """
    steps = list(steps)
    if any(step.state == State.FAILED and step.kind in ProcessingStep.PLAYABLE_KINDS for step in steps):
        return VideoState.FAILED
    if not video.is_playable:
        return VideoState.PROCESSING
    return VideoState.READY if all(step.is_finished for step in steps) else VideoState.PLAYABLE


def depends_on(kind: str) -> set[str]:
    """The kinds of steps that can only run after `kind`, directly or through others."""
    direct = {other for other, rule in RULES.items() if kind in rule.after}
    return direct.union(*(depends_on(other) for other in direct))
