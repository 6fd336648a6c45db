from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from accounts.models import ApiToken, User

admin.site.register(User, UserAdmin)


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin[ApiToken]):
    list_display = ("user", "label", "created_at")
    readonly_fields = ("user", "label", "digest", "created_at")
    search_fields = ("user__username", "label")

    def has_add_permission(self, *_request: object) -> bool:
        return False
