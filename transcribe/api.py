"""Words of the API: reading and correcting them, and subtitles in two formats."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from accounts.access import optional_user
from accounts.api_auth import needs_account
from transcribe.captions import srt, webvtt
from transcribe.selectors import cues_of, transcript_of
from transcribe.services import CUE_MAX, correct_cues
from videos.access import get_video, get_video_to_change
from videos.api_types import Count, NumberIn
from videos.models import Video

router = Router(tags=["words"])
# For the description of the API: what these answers are.
AS_VTT, AS_SRT = (
    {"responses": {HTTPStatus.OK: {"content": {content_type: {"schema": {"type": "string"}}}}}}
    for content_type in ("text/vtt", "application/x-subrip")
)


class WordOut(Schema):
    start_ms: Count
    end_ms: Count
    text: str


class CueOut(Schema):
    id: int
    start_ms: Count
    end_ms: Count
    text: str
    words: list[WordOut]


class TranscriptOut(Schema):
    language: str
    engine: str
    cues: list[CueOut]


class LineIn(Schema):
    id: NumberIn
    text: str = Field(json_schema_extra={"minLength": 1, "maxLength": CUE_MAX})


class CorrectionIn(Schema):
    cues: list[LineIn]


def _transcript_out(video: Video) -> TranscriptOut:
    transcript = transcript_of(video)
    cues = [CueOut.from_orm(cue) for cue in cues_of(video)]
    return TranscriptOut(language=transcript.language, engine=transcript.engine, cues=cues)


@router.get("/videos/{name}/transcript/", response=TranscriptOut)
def show_transcript(request: HttpRequest, name: str) -> TranscriptOut:
    """What is said, word by word. 404 `no_transcript_yet` until it is written; no cues if nobody speaks."""
    return _transcript_out(get_video(optional_user(request), name))


@router.patch("/videos/{name}/transcript/", response=TranscriptOut, auth=needs_account)
def correct_transcript(request: HttpRequest, name: str, body: CorrectionIn) -> TranscriptOut:
    """Correct the text of some cues; subtitles, and those of cuts made from this video, follow."""
    video = get_video_to_change(optional_user(request), name)
    transcript_of(video)
    correct_cues(video=video, texts={line.id: line.text for line in body.cues})
    return _transcript_out(video)


@router.get("/videos/{name}/captions.vtt", url_name="captions_vtt", response={200: None}, openapi_extra=AS_VTT)
def captions_vtt(request: HttpRequest, name: str) -> HttpResponse:
    """Subtitles as WebVTT."""
    video = get_video(optional_user(request), name)
    transcript_of(video)
    return _subtitles(video, webvtt(cues_of(video)), "text/vtt")


@router.get(
    "/videos/{name}/captions.srt",
    url_name="captions_srt",
    response={200: None},
    openapi_extra=AS_SRT,
)
def captions_srt(request: HttpRequest, name: str) -> HttpResponse:
    """Subtitles as SubRip."""
    video = get_video(optional_user(request), name)
    transcript_of(video)
    return _subtitles(video, srt(cues_of(video)), "application/x-subrip")


def _subtitles(video: Video, text: str, content_type: str) -> HttpResponse:
    kept = "private, no-store" if video.is_private else "no-cache"
    return HttpResponse(text, content_type=f"{content_type}; charset=utf-8", headers={"Cache-Control": kept})
