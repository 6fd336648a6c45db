from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from transcribe.errors import InvalidCorrection
from transcribe.models import Cue, Transcript
from transcribe.services import correct_cues


class CueInline(admin.TabularInline[Cue, Transcript]):
    """Texts can be corrected; what was recognised and when it was said cannot be changed."""

    model = Cue
    fields = ("start_ms", "end_ms", "text", "corrected_text")
    readonly_fields = ("start_ms", "end_ms", "text")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Transcript | None = None) -> bool:
        return False


@admin.register(Transcript)
class TranscriptAdmin(admin.ModelAdmin[Transcript]):
    list_display = ("video", "language", "engine", "cue_count", "made_at")
    list_filter = ("language", "engine")
    list_select_related = ("video", "video__owner")
    search_fields = ("video__name", "video__title", "cues__text")
    readonly_fields = ("video", "language", "engine", "made_at")
    inlines = (CueInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transcript]:
        return super().get_queryset(request).annotate(cue_total=Count("cues", distinct=True))

    @admin.display(description="cues")
    def cue_count(self, transcript: Transcript) -> int:
        return int(transcript.cue_total)  # type: ignore[attr-defined]  # annotated above

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_formset(self, request: HttpRequest, form: ModelForm[Transcript], formset: Any, change: bool) -> None:
        """Corrections go through the service, so that cuts follow. An emptied one gives the recognised text back."""
        texts = {cue.pk: cue.corrected_text or cue.text for cue in formset.save(commit=False)}
        try:
            correct_cues(video=form.instance.video, texts=texts)
        except InvalidCorrection as error:
            messages.error(request, error.message)
