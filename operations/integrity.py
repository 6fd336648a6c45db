"""Rows and files that do not fit together, because a process was killed between the one and the other.

| what | repaired by |
|---|---|
| files of a video without a row: deleted, but not to the end | removing them |
| files in the tree of the other visibility | moving them |
| a video that could be watched and whose video.mp4 is gone | making it again, if there is something to make it from |
| counts that are not as many as there are rows | counting |

Nothing that is being made is ever taken for a stray. The files are looked at before the rows, and a row is there before
the first of its files: that of an upload, or that of the video.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils import timezone

from accounts.models import User
from capture.models import Upload
from social.services import recount
from videos import files
from videos.inventory import Inventory, take_inventory
from videos.models import ProcessingStep, Video
from videos.services import run_again

logger = logging.getLogger(__name__)
NAMES_IN_A_QUERY = 500
# Of what is younger somebody may be at the end of deleting it.
STRAY_AFTER_S = 600
# More in one night is no accident: is this the right database, and are these the right folders?
STRAYS_A_NIGHT, STRAYS_PART = 20, 0.1
NAMES_TOLD = 20


@dataclass(frozen=True)
class Findings:
    """`lost` can be made again by doing the step that stands beside it; `unrecoverable` cannot.

    `known` is how many of the inventory's names have a row.
    """

    inventory: Inventory
    known: int
    strays: list[str]
    misplaced: list[Video]
    lost: list[tuple[Video, str]]
    unrecoverable: list[Video]

    @property
    def are_none(self) -> bool:
        return not (self.strays or self.misplaced or self.lost or self.unrecoverable)

    @property
    def are_suspicious(self) -> bool:
        """Whether so much is without a row that the mistake is likely to be elsewhere.

        A small site before a wrong or new database has few strays, but hardly a name that is known.
        """
        many = max(STRAYS_A_NIGHT, STRAYS_PART * len(self.inventory.newest_at_s))
        return len(self.strays) > min(self.known, many)


def examine() -> Findings:
    """Raises OSError if the storage does not answer."""
    began = timezone.now()
    inventory = take_inventory()
    known = _known(inventory)
    stray_before_s = time.time() - STRAY_AFTER_S
    without_row = {name: at_s for name, at_s in inventory.newest_at_s.items() if name not in known}
    strays = sorted(name for name, at_s in without_row.items() if at_s < stray_before_s)
    lost: list[tuple[Video, str]] = []
    unrecoverable: list[Video] = []
    playable = Video.objects.filter(published_at__lt=began).select_related("cut_from")
    for video in playable.order_by("pk").iterator(chunk_size=NAMES_IN_A_QUERY):
        if not _has(inventory, video, files.VIDEO_FILE):
            step = _maker_of(inventory, video)
            lost.append((video, step)) if step else unrecoverable.append(video)
    with_row = len(inventory.newest_at_s) - len(without_row)
    return Findings(inventory, with_row, strays, list(_misplaced(inventory)), lost, unrecoverable)


def _known(inventory: Inventory) -> set[str]:
    """The names that a row has. Uploads first: one that completes in between has become a video."""
    if not User.objects.exists():  # being set up or restored: the rows come last
        return set(inventory.newest_at_s)
    known = set(Upload.objects.under_way().values_list("video_name", flat=True))
    for names in _parts(inventory.newest_at_s):
        known.update(Video.objects.filter(name__in=names).values_list("name", flat=True))
    return known


def _misplaced(inventory: Inventory) -> Iterator[Video]:
    private = Video.Visibility.PRIVATE
    for names in _parts(inventory.public):
        yield from Video.objects.filter(name__in=names, visibility=private)
    for names in _parts(inventory.private):
        yield from Video.objects.filter(name__in=names).exclude(visibility=private)


def _parts(names: Iterable[str]) -> Iterator[list[str]]:
    every = sorted(names)
    for start in range(0, len(every), NAMES_IN_A_QUERY):
        yield every[start : start + NAMES_IN_A_QUERY]


def _has(inventory: Inventory, video: Video, file_name: str) -> bool:
    return f"videos/{video.name}/{file_name}" in inventory.keys.get(video.name, ())


def _maker_of(inventory: Inventory, video: Video) -> str:
    """The step that can make video.mp4 again; empty if what it needs is gone as well."""
    if video.kind != Video.Kind.CUT:
        return ProcessingStep.Kind.PREPARE if video.original_file in inventory.keys.get(video.name, ()) else ""
    source = video.cut_from
    return ProcessingStep.Kind.RENDER if source and _has(inventory, source, files.VIDEO_FILE) else ""


def repair(findings: Findings) -> None:
    """Raises OSError if the storage does not answer; what was done stays done."""
    for name in findings.strays:
        files.delete_named(name, findings.inventory.keys.get(name, ()))
    for video in findings.misplaced:
        try:
            files.settle(video)
        except Video.DoesNotExist:
            continue
    for video, step in findings.lost:
        run_again(video, step)


def repair_nightly() -> None:
    """As `check_integrity --repair`, but for strays that are so many that a person should look at them first."""
    try:
        findings = examine()
        if findings.are_suspicious:
            _tell_refused(findings)
            findings = replace(findings, strays=[])
        repair(findings)
    except OSError as error:
        logger.warning("Rows and files were not compared: %s", error)
        return
    corrected = recount()
    if not findings.are_none or corrected:
        logger.info(
            "removed the files of %d videos without a row, moved those of %d, making %d again; %d cannot be; "
            "corrected the counts of %d",
            *(len(findings.strays), len(findings.misplaced), len(findings.lost), len(findings.unrecoverable)),
            corrected,
        )


def _tell_refused(findings: Findings) -> None:
    told = ", ".join(findings.strays[:NAMES_TOLD])
    logger.warning(
        "The files of %d videos have no row, those of %d have one. None were removed: is this the right database? "
        "`manage.py check_integrity` lists them, `--repair` removes them. They are %s%s",
        *(len(findings.strays), findings.known, told, " and more" if len(findings.strays) > NAMES_TOLD else ""),
    )
