"""What runs after what and who does it: the one table of the work on a video."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, cast

from django.utils.module_loading import import_string

from videos.models import ProcessingStep, Video

Kind = ProcessingStep.Kind
State = ProcessingStep.State


class Lane(StrEnum):
    """Quick work makes videos playable; long work never takes the last worker thread."""

    QUICK = "quick"
    LONG = "long"


class Work(Protocol):
    """What a handler may say and ask while it runs."""

    def progress(self, percent: int) -> None: ...

    def cancelled(self) -> bool: ...


Handler = Callable[[Video, Work], None]


@dataclass(frozen=True)
class Rule:
    """When a step may run, and the function that carries it out, by its path: apps above this one have some of them.

    `makes_room`: it is what frees the disk, so it does not wait until there is room.

    A handler may be called again after it was stopped anywhere, so it must be repeatable. It raises GiveUp, RetryLater
    or NotNeeded (`videos/errors.py`); anything else is a bug and counts as a failed attempt.
    """

    lane: Lane
    handler: str
    after: tuple[str, ...] = ()
    makes_room: bool = False


RULES: dict[str, Rule] = {
    Kind.PREPARE: Rule(Lane.QUICK, "videos.steps.prepare_video"),
    Kind.RENDER: Rule(Lane.QUICK, "cutting.steps.render"),
    Kind.PACKAGE: Rule(Lane.QUICK, "streaming.packaging.package_video", after=(Kind.PREPARE, Kind.RENDER)),
    Kind.POSTER: Rule(Lane.QUICK, "videos.steps.make_video_poster", after=(Kind.PREPARE, Kind.RENDER)),
    Kind.CAPTIONS: Rule(Lane.QUICK, "cutting.steps.fit_captions", after=(Kind.RENDER,)),
    Kind.TRANSCRIBE: Rule(Lane.LONG, "transcribe.steps.transcribe", after=(Kind.PREPARE,)),
    Kind.STORE: Rule(Lane.LONG, "videos.steps.store_original", makes_room=True),
}
_RECORDED = (Kind.PREPARE, Kind.PACKAGE, Kind.POSTER, Kind.TRANSCRIBE, Kind.STORE)
# What arrives on the disk has nothing to be stored elsewhere, unless there is a bucket: videos/originals.py.
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


def handler_of(kind: str) -> Handler:
    """Who carries out a kind of step. Raises ImportError."""
    return cast(Handler, import_string(RULES[kind].handler))
