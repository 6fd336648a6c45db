"""Making video.mp4 of a recording: H.264 and AAC in an MP4 that browsers play from its first bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ffmpeg

from mediatools import encoding, process
from mediatools.facts import MediaFacts
from mediatools.probe import Limits, probe
from mediatools.source import file_url, reading_options

QUALITY = 21
MAX_COPIED_KEY_FRAME_GAP_MS = 4000
# Constant rate and filled holes make a video a little longer than its packets said.
LENGTHENING_MS = 60_000


def can_copy_picture(facts: MediaFacts) -> bool:
    """Whether the picture plays everywhere and can be cut into segments as it is."""
    video = facts.video
    return (
        video.codec == "h264"
        and video.pixel_format == "yuv420p"
        and video.rotation == 0
        and not video.is_interlaced
        and min(video.width, video.height) <= encoding.MAX_SHORT_SIDE
        and facts.constant_size
        and not facts.has_hidden_frames
        and facts.longest_key_frame_gap_ms <= MAX_COPIED_KEY_FRAME_GAP_MS
    )


def prepare(
    source: Path,
    target: Path,
    facts: MediaFacts,
    *,
    on_progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MediaFacts:
    """Write `target` from a probed source and return its facts. Progress is in percent.

    Raises the errors of process.run, and UnplayableMedia when nothing playable came out of a damaged source.
    """
    with encoding.written_beside(target) as beside:
        process.run(
            prepare_argv(source, beside, facts),
            timeout_s=encoding.timeout_s(facts.duration_ms),
            on_progress=encoding.percent_of(facts.duration_ms, on_progress),
            cancelled=cancelled,
        )
    if on_progress is not None:
        on_progress(100)
    # How long a video may be was decided when its source was accepted.
    return probe(target, limits=Limits(max_duration_ms=facts.duration_ms + LENGTHENING_MS))


def prepare_argv(source: Path, target: Path, facts: MediaFacts) -> list[str]:
    """The command that copies the picture when that is safe and encodes it otherwise."""
    recording = ffmpeg.input(file_url(source), **reading_options(facts.container))
    options: dict[str, str | int] = encoding.file_options()
    picture = recording[str(facts.video.index)]
    if can_copy_picture(facts):
        options |= {"c:v": "copy"}
    else:
        picture = _upright_picture(picture, facts)
        options |= encoding.picture_options(facts.video.frame_rate, quality=QUALITY)
    streams = [picture]
    if facts.audio is not None:
        streams.append(encoding.continuous_sound(recording[str(facts.audio.index)]))
        options |= encoding.sound_options(facts.audio.channels)
    output = ffmpeg.output(*streams, file_url(target), **options)
    return encoding.compile_argv(output)


def _upright_picture(picture: Any, facts: MediaFacts) -> Any:
    """Constant rate and size from time 0. Times decide, frames are never counted. ffmpeg turns the picture before."""
    video = facts.video
    width, height = encoding.even_size(video.display_width, video.display_height)
    if video.is_interlaced:
        picture = picture.filter("yadif")
    picture = picture.filter("fps", f"{video.frame_rate.numerator}/{video.frame_rate.denominator}", start_time=0)
    if facts.constant_size:
        picture = picture.filter("scale", width, height)
    else:
        # A phone turned while recording: the other shape is fitted into the first one, with bars.
        picture = picture.filter(
            "scale", width, height, force_original_aspect_ratio="decrease", force_divisible_by=2
        ).filter("pad", width, height, -1, -1)
    return picture.filter("setsar", 1)
