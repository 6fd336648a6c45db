"""The steps that every recording needs: check and prepare it, and take its still picture."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from django.conf import settings

from mediatools.facts import MediaFacts, facts_to_json
from mediatools.poster import make_poster
from mediatools.prepare import prepare
from mediatools.probe import Limits, probe
from videos import files, originals
from videos.errors import GiveUp, RetryLater, VideoFileMissing
from videos.facts import facts_of
from videos.models import Video
from videos.work.table import Work

logger = logging.getLogger(__name__)
STORE_PAUSE_S = 60


def prepare_video(video: Video, work: Work) -> None:
    """original -> video.mp4, with the facts about it. Refuses what is not a playable video.

    What was published stands when the original is gone: there is nothing to make it from anew.
    """
    try:
        with originals.local_original(video.original_file) as original, files.scratch_folder() as folder:
            facts = probe(original, limits=Limits(max_duration_ms=settings.VIDEO_MAX_DURATION_MS))
            target = folder / files.VIDEO_FILE
            made = prepare(original, target, facts, on_progress=work.progress, cancelled=work.cancelled)
            keep_video_file(video, target, made, sha256=_sha256(original))
    except FileNotFoundError:
        if stands(video):
            return
        raise GiveUp("original_missing", "The uploaded file is gone. Upload it again.") from None


def stands(video: Video) -> bool:
    """Whether the video was published and its file is still there."""
    current = Video.objects.get(pk=video.pk)
    return current.is_playable and files.exists(files.media_key(current, files.VIDEO_FILE))


def keep_video_file(video: Video, path: Path, facts: MediaFacts, *, sha256: str = "") -> None:
    """Move a finished video.mp4 to its place and write its facts down."""
    files.place(video, path, files.VIDEO_FILE)
    # What a person has stored is told by this: of a recording it is the original's, a cut has nothing else.
    stored = {"size_bytes": facts.size_bytes} if video.kind == Video.Kind.CUT else {}
    Video.objects.filter(pk=video.pk).update(
        **stored,
        duration_ms=facts.duration_ms,
        width=facts.video.display_width,
        height=facts.video.display_height,
        sha256=sha256,
        facts=facts_to_json(facts),
    )


def store_original(video: Video, work: Work) -> None:
    """The file as received -> the bucket. One that does not answer is asked again for as long as it takes."""
    if files.is_on_disk() or not video.original_file:
        return
    try:
        originals.store(video)
    except FileNotFoundError:
        raise GiveUp("original_missing", "The uploaded file is gone. Upload it again.") from None
    except OSError as error:
        logger.warning("the original cannot be stored yet: %s", error)
        raise RetryLater(STORE_PAUSE_S) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_video_poster(video: Video, work: Work) -> None:
    """video.mp4 -> poster.jpg"""
    try:
        with files.local_media(video, files.VIDEO_FILE) as source, files.scratch_folder() as folder:
            target = folder / files.POSTER_FILE
            make_poster(source, target, facts_of(video, source))
            files.place(video, target, files.POSTER_FILE)
    except FileNotFoundError:
        raise VideoFileMissing from None
