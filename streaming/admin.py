"""People who are deleted in the admin leave as they would by themselves (`leaving.py`), so that no count goes on with
them."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin import PersonAdmin
from accounts.models import User
from streaming.leaving import leave

admin.site.unregister(User)


@admin.register(User)
class LeavingPersonAdmin(PersonAdmin):
    def delete_model(self, request: HttpRequest, obj: User) -> None:
        leave(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            leave(person)
