"""The page that records."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from accounts.access import optional_user
from videos.access import get_video
from videos.models import Video
from videos.services import TITLE_MAX


@require_safe
@login_required
@ensure_csrf_cookie
def capture(request: HttpRequest) -> HttpResponse:
    """Record, or choose a file; `?reply_to=NAME` answers another video."""
    name = request.GET.get("reply_to", "")
    context = {
        "reply_to": get_video(optional_user(request), name) if name else None,
        "visibilities": Video.Visibility.choices,
        "title_max": TITLE_MAX,
        "chunk_max_bytes": settings.UPLOAD_CHUNK_MAX_BYTES,
        "upload_max_bytes": settings.UPLOAD_MAX_BYTES,
        "duration_max_ms": settings.VIDEO_MAX_DURATION_MS,
    }
    return render(request, "capture/capture.html", context)
