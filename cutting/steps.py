"""The steps of a cut: render it from its source, and fit the source's words to it."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from cutting.plan import Plan
from cutting.timeline import cues_of_cut
from mediatools.cut import render_cut
from mediatools.probe import probe_prepared
from transcribe.models import Transcript
from transcribe.selectors import cues_of, words_step
from transcribe.services import store_transcript
from videos import files
from videos.access import may_cut
from videos.errors import GiveUp, NotNeeded, RetryLater
from videos.facts import facts_of
from videos.models import Video
from videos.steps import keep_video_file, stands
from videos.work.table import Work

SOURCE_GONE = "The video this was cut from was deleted before the cut was made."
SOURCE_CLOSED = "The video this was cut from was closed to you before the cut was made."
SOURCE_PAUSE_S = 3


def ranges_of(cut: Video) -> Plan:
    """What a cut keeps of its source."""
    return tuple((start_ms, end_ms) for start_ms, end_ms in cut.cut_ranges)


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
    source = _open_source(video)
    try:
        with files.local_media(source, files.VIDEO_FILE) as path, files.scratch_folder() as folder:
            target = folder / files.VIDEO_FILE
            render_cut(
                path,
                target,
                facts_of(source, path),
                ranges_of(video),
                on_progress=work.progress,
                cancelled=work.cancelled,
            )
            _keep_if_still_open(video, target)
    except FileNotFoundError:
        raise GiveUp("source_gone", SOURCE_GONE) from None


def _open_source(cut: Video) -> Video:
    """The source, if the cut's owner may cut it. Raises GiveUp."""
    source = cut.cut_from
    if source is None:
        raise GiveUp("source_gone", SOURCE_GONE)
    if not may_cut(cut.owner, source):
        raise GiveUp("source_closed", SOURCE_CLOSED)
    return source


def _keep_if_still_open(video: Video, target: Path) -> None:
    """Rendering takes minutes, and the owner of the source may close it in any of them. Raises GiveUp."""
    facts = probe_prepared(target)
    with transaction.atomic():
        _open_source(_held(video))
        keep_video_file(video, target, facts)


def _held(cut: Video) -> Video:
    """A cut and its source as they are now, both held until the transaction ends.

    The cut first, as deleting its source does: two who want both never wait for each other. Raises
    Video.DoesNotExist if the cut was deleted.
    """
    cut = Video.objects.select_for_update(of=("self",)).select_related("owner").get(pk=cut.pk)
    cut.cut_from = Video.objects.select_for_update().filter(pk=cut.cut_from_id).first()
    return cut


def fit_captions(video: Video, work: Work) -> None:
    """The source's words, as they are shown at this moment -> the cut's words.

    Both rows are held meanwhile: words that are stored or corrected at the same time come before, or run this again.
    Once the source is closed to the cut's owner its words no longer come through; the cut keeps those it has.
    """
    with transaction.atomic():
        source = _held(video).cut_from
        if source is None:
            raise NotNeeded("The video this was cut from is gone, and with it its words.")
        if not may_cut(video.owner, source):
            raise NotNeeded("The video this was cut from was closed to you: its words no longer reach this one.")
        transcript = Transcript.objects.filter(video=source).first()
        if transcript is None:
            raise _no_words_yet(source)
        store_transcript(
            video=video,
            language=transcript.language,
            engine="its source",
            cues=cues_of_cut(cues_of(source), ranges_of(video)),
        )


def _no_words_yet(source: Video) -> RetryLater | NotNeeded:
    step = words_step(source)
    if step is not None and not step.is_finished:
        return RetryLater(SOURCE_PAUSE_S)
    return NotNeeded("The video this was cut from has no words.")
