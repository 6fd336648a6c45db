"""What changes videos."""

from __future__ import annotations

from contextlib import suppress
from typing import TypedDict, Unpack

from django.db import transaction

from accounts.models import User
from videos import files
from videos.errors import InvalidDetails
from videos.models import ProcessingStep, Video
from videos.text import one_line
from videos.work import claims
from videos.work.table import STEPS_OF, depends_on
from videos.work.tasks import look_for_work

TITLE_MAX = 120


def clean_title(title: str) -> str:
    """One line of visible text. Raises InvalidDetails if it is too long."""
    line = one_line(title)
    if len(title) > TITLE_MAX:
        raise InvalidDetails(f"A title may have at most {TITLE_MAX} characters; this one has {len(line)}.")
    return line


def clean_visibility(visibility: str) -> str:
    """One of the known visibilities. Raises InvalidDetails."""
    if visibility not in Video.Visibility.values:
        raise InvalidDetails(f"Visibility must be one of {', '.join(Video.Visibility.values)}.")
    return visibility


class VideoDetails(TypedDict, total=False):
    """What may be said of a new video beside its owner and kind."""

    title: str
    visibility: str
    allows_cuts: bool
    language: str
    reply_to: Video | None
    cut_from: Video | None
    cut_ranges: list[list[int]]
    name: str
    original_file: str
    size_bytes: int


@transaction.atomic
def create_video(*, owner: User, kind: str, **details: Unpack[VideoDetails]) -> Video:
    """A new video with its steps waiting; work begins when the transaction commits. Raises InvalidDetails.

    A queue that does not answer is no error: the steps are in the database, and the keeper reminds the workers.
    """
    details.setdefault("allows_cuts", owner.allows_cuts)
    video = Video(owner=owner, kind=kind, **details)
    video.title = clean_title(video.title)
    video.visibility = clean_visibility(video.visibility)
    video.save()
    kinds = [kind for kind in STEPS_OF[video.kind] if kind != ProcessingStep.Kind.STORE or not files.is_on_disk()]
    ProcessingStep.objects.bulk_create(ProcessingStep(video=video, kind=kind) for kind in kinds)
    transaction.on_commit(look_for_work, robust=True)
    return video


def change_details(
    *, video: Video, title: str | None = None, visibility: str | None = None, allows_cuts: bool | None = None
) -> Video:
    """Set title, visibility and whether others may cut it; None leaves one as it is. Raises InvalidDetails.

    Files leave the public tree before the change is committed and enter it after, so that a crash in between
    can make them harder to reach but never public by mistake.
    """
    with files.placing(video) as current:
        if title is not None:
            current.title = clean_title(title)
        if visibility is not None:
            current.visibility = clean_visibility(visibility)
        if allows_cuts is not None:
            current.allows_cuts = allows_cuts
        current.save(update_fields=["title", "visibility", "allows_cuts"])
        if current.is_private:
            files.move_to_tree(current.name, is_private=True)
        else:
            transaction.on_commit(lambda: _settle_files(current))
    return current


def _settle_files(video: Video) -> None:
    """Somebody else may have made it private again, or deleted it, since the commit."""
    with suppress(Video.DoesNotExist):
        files.settle(video)


def delete_video(video: Video) -> None:
    """The row first, so that no page leads to it any more; then every file.

    A file that cannot be removed keeps none of another video: it is logged, and the next night removes it.
    """
    with transaction.atomic():
        video.delete()
        transaction.on_commit(lambda: files.delete_all(video), robust=True)


@transaction.atomic
def run_again(video: Video, kind: str, *, also_running: bool = True) -> None:
    """Do one step of a video anew, and all that depends on it.

    A step that runs at the moment goes on and runs once more, because it may have read what is no longer true;
    without `also_running` it is left at that.
    """
    claims.want_again(video, {kind} | depends_on(kind), also_running=also_running)
    transaction.on_commit(look_for_work, robust=True)


def process_again(video: Video) -> None:
    """Do every step of a video anew."""
    for kind in STEPS_OF[video.kind]:
        run_again(video, kind)
