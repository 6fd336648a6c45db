"""The feed, the page of one video, profiles, and the files that nginx does not serve by itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import optional_user, require_user
from accounts.models import User
from problems.errors import NotFound
from streaming import delivery
from streaming.demand import CannotBePlayed, make_playable
from streaming.forms import DetailsForm
from streaming.paging import page_of
from streaming.representation import represent, represent_one
from transcribe.selectors import cues_of
from videos import files, services
from videos.access import get_video, get_video_to_change, get_video_to_delete, may_delete
from videos.errors import InvalidDetails, NotPlayableYet
from videos.models import Video

FEED_PAGE = 5
GRID_PAGE = 24
REPLIES_SHOWN = 12


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """One video a screen. `?part=1` answers with the following items only; `?from=NAME` begins with that video."""
    user = optional_user(request)
    cursor = request.GET.get("cursor", "")
    page = page_of(Video.objects.listed().select_related("owner"), cursor, FEED_PAGE)
    videos = page.videos
    if not cursor and request.GET.get("from"):
        first = get_video(user, request.GET["from"])
        videos = [first, *(video for video in videos if video.pk != first.pk)]
    context = {"videos": represent(videos, user), "next_cursor": page.next}
    return render(request, "streaming/_feed_items.html" if "part" in request.GET else "streaming/feed.html", context)


@require_safe
def watch(request: HttpRequest, name: str) -> HttpResponse:
    """One video; `?replies=CURSOR` shows the replies that follow others."""
    user = optional_user(request)
    video = get_video(user, name)
    replies = page_of(Video.objects.listed().filter(reply_to=video), request.GET.get("replies", ""), REPLIES_SHOWN)
    transcript = getattr(video, "transcript", None)
    context = {
        "video": represent_one(video, user),
        "has_transcript": transcript is not None,
        "cues": cues_of(video),
        "comments": video.comments.select_related("user").order_by("-pk")[:50],
        "replies": represent(replies.videos, user),
        "next_replies": replies.next,
    }
    return render(request, "streaming/watch.html", context)


@login_required
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """Title, visibility and whether others may cut it, for the owner."""
    video = get_video_to_change(optional_user(request), name)
    shown = {"title": video.title, "visibility": video.visibility, "allows_cuts": video.allows_cuts}
    form = DetailsForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_details(video=video, **form.cleaned_data)
        except InvalidDetails as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Saved.")
            return redirect("watch", name)
    context = {"form": form, "video": video, "may_delete": may_delete(optional_user(request), video)}
    return render(request, "streaming/edit.html", context)


@require_POST
@login_required
def delete(request: HttpRequest, name: str) -> HttpResponse:
    services.delete_video(get_video_to_delete(optional_user(request), name))
    messages.success(request, "The video and all its files are gone.")
    return redirect("profile")


@require_safe
@login_required
def own_profile(request: HttpRequest) -> HttpResponse:
    """The person's own videos, whatever their state; `?page=2` and so on are older ones."""
    user = require_user(request)
    page = Paginator(user.videos.order_by("-pk"), GRID_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "person": user,
        "videos": represent(list(page), user),
        "newer": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "older": f"?page={page.next_page_number()}" if page.has_next() else "",
        "is_own": True,
    }
    return render(request, "streaming/profile.html", context)


@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse:
    """What a person has made public."""
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise NotFound("There is nobody of that name here.")
    page = page_of(Video.objects.listed().filter(owner=person), request.GET.get("cursor", ""), GRID_PAGE)
    videos = represent(page.videos, optional_user(request))
    older = f"?{urlencode({'cursor': page.next})}" if page.next else ""
    return render(request, "streaming/profile.html", {"person": person, "videos": videos, "older": older})


@require_safe
def master_playlist(request: HttpRequest, name: str) -> HttpResponseBase:
    """Where nginx has no playlist, it is made now, if the person asking may see the video."""
    user = optional_user(request)
    try:
        if not make_playable(get_video(user, name)):
            raise NotPlayableYet
    except CannotBePlayed:
        get_video(user, name)  # only who may see a failed video is told why
        raise
    video = get_video(user, name)
    path = files.playlist_path(video)
    return delivery.send_file(request, path, cache_control=_cache_control(video, delivery.ASK_AGAIN))


@require_safe
def hls_file(request: HttpRequest, name: str, version: str, file_name: str) -> HttpResponseBase:
    video = get_video(optional_user(request), name)
    path = files.hls_folder(video) / version / file_name
    return delivery.send_file(request, path, cache_control=_cache_control(video, delivery.FOR_EVER))


@require_safe
def media_file(request: HttpRequest, name: str, file_name: str) -> HttpResponseBase:
    video = get_video(optional_user(request), name)
    key = files.media_key(video, file_name)
    return delivery.send_stored(request, key, cache_control=_cache_control(video, delivery.ASK_AGAIN))


def _cache_control(video: Video, for_public: str) -> str:
    return delivery.NOT_KEPT if video.is_private else for_public
