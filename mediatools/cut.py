"""Rendering a cut: the kept ranges of a video, one after the other, as a new video."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from mediatools import encoding, process
from mediatools.cut_layout import Piece, Run, lay_out
from mediatools.facts import MediaFacts
from mediatools.source import file_url, reading_options

QUALITY = 20
# Cutting through a sound clicks; so short a fade is not heard.
FADE_SAMPLES = encoding.SAMPLE_RATE * 8 // 1000
DECODER_THREADS = 2
# Read a little more than is used, so that the last frame is decided by the frame after it.
READ_MARGIN_US = 1_000_000


def render_cut(
    source: Path,
    target: Path,
    facts: MediaFacts,
    keep_ms: Sequence[tuple[int, int]],
    *,
    on_progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Write the ranges [start, end) of the source, in milliseconds, to `target`: MP4 that can be packaged by copy.

    Each edge is exact to a frame, the sound to a sample; picture and sound stay together within half a frame.
    Progress is in percent. Raises BadRanges and the errors of process.run.
    """
    runs = lay_out(keep_ms, facts.video.frame_rate, duration_ms=facts.duration_ms)
    kept_ms = sum(end_ms - start_ms for start_ms, end_ms in keep_ms)
    with encoding.written_beside(target) as beside:
        process.run(
            cut_argv(source, beside, facts, runs),
            timeout_s=encoding.timeout_s(facts.duration_ms),
            on_progress=encoding.percent_of(kept_ms, on_progress),
            cancelled=cancelled,
        )
    if on_progress is not None:
        on_progress(100)


def cut_argv(source: Path, target: Path, facts: MediaFacts, runs: Sequence[Run]) -> list[str]:
    """The command: one input for each run, frames and samples picked by number, everything joined."""
    inputs = [_input(source, facts, run) for run in runs]
    options = encoding.file_options() | encoding.picture_options(facts.video.frame_rate, quality=QUALITY)
    pictures = [_pictures(opened, run, facts) for opened, run in zip(inputs, runs, strict=True)]
    streams = [_joined_pictures(pictures, facts.video.frame_rate)]
    if facts.audio is not None:
        sounds = [sound for opened, run in zip(inputs, runs, strict=True) for sound in _sounds(opened, run, facts)]
        streams.append(ffmpeg.concat(*sounds, v=0, a=1))
        options |= encoding.sound_options(facts.audio.channels)
    return encoding.compile_argv(ffmpeg.output(*streams, file_url(target), **options))


def _input(source: Path, facts: MediaFacts, run: Run) -> Any:
    read_us = round(run.end_frame / facts.video.frame_rate * 1_000_000) + READ_MARGIN_US
    return ffmpeg.input(
        file_url(source),
        ss=_seconds(run.seek_us),
        t=_seconds(read_us),
        threads=DECODER_THREADS,
        **reading_options(facts.container),
    )


def _pictures(opened: Any, run: Run, facts: MediaFacts) -> Any:
    """Frames at a constant rate by their times (recordings have none), held to the end, then picked by number."""
    width, height = encoding.even_size(facts.video.display_width, facts.video.display_height)
    rate = facts.video.frame_rate
    return (
        opened[str(facts.video.index)]
        .filter("fps", f"{rate.numerator}/{rate.denominator}", start_time=0)
        .filter("tpad", stop=-1, stop_mode="clone")
        .filter("trim", end_frame=run.end_frame)
        .filter("select", _any_of([_between(piece) for piece in run.pieces if piece.frame_count]))
        .filter("scale", width, height)
        .filter("setsar", 1)
    )


def _any_of(conditions: Sequence[str]) -> str:
    """A sum like ((a+b)+(c+d)): ffmpeg cannot read a plain one of more than 100 terms."""
    if len(conditions) < 2:
        return "".join(conditions) or "0"
    middle = len(conditions) // 2
    return f"({_any_of(conditions[:middle])}+{_any_of(conditions[middle:])})"


def _between(piece: Piece) -> str:
    return f"between(n,{piece.first_frame},{piece.first_frame + piece.frame_count - 1})"


def _joined_pictures(pictures: Sequence[Any], frame_rate: Fraction) -> Any:
    """Numbering frames is right here, and only here: they are already at a constant rate."""
    joined = pictures[0] if len(pictures) == 1 else ffmpeg.concat(*pictures, v=1, a=0)
    return joined.filter("setpts", f"N*{frame_rate.denominator}/{frame_rate.numerator}/TB")


def _sounds(opened: Any, run: Run, facts: MediaFacts) -> list[Any]:
    """Each range's samples, silence where there are none, with both ends faded."""
    assert facts.audio is not None
    sound = encoding.continuous_sound(opened[str(facts.audio.index)])
    copies = sound.filter_multi_output("asplit", len(run.pieces))
    return [_faded(copies[number], piece) for number, piece in enumerate(run.pieces)]


def _faded(sound: Any, piece: Piece) -> Any:
    fade = min(FADE_SAMPLES, piece.sample_count // 2)
    return (
        sound.filter("atrim", start_sample=piece.first_sample, end_sample=piece.first_sample + piece.sample_count)
        .filter("asetpts", "PTS-STARTPTS")
        .filter("apad", whole_len=piece.sample_count)
        .filter("afade", type="in", start_sample=0, nb_samples=fade)
        .filter("afade", type="out", start_sample=piece.sample_count - fade, nb_samples=fade)
    )


def _seconds(microseconds: int) -> str:
    return f"{microseconds // 1_000_000}.{microseconds % 1_000_000:06d}"
