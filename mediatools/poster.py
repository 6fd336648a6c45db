"""The still picture that stands for a video until it plays."""

from __future__ import annotations

from pathlib import Path

import ffmpeg

from mediatools import encoding, process
from mediatools.facts import MediaFacts
from mediatools.source import file_url, reading_options

MAX_WIDTH = 720
SEARCHED_S = 3
CANDIDATES_PER_S = 5
BLACK_PERCENT = 95
TIMEOUT_S = 60.0


def make_poster(video: Path, target: Path, facts: MediaFacts) -> None:
    """Write a JPEG, at most 720 pixels wide, of a typical frame of the first seconds, black only if all are.

    Raises the errors of process.run.
    """
    with encoding.written_beside(target) as beside:
        process.run(poster_argv(video, beside, facts, skip_black=True), timeout_s=TIMEOUT_S)
        if not beside.exists() or beside.stat().st_size == 0:
            process.run(poster_argv(video, beside, facts, skip_black=False), timeout_s=TIMEOUT_S)


def poster_argv(video: Path, target: Path, facts: MediaFacts, *, skip_black: bool) -> list[str]:
    """The command that takes one frame. With `skip_black` it writes nothing when all candidates are black."""
    picture = ffmpeg.input(file_url(video), t=SEARCHED_S, **reading_options(facts.container))[str(facts.video.index)]
    # The last frame counts even where it is shorter than the step between candidates: it may be the only one.
    picture = picture.filter("fps", CANDIDATES_PER_S, start_time=0, eof_action="pass")
    if skip_black:
        picture = picture.filter("blackframe", amount=0).filter(
            "metadata", "select", key="lavfi.blackframe.pblack", value=BLACK_PERCENT, function="less"
        )
    width = min(MAX_WIDTH, facts.video.display_width)
    picture = picture.filter("thumbnail", SEARCHED_S * CANDIDATES_PER_S).filter("scale", width, -2)
    options = {"f": "mjpeg", "frames:v": 1, "q:v": 3, "pix_fmt": "yuvj420p", "map_metadata": -1}
    return encoding.compile_argv(ffmpeg.output(picture, file_url(target), **options))
