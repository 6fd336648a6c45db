from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from social import services
from social.models import Comment


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin[Comment]):
    list_display = ("text", "user", "video", "created_at")
    search_fields = ("text", "user__username", "video__name")
    raw_id_fields = ("user", "video")
    list_select_related = ("user", "video")

    def delete_model(self, request: HttpRequest, obj: Comment) -> None:
        services.delete_comment(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        for comment in queryset:
            services.delete_comment(comment)
