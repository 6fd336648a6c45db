"""The page on which a person deletes their account; the rest of an account's pages lives in accounts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import require_user
from accounts.forms import OwnPassword
from streaming.leaving import leave


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete_account(request: HttpRequest) -> HttpResponse:
    user = require_user(request)
    form = OwnPassword(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        leave(user)
        logout(request)
        messages.success(request, "Your account is deleted, with all your videos and their files.")
        return redirect("feed")
    return render(request, "accounts/delete.html", {"form": form, "video_count": user.videos.count()})
