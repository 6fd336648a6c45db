"""Forms of a video's page that work before, or without, any script. With a script the page calls the API instead."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import require_user
from social import services
from social.selectors import liked_by
from videos.access import get_video


@require_POST
@login_required
def add_comment(request: HttpRequest, name: str) -> HttpResponse:
    user = require_user(request)
    video = get_video(user, name)
    try:
        services.comment(video=video, user=user, text=request.POST.get("text", ""))
    except services.InvalidComment as problem:
        messages.error(request, problem.message)
    return redirect(f"{video.get_absolute_url()}#comments")


@require_POST
@login_required
def toggle_like(request: HttpRequest, name: str) -> HttpResponse:
    user = require_user(request)
    video = get_video(user, name)
    change = services.unlike if liked_by(user, [video]) else services.like
    change(video=video, user=user)
    return redirect(video)
