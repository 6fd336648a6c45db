"""The page that records."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import optional_user, require_user
from capture.quota import usage_of
from videos.access import get_video
from videos.models import Video
from videos.services import TITLE_MAX

# Stands for the name of a video that does not exist yet, in the addresses that the page is given.
PLACEHOLDER = "Placeholder1"
LANGUAGES = (
    *(("en", "English"), ("ar", "العربية"), ("zh", "中文"), ("cs", "Čeština"), ("nl", "Nederlands")),
    *(("fr", "Français"), ("de", "Deutsch"), ("hi", "हिन्दी"), ("it", "Italiano"), ("ja", "日本語"), ("ko", "한국어")),
    *(("pl", "Polski"), ("pt", "Português"), ("ru", "Русский"), ("es", "Español"), ("sv", "Svenska")),
    *(("tr", "Türkçe"), ("uk", "Українська")),
)


@require_safe
@login_required
def capture(request: HttpRequest) -> HttpResponse:
    """Record, or choose a file; `?reply_to=NAME` answers another video."""
    name = request.GET.get("reply_to", "")
    context = {
        "reply_to": get_video(optional_user(request), name) if name else None,
        "visibilities": [(value, *label.split(": ", 1)) for value, label in Video.Visibility.choices],
        "languages": LANGUAGES,
        "placeholder": PLACEHOLDER,
        "title_max": TITLE_MAX,
        "usage": usage_of(require_user(request)),
        "chunk_max_bytes": settings.UPLOAD_CHUNK_MAX_BYTES,
        "upload_max_bytes": settings.UPLOAD_MAX_BYTES,
        "duration_max_ms": settings.VIDEO_MAX_DURATION_MS,
        "duration_max_minutes": settings.VIDEO_MAX_DURATION_MS // 60_000,
    }
    return render(request, "capture/capture.html", context)
