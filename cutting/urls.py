from __future__ import annotations

from django.urls import re_path

from cutting import views
from videos.names import PATTERN

urlpatterns = [
    re_path(r"^cutvideo/?$", views.choose_cut, name="choose_cut"),
    re_path(rf"^cutvideo/(?P<name>{PATTERN})/?$", views.cut, name="cut"),
]
