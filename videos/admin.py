"""Videos in the admin: each kind has its own page with poster, state and steps, and can be processed again."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from videos import files, services
from videos.addresses import media_url
from videos.models import CutVideo, OriginalVideo, ProcessingStep, ReplyVideo, Video
from videos.work.table import STEPS_OF, state_of


class StepInline(admin.TabularInline[ProcessingStep, Video]):
    model = ProcessingStep
    fields = readonly_fields = ("kind", "state", "progress", "attempts", "error", "started_at", "finished_at", "worker")
    can_delete = False
    extra = 0

    def has_add_permission(self, *_request: object) -> bool:
        return False


class VideoAdmin(admin.ModelAdmin[Video]):
    """What the pages of the three kinds share. Changes go through the services, which move and delete files."""

    list_display = ("poster", "name", "shown_title", "owner", "visibility", "state", "created_at")
    list_display_links = ("poster", "name")
    list_filter = ("visibility", "created_at", "steps__state")
    search_fields = ("name", "title", "owner__username")
    list_select_related = ("owner",)
    list_per_page = 50
    fields = (
        "poster",
        ("name", "state"),
        ("owner", "kind"),
        "title",
        ("visibility", "allows_cuts"),
        "language",
        ("reply_to", "cut_from"),
        ("duration_ms", "width", "height", "size_bytes"),
        "sha256",
        ("created_at", "published_at"),
    )
    readonly_fields = (
        *("poster", "name", "state", "owner", "kind", "reply_to", "cut_from", "duration_ms", "width", "height"),
        *("size_bytes", "sha256", "created_at", "published_at"),
    )
    inlines = (StepInline,)
    actions = ("process_again", "make_transcript_again")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Video]:
        return super().get_queryset(request).prefetch_related("steps")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Video, form: object, change: bool) -> None:  # noqa: FBT001
        Video.objects.filter(pk=obj.pk).update(language=obj.language)
        services.change_details(video=obj, title=obj.title, visibility=obj.visibility, allows_cuts=obj.allows_cuts)

    def delete_model(self, request: HttpRequest, obj: Video) -> None:
        services.delete_video(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        for video in queryset:
            services.delete_video(video)

    @admin.display(description="picture")
    def poster(self, video: Video) -> SafeString | str:
        if not any(step.kind == "poster" and step.state == "done" for step in video.steps.all()):
            return "-"
        address = media_url(video, files.POSTER_FILE)
        return format_html('<a href="{}"><img src="{}" height="72" alt=""></a>', video.get_absolute_url(), address)

    @admin.display(description="state")
    def state(self, video: Video) -> str:
        steps = list(video.steps.all())
        errors = "; ".join(step.error for step in steps if step.state == "failed")
        return f"{state_of(video, steps)}{': ' if errors else ''}{errors}"

    @admin.action(description="Process again", permissions=["change"])
    def process_again(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        for video in queryset:
            services.process_again(video)
        messages.success(request, f"{queryset.count()} will be processed again.")

    @admin.action(description="Make transcript again", permissions=["change"])
    def make_transcript_again(self, request: HttpRequest, queryset: QuerySet[Video]) -> None:
        for video in queryset:
            kinds = {ProcessingStep.Kind.TRANSCRIBE, ProcessingStep.Kind.CAPTIONS} & set(STEPS_OF[video.kind])
            for kind in kinds:
                services.run_again(video, kind)
        messages.success(request, f"The words of {queryset.count()} will be written again.")


for model in (OriginalVideo, CutVideo, ReplyVideo):
    admin.site.register(model, VideoAdmin)
