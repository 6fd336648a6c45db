from __future__ import annotations

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import ApiToken, User
from accounts.reset_links import reset_path


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    actions = ("make_password_link",)

    @admin.action(description="Make a link for a new password", permissions=["change"])
    def make_password_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Nobody gets into an account with more rights than their own."""
        may_all = getattr(request.user, "is_superuser", False)
        for person in queryset:
            if (person.is_staff or person.is_superuser) and not may_all:
                messages.error(request, f"Only a superuser may make a link for {person}, who is staff.")
                continue
            link = request.build_absolute_uri(reset_path(person))
            messages.success(request, f"{person} chooses a new password at {link}, once, within a day.")


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin[ApiToken]):
    list_display = ("user", "label", "created_at", "last_used_at", "expires_at")
    readonly_fields = ("user", "label", "digest", "created_at", "last_used_at", "expires_at")
    search_fields = ("user__username", "label")

    def has_add_permission(self, *_request: object) -> bool:
        return False
