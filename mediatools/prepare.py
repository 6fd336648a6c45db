"""Making video.mp4 of a recording: H.264 and AAC in an MP4 that browsers play from its first bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ffmpeg

from mediatools import encoding, process
from mediatools.errors import ProgramFailed
from mediatools.facts import MediaFacts
from mediatools.probe import probe_prepared
from mediatools.source import MAX_PIXELS_AT_FULL_SPEED, file_url, reading_options
from mediatools.streams import too_large_picture

QUALITY = 21
MAX_COPIED_KEY_FRAME_GAP_MS = 4000
LARGE_PICTURE_THREADS = 2
OUT_OF_MEMORY = "Cannot allocate memory"
WAVE_COLOUR = "0xff6b4a"
GROUND_COLOUR = "0x1b1d23"
HDR_PEAK_NITS = 203


def can_copy_picture(facts: MediaFacts) -> bool:
    """Whether the picture plays everywhere and can be cut into segments as it is."""
    video = facts.video
    return (
        video.codec == "h264"
        and video.pixel_format == "yuv420p"
        and video.rotation == 0
        and not video.is_interlaced
        and not video.is_hdr
        and encoding.MIN_SIDE <= min(video.width, video.height) <= encoding.MAX_SHORT_SIDE
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

    Raises the errors of process.run, and UnplayableMedia when nothing playable came out of a damaged source or its
    picture needs more memory than a program may have.
    """
    try:
        with encoding.written_beside(target) as beside:
            process.run(
                prepare_argv(source, beside, facts),
                timeout_s=encoding.timeout_s(facts.duration_ms, is_hdr=facts.video.is_hdr),
                on_progress=encoding.percent_of(facts.duration_ms, on_progress),
                cancelled=cancelled,
            )
    except ProgramFailed as failure:
        if OUT_OF_MEMORY in failure.stderr_tail:
            raise too_large_picture() from failure
        raise
    if on_progress is not None:
        on_progress(100)
    return probe_prepared(target)


def prepare_argv(source: Path, target: Path, facts: MediaFacts) -> list[str]:
    """The command that copies the picture when that is safe and encodes it otherwise."""
    recording = ffmpeg.input(file_url(source), **_reading(facts))
    options: dict[str, str | int] = encoding.file_options() | encoding.at_most(facts.duration_ms)
    sound: Any = None
    if facts.audio is not None:
        sound = encoding.continuous_sound(recording[str(facts.audio.index)])
        options |= encoding.sound_options(facts.audio.channels)
    if can_copy_picture(facts):
        picture = recording[str(facts.video.index)]
        options |= {"c:v": "copy"}
    else:
        if facts.is_sound_alone:
            copies = sound.filter_multi_output("asplit", 2)
            sound, picture = copies[0], _drawn(copies[1], facts)
        else:
            picture = _upright_picture(recording[str(facts.video.index)], facts)
        options |= encoding.picture_options(facts.video.frame_rate, quality=QUALITY)
    output = ffmpeg.output(*([picture] if sound is None else [picture, sound]), file_url(target), **options)
    return encoding.compile_argv(output)


def _reading(facts: MediaFacts) -> dict[str, str | int]:
    options = reading_options(facts.container)
    if facts.video.width * facts.video.height > MAX_PIXELS_AT_FULL_SPEED:
        # Each thread of a decoder holds frames of its own: of 8K, 50 to 100 MB each.
        options["threads"] = LARGE_PICTURE_THREADS
    return options


def _drawn(sound: Any, facts: MediaFacts) -> Any:
    """The waveform of the sound, as it goes by, on the colour of the site.

    `draw`: since ffmpeg 7 colours are otherwise divided by how many samples share a pixel, and hardly seen.
    """
    size, rate = f"{facts.video.width}x{facts.video.height}", facts.video.frame_rate
    waves = sound.filter("showwaves", size=size, rate=rate, mode="cline", scale="sqrt", draw="full", colors=WAVE_COLOUR)
    ground = ffmpeg.input(f"color=c={GROUND_COLOUR}:s={size}:r={rate}", f="lavfi")
    return ffmpeg.overlay(ground, waves, shortest=1, format="yuv420").filter("format", "yuv420p")


def _upright_picture(picture: Any, facts: MediaFacts) -> Any:
    """Constant rate and size from time 0. Times decide, frames are never counted. ffmpeg turns the picture before.

    The size comes before the rate: each frame that is repeated would be scaled again otherwise.
    """
    video = facts.video
    width, height = encoding.even_size(video.display_width, video.display_height)
    if video.is_interlaced:
        picture = picture.filter("yadif")
    # A phone turned while recording: the other shape is fitted into the first one, with bars.
    shape = (width, height) if facts.constant_size else _fitted_size(width, height)
    picture = picture.filter("scale", *shape)
    if video.is_hdr:
        picture = _standard_range(picture, video.transfer)
    if not facts.constant_size:
        picture = picture.filter("pad", width, height, -1, -1)
    picture = picture.filter("setsar", 1)
    return picture.filter("fps", f"{video.frame_rate.numerator}/{video.frame_rate.denominator}", start_time=0)


def _fitted_size(width: int, height: int) -> tuple[str, str]:
    """The largest even size of the frame's own shape as it is shown (`dar`: pixels need not be square)."""
    return f"max(2,min({width},round({height}*dar/2)*2))", f"max(2,min({height},round({width}/dar/2)*2))"


def _standard_range(picture: Any, transfer: str) -> Any:
    """HDR to the colours of BT.709 that every screen shows, calculated in real numbers.

    What the file says of its colours is said again: some files name only the transfer function.
    """
    return (
        picture.filter("format", "yuv420p10le")
        .filter("zscale", t="linear", npl=HDR_PEAK_NITS, tin=transfer, pin="2020", min="2020_ncl", p="2020")
        .filter("format", "gbrpf32le")
        .filter("zscale", p="bt709")
        .filter("tonemap", "mobius", desat=0)
        .filter("zscale", t="bt709", m="bt709", r="tv")
        .filter("format", "yuv420p")
    )
