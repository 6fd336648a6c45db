from __future__ import annotations

from django.contrib import admin

from social.models import Comment


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin[Comment]):
    list_display = ("text", "user", "video", "created_at")
    search_fields = ("text", "user__username", "video__name")
    raw_id_fields = ("user", "video")
    list_select_related = ("user", "video")
