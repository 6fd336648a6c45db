"""The pages on which videos are cut."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import require_user
from accounts.models import User
from cutting.drafts import draft_of
from cutting.errors import CutRefused, MayNotCut
from cutting.forms import CutForm
from cutting.models import Draft
from cutting.page import Line, clock, digest_of, items_in, lines_of
from cutting.selectors import cuttable
from cutting.services import Choice, default_title, make_cut, nothing_to_cut
from limits.spending import TooOften
from transcribe.selectors import cues_of, reason_for_no_words, words_step
from videos.access import get_video, may_cut
from videos.addresses import media_url
from videos.errors import InvalidDetails
from videos.files import POSTER_FILE, VIDEO_FILE
from videos.models import Video

GRID_PAGE = 24


@require_safe
@login_required
def choose_cut(request: HttpRequest) -> HttpResponse:
    """The videos that this person may cut: their own first, then public ones, newest first."""
    user = require_user(request)
    number = _page_number(request.GET.get("page", ""))
    videos = cuttable(user, (number - 1) * GRID_PAGE, GRID_PAGE + 1)
    cards = [
        {
            "video": video,
            "poster": _poster(video),
            "is_own": video.owner_id == user.pk,
            "length": clock(video.duration_ms),
        }
        for video in videos[:GRID_PAGE]
    ]
    context = {"cards": cards, "newer": number - 1, "older": number + 1 if len(videos) > GRID_PAGE else 0}
    return render(request, "cutting/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cut(request: HttpRequest, name: str) -> HttpResponse:
    """Player and words of a video; the form makes a cut of it."""
    user = require_user(request)
    video = get_video(user, name)
    if not may_cut(user, video):
        raise MayNotCut
    if not video.is_playable:
        raise nothing_to_cut(video)
    lines = lines_of(cues_of(video), video.duration_ms)
    draft = draft_of(video, user, digest_of(items_in(lines)))
    form = CutForm(
        request.POST if request.method == "POST" else None,
        lines=[line.numbers for line in lines],
        duration_ms=video.duration_ms,
        initial=_initial(video, draft),
    )
    if request.method == "POST" and form.is_valid():
        made = _made(video, user, form, lines)
        if made is not None:
            return redirect(made)
    context = {**_context(video, form, lines), "draft": _draft_out(draft), "draft_age_ms": _age_ms(draft)}
    return render(request, "cutting/cut.html", context, status=422 if form.errors else 200)


def _initial(video: Video, draft: Draft | None) -> dict[str, Any]:
    if draft is None:
        return {"visibility": video.visibility, "start_s": 0, "end_s": video.duration_ms / 1000}
    times = {"start_s": draft.from_ms / 1000, "end_s": draft.to_ms / 1000}
    return {"visibility": draft.visibility, "title": draft.title, "item": draft.removed, **times}


def _draft_out(draft: Draft | None) -> dict[str, Any] | None:
    if draft is None:
        return None
    return {"removed": draft.removed, "from_ms": draft.from_ms, "to_ms": draft.to_ms}


def _age_ms(draft: Draft | None) -> int | None:
    return None if draft is None else (timezone.now() - draft.updated_at) // timedelta(milliseconds=1)


def _made(video: Video, user: User, form: CutForm, lines: list[Line]) -> Video | None:
    """The cut that a valid form asks for, or None with the reason in the form."""
    try:
        keep = form.plan_for(items_in(lines))
        details = {key: form.cleaned_data[key] for key in ("title", "visibility")}
        return make_cut(video=video, user=user, choice=Choice(keep=keep), **details)
    except (CutRefused, InvalidDetails, TooOften) as problem:
        form.add_error(None, problem.message)
        return None


def _context(video: Video, form: CutForm, lines: list[Line]) -> dict[str, Any]:
    step = words_step(video)
    items = items_in(lines)
    return {
        "video": video,
        "source": media_url(video, VIDEO_FILE),
        "poster": _poster(video),
        "form": form,
        "lines": lines,
        "items": [[item.start_ms, item.end_ms, item.text] for item in items],
        "digest": digest_of(items),
        "default_title": default_title(video),
        "words_are_coming": step is not None and not step.is_finished,
        "reason_for_no_words": reason_for_no_words(video),
    }


def _page_number(text: str) -> int:
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,5}", text) else 1


def _poster(video: Video) -> str:
    """The address of the still picture, or empty while there is none."""
    is_there = any(step.kind == step.Kind.POSTER and step.state == step.State.DONE for step in video.steps.all())
    return media_url(video, POSTER_FILE) if is_there else ""
