"""What was uploaded and can never be played does not fill the disk for ever."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from mediatools.errors import UNPLAYABLE_CODES
from videos import files, originals
from videos.models import ProcessingStep, Video
from videos.work.claims import ERROR_MAX

logger = logging.getLogger(__name__)


def delete_refused_originals() -> int:
    """Delete originals that were refused REFUSED_KEPT_DAYS ago and tell their owners; how many. 0 days: never.

    Only those that are refused for what they are: where we failed, they may be all that a person has.
    """
    if not settings.REFUSED_KEPT_DAYS:
        return 0
    deleted = 0
    for step in _refused().select_related("video"):
        with suppress(Video.DoesNotExist):
            deleted += _delete(step)
    if deleted:
        logger.info("deleted the originals of %d videos that were refused", deleted)
    return deleted


def _delete(step: ProcessingStep) -> bool:
    """False if somebody has had it processed again since we looked. Raises Video.DoesNotExist.

    The file goes before the row says so: killed in between, it is done again the next time. The row is not held while
    a bucket is asked.
    """
    with files.placing(step.video) as video:
        if not _refused().filter(pk=step.pk).exists():
            return False
    originals.delete(video.original_file)
    with files.placing(video):
        told = f"The uploaded file was deleted after {settings.REFUSED_KEPT_DAYS} days."
        error = f"{step.error[: ERROR_MAX - len(told) - 1]} {told}"
        _refused().filter(pk=step.pk).update(error=error)
        Video.objects.filter(pk=video.pk).update(original_file="", size_bytes=0)
    return True


def _refused() -> QuerySet[ProcessingStep]:
    """Steps that found the file itself at fault, of videos that could never be played and whose original is kept."""
    return ProcessingStep.objects.filter(
        kind=ProcessingStep.Kind.PREPARE,
        state=ProcessingStep.State.FAILED,
        error_code__in=UNPLAYABLE_CODES,
        finished_at__lt=timezone.now() - timedelta(days=settings.REFUSED_KEPT_DAYS),
        video__published_at=None,
    ).exclude(video__original_file="")
