"""Every address of the site."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from operations import health
from operations.views import doctor
from videostream.api import api

# Where no view was reached, too, scripts and programs read JSON and people a page.
handler400 = "videostream.answers.bad_request"
handler404 = "videostream.answers.not_found"
handler403 = "videostream.answers.forbidden"
handler500 = "videostream.answers.broken"

urlpatterns = [
    path("", include("streaming.urls")),
    path("", include("capture.urls")),
    path("", include("cutting.urls")),
    path("", include("accounts.urls")),
    path("api/", api.urls),
    path("admin/doctor/", admin.site.admin_view(doctor), name="doctor"),
    # One page changes a password, and it bounds wrong tries at the old one.
    path("admin/password_change/", RedirectView.as_view(pattern_name="change_password"), name="staff_password"),
    path("admin/", admin.site.urls),
    re_path(r"^healthz/?$", health.alive, name="healthz"),
    re_path(r"^readyz/?$", health.ready, name="readyz"),
]
