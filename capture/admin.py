"""Uploads in the admin: to look at, not to change."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat

from capture import parts
from capture.models import Allowance, Upload


@admin.register(Upload)
class UploadAdmin(admin.ModelAdmin[Upload]):
    list_display = ("id", "owner", "arrived", "length", "active_at", "completed_at", "video")
    list_filter = ("completed_at", "active_at")
    list_select_related = ("owner", "video")
    search_fields = ("id", "owner__username", "video_name")
    ordering = ("-created_at",)
    fields = (
        *("id", "owner", "arrived", "length", "title", "visibility", "language", "kind", "reply_to", "video"),
        *("metadata", "created_at", "active_at", "expires_at", "completed_at"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Upload | None = None) -> bool:
        return False

    @admin.display(description="arrived")
    def arrived(self, upload: Upload) -> str:
        size_bytes = upload.length_bytes if upload.is_complete else parts.size_of(upload.id)
        return "nothing on the disk" if size_bytes is None else filesizeformat(size_bytes)

    @admin.display(description="length", ordering="length_bytes")
    def length(self, upload: Upload) -> str:
        return "not declared yet" if upload.length_bytes is None else filesizeformat(upload.length_bytes)

    @admin.display(description="expires at", ordering="active_at")
    def expires_at(self, upload: Upload) -> str:
        return "" if upload.is_complete else upload.expires_at.isoformat(" ", "minutes")


@admin.register(Allowance)
class AllowanceAdmin(admin.ModelAdmin[Allowance]):
    list_display = ("person", "stored_max_gb", "day_max_gb")
    autocomplete_fields = ("person",)
    search_fields = ("person__username",)
