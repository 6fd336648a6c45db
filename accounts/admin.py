"""People and their tokens in the admin. Nobody gets into an account with more rights than their own, or gives any."""

from __future__ import annotations

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import ApiToken, User
from accounts.reset_links import reset_path

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


def _may_all(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _may_reach(request: HttpRequest, person: User | None) -> bool:
    """Whoever changes the password or the mail address of an account can act with its rights."""
    return person is None or _may_all(request) or not (person.is_staff or person.is_superuser)


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    actions = ("make_password_link",)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_reach(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        given = super().get_readonly_fields(request, obj)
        return tuple(given) if _may_all(request) else (*given, *RIGHTS)

    @admin.action(description="Make a link for a new password", permissions=["change"])
    def make_password_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            if not _may_reach(request, person):
                messages.error(request, f"Only a superuser may make a link for {person}, who is staff.")
                continue
            link = request.build_absolute_uri(reset_path(person))
            messages.success(request, f"{person} chooses a new password at {link}, once, within a day.")


admin.site.unregister(Group)


@admin.register(Group)
class RightsOfGroupsAdmin(GroupAdmin):
    """Whoever changes a group gives rights to all in it, themselves perhaps."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _may_all(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return _may_all(request)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return _may_all(request)


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin[ApiToken]):
    list_display = ("user", "label", "created_at", "last_used_at", "expires_at")
    readonly_fields = ("user", "label", "digest", "created_at", "last_used_at", "expires_at")
    search_fields = ("user__username", "label")

    def has_add_permission(self, *_request: object) -> bool:
        return False
