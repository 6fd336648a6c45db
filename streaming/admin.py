"""People who are deleted in the admin leave as they would by themselves (`leaving.py`), so that no count goes on with
them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin import PersonAdmin
from accounts.models import User
from streaming.leaving import leave
from videos.models import Video

admin.site.unregister(User)


@admin.register(User)
class LeavingPersonAdmin(PersonAdmin):
    def get_deleted_objects(
        self, objs: QuerySet[User] | Sequence[User], request: HttpRequest
    ) -> tuple[list[Any], dict[Any, int], set[Any], list[Any]]:
        """Whoever may delete a person may delete what goes with them, videos that Django thinks protected included."""
        going, counts, lacking, videos = super().get_deleted_objects(objs, request)
        if videos:
            counts[str(Video._meta.verbose_name_plural)] = len(videos)
        return [*going, *videos], counts, lacking & {User._meta.verbose_name}, []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        leave(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            leave(person)
