from __future__ import annotations

from django.urls import re_path

from streaming import account_views, page_forms, views
from videos.names import PATTERN

NAME = rf"(?P<name>{PATTERN})"

urlpatterns = [
    re_path(r"^(?:playallsnap/?)?$", views.feed, name="feed"),
    re_path(rf"^playvideo/{NAME}/?$", views.watch, name="watch"),
    re_path(rf"^playvideo/{NAME}/edit/?$", views.edit, name="edit_video"),
    re_path(rf"^playvideo/{NAME}/delete/?$", views.delete, name="delete_video"),
    re_path(rf"^playvideo/{NAME}/comment/?$", page_forms.add_comment, name="add_comment"),
    re_path(rf"^playvideo/{NAME}/like/?$", page_forms.toggle_like, name="toggle_like"),
    re_path(r"^account/delete/?$", account_views.delete_account, name="delete_account"),
    re_path(r"^profile/?$", views.own_profile, name="profile"),
    re_path(r"^@(?P<username>[\w.@+-]+)/?$", views.profile, name="person"),
    re_path(rf"^hls/playlist_{NAME}\.m3u8$", views.master_playlist, name="playlist"),
    re_path(rf"^hls/{NAME}/(?P<version>[0-9a-f]{{1,32}})/(?P<file_name>[a-z0-9_]+\.(?:m3u8|mp4|m4s))$", views.hls_file),
    re_path(rf"^media/videos/{NAME}/(?P<file_name>video\.mp4|poster\.jpg)$", views.media_file),
]
