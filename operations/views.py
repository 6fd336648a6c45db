"""The doctor's page in the admin."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from operations.doctor import Line, examine
from operations.findings import Severity

# Django's own styles of messages.
STYLES = {Severity.OK: "success", Severity.WARNING: "warning", Severity.BROKEN: "error"}


@never_cache
@require_safe
def doctor(request: HttpRequest) -> HttpResponse:
    """Every finding, and whether this page was asked for at PUBLIC_URL.

    For staff (see videostream/urls.py) who may see workers: it names folders, hosts and versions.
    """
    if not request.user.has_perm("videos.view_worker"):
        raise PermissionDenied
    lines = [*examine(), _seen_address(request)]
    context = {
        **admin.site.each_context(request),
        "title": "Doctor",
        "public_url": settings.PUBLIC_URL,
        "lines": [{"title": line.title, "sentence": line.sentence, "style": STYLES[line.severity]} for line in lines],
    }
    return render(request, "operations/doctor.html", context)


def _seen_address(request: HttpRequest) -> Line:
    """Scheme and host as they arrive here; what the browser sees is compared by the page's script."""
    seen = f"{request.scheme}://{request.get_host()}"
    title = "Address here"
    if not settings.PUBLIC_URL:
        return Line(title, Severity.WARNING, f"You came by {seen}: set PUBLIC_URL to what people type.")
    if seen != settings.PUBLIC_URL:
        sentence = (
            f"You came by {seen}, but PUBLIC_URL is {settings.PUBLIC_URL}: correct it, or let what is in front of "
            "nginx send X-Forwarded-Proto and the host's name."
        )
        return Line(title, Severity.BROKEN, sentence)
    return Line(title, Severity.OK, f"You came by {seen}, as PUBLIC_URL says.")
