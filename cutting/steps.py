"""The steps of a cut: render it from its source, and fit the source's words to it."""

from __future__ import annotations

from django.db import transaction

from cutting.plan import Plan
from cutting.timeline import cues_of_cut
from mediatools.cut import render_cut
from mediatools.probe import probe
from transcribe.models import Transcript
from transcribe.selectors import cues_of, words_step
from transcribe.services import store_transcript
from videos import files
from videos.access import may_cut
from videos.errors import GiveUp, NotNeeded, RetryLater
from videos.handlers import Work, handles
from videos.models import ProcessingStep, Video
from videos.steps import keep_video_file, stands

SOURCE_GONE = "The video this was cut from was deleted before the cut was made."
SOURCE_CLOSED = "The video this was cut from was closed to you before the cut was made."
SOURCE_PAUSE_S = 3


def ranges_of(cut: Video) -> Plan:
    """What a cut keeps of its source."""
    return tuple((start_ms, end_ms) for start_ms, end_ms in cut.cut_ranges)


@handles(ProcessingStep.Kind.RENDER)
def render(video: Video, work: Work) -> None:
    """The source's video.mp4 -> the cut's video.mp4

    What was published stands when the source is gone or closed: there is nothing to make it from anew.
    """
    try:
        _render(video, work)
    except GiveUp:
        if not stands(video):
            raise


def _render(video: Video, work: Work) -> None:
    source = video.cut_from
    if source is None:
        raise GiveUp("source_gone", SOURCE_GONE)
    if not may_cut(video.owner, source):
        raise GiveUp("source_closed", SOURCE_CLOSED)
    try:
        with files.local_media(source, files.VIDEO_FILE) as path, files.scratch_folder() as folder:
            target = folder / files.VIDEO_FILE
            render_cut(
                path,
                target,
                probe(path),
                ranges_of(video),
                on_progress=work.progress,
                cancelled=work.cancelled,
            )
            keep_video_file(video, target, probe(target))
    except FileNotFoundError:
        raise GiveUp("source_gone", SOURCE_GONE) from None


@handles(ProcessingStep.Kind.CAPTIONS)
def fit_captions(video: Video, work: Work) -> None:
    """The source's words, as they are shown at this moment -> the cut's words.

    The source's row is held meanwhile: words that are stored or corrected at the same time come before, or run this
    again.
    """
    if video.cut_from_id is None:
        raise NotNeeded("The video this was cut from is gone, and with it its words.")
    with transaction.atomic():
        source = Video.objects.select_for_update().filter(pk=video.cut_from_id).first()
        transcript = Transcript.objects.filter(video=video.cut_from_id).first()
        if source is None or transcript is None:
            raise _no_words_yet(source)
        store_transcript(
            video=video,
            language=transcript.language,
            engine="its source",
            cues=cues_of_cut(cues_of(source), ranges_of(video)),
        )


def _no_words_yet(source: Video | None) -> RetryLater | NotNeeded:
    step = words_step(source) if source else None
    if step is not None and not step.is_finished:
        return RetryLater(SOURCE_PAUSE_S)
    return NotNeeded("The video this was cut from has no words.")
