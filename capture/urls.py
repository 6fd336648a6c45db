from __future__ import annotations

from django.urls import re_path
from django.views.generic import RedirectView

from capture import tus, views

urlpatterns = [
    re_path(r"^captureevent/?$", views.capture, name="capture"),
    re_path(r"^catpureevent/?$", RedirectView.as_view(pattern_name="capture", query_string=True, permanent=True)),
    re_path(r"^api/uploads/?$", tus.UploadsView.as_view(), name="uploads"),
    re_path(r"^api/uploads/(?P<upload_id>[^/]+)/?$", tus.UploadView.as_view(), name="upload"),
]
