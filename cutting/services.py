"""What makes cuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from django.db import transaction

from accounts.models import User
from capture import quota
from cutting import plan, text_match
from cutting.drafts import drop_draft
from cutting.errors import MayNotCut, NoWords, OneChoice, TooManyCuts
from cutting.plan import Plan
from limits.spending import limit_of, person, spend
from transcribe.selectors import cues_of, words_of
from videos import files
from videos.access import may_cut
from videos.errors import NeverPlayable, NotPlayableYet
from videos.models import ProcessingStep, Video
from videos.services import TITLE_MAX, create_video
from videos.work.table import VideoState, state_of

# What one person may have in the making at once: the workers are everybody's.
UNDER_WAY_MAX = 10
State = ProcessingStep.State


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What to cut, said in exactly one of these ways. Ranges are [start_ms, end_ms] on the source, taken exactly."""

    keep: Sequence[Sequence[int]] | None = None
    remove: Sequence[Sequence[int]] | None = None
    text: str | None = None
    remove_text: str | None = None


def make_cut(*, video: Video, user: User, choice: Choice, title: str = "", visibility: str | None = None) -> Video:
    """A new video made of parts of this one; it is rendered in the background. Its visibility is that of its source.

    The person's draft for this video has become the cut.

    Raises MayNotCut, NotPlayableYet, NeverPlayable, TooOften, InvalidDetails, and CutRefused in all its kinds.
    """
    if not may_cut(user, video):
        raise MayNotCut
    if not files.exists(files.media_key(video, files.VIDEO_FILE)):
        raise nothing_to_cut(video)
    spend(limit_of("cut"), person(user.pk))
    ranges = plan_of(video, choice)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once must not both find the last place
        _check_room(user)
        quota.check_room(user, 1)
        drop_draft(video=video, user=user)
        return create_video(
            owner=user,
            kind=Video.Kind.CUT,
            title=title.strip() or default_title(video),
            visibility=video.visibility if visibility is None else visibility,
            # Through a cut nobody may get at what its source keeps for its owner.
            allows_cuts=video.allows_cuts and user.allows_cuts,
            language=video.language,
            cut_from=video,
            cut_ranges=[list(piece) for piece in ranges],
        )


def nothing_to_cut(video: Video) -> NotPlayableYet | NeverPlayable:
    """Why a video that cannot be played cannot be cut either: it is not ready yet, or never will be."""
    is_failed = state_of(video, video.steps.all()) is VideoState.FAILED
    return NeverPlayable() if is_failed else NotPlayableYet()


def _check_room(user: User) -> None:
    unfinished = ProcessingStep.objects.filter(
        kind=ProcessingStep.Kind.RENDER, state__in=[State.WAITING, State.RUNNING]
    )
    if unfinished.filter(video__owner=user).count() >= UNDER_WAY_MAX:
        raise TooManyCuts(f"{UNDER_WAY_MAX} of your cuts are still in the making. Try again when one of them is done.")


def default_title(video: Video) -> str:
    """What a cut is called unless its maker names it."""
    title = f"Cut of {video.shown_title}"
    return title if len(title) <= TITLE_MAX else title[: TITLE_MAX - 1].rstrip() + "…"


def plan_of(video: Video, choice: Choice) -> Plan:
    """What the choice keeps of the video. Raises CutRefused in all its kinds."""
    if sum(getattr(choice, field.name) is not None for field in fields(choice)) != 1:
        raise OneChoice
    if choice.keep is not None:
        return plan.kept(choice.keep, video.duration_ms)
    if choice.remove is not None:
        return plan.without(choice.remove, video.duration_ms)
    return _plan_of_text(video, choice.text or choice.remove_text or "", keeps=choice.text is not None)


def _plan_of_text(video: Video, text: str, *, keeps: bool) -> Plan:
    words = words_of(cues_of(video))
    if not words:
        raise NoWords
    named = [False] * len(words)
    for span in text_match.find(text, words):
        named[span.first : span.last + 1] = [True] * (span.last + 1 - span.first)
    planned = plan.of_words(words, [this is keeps for this in named], video.duration_ms)
    if not keeps:
        return planned
    # Silence at the ends of the video was not asked for either.
    said = [word for word, this in zip(words, named, strict=True) if this]
    return plan.overlap(planned, said[0].start_ms - plan.PADDING_MS, said[-1].end_ms + plan.PADDING_MS)
