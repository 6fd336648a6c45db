"""Cuts of the API."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from accounts.access import require_user
from accounts.api_auth import needs_account
from cutting.drafts import drop_draft, keep_draft
from cutting.services import Choice, make_cut
from cutting.text_match import TEXT_MAX
from problems.schema import ErrorOut
from videos.access import get_video
from videos.api_types import MillisecondsIn, TitleIn, VisibilityIn

router = Router(tags=["cuts"])
RangeIn = Annotated[list[MillisecondsIn], Field(min_length=2, max_length=2)]
TextIn = Annotated[str, Field(json_schema_extra={"maxLength": TEXT_MAX})]


class CutIn(Schema):
    """Exactly one of keep, remove, text and remove_text; ranges are [start_ms, end_ms]."""

    keep: list[RangeIn] | None = None
    remove: list[RangeIn] | None = None
    text: TextIn | None = None
    remove_text: TextIn | None = None
    title: TitleIn = ""
    visibility: VisibilityIn | None = None


class CutOut(Schema):
    name: str
    url: str


@router.post(
    "/videos/{name}/cuts/", response={HTTPStatus.ACCEPTED: CutOut, HTTPStatus.CONFLICT: ErrorOut}, auth=needs_account
)
def cut(request: HttpRequest, name: str, body: CutIn) -> Status[CutOut]:
    """A new video made of parts of this one. It is rendered in the background: ask `/api/videos/NAME/` for its state.

    Ranges are cut exactly as given. Texts are looked for among the words; parts on lines of their own, or with three
    dots between them, may be far from each other.
    """
    user = require_user(request)
    choice = Choice(keep=body.keep, remove=body.remove, text=body.text, remove_text=body.remove_text)
    made = make_cut(video=get_video(user, name), user=user, choice=choice, title=body.title, visibility=body.visibility)
    return Status(HTTPStatus.ACCEPTED, CutOut(name=made.name, url=made.get_absolute_url()))


Number = Annotated[int, Field(ge=0, lt=2**31)]


class DraftIn(Schema):
    """What is chosen on the cut page: numbers of words and pauses as it counts them, and times in milliseconds."""

    removed: Annotated[list[Number], Field(max_length=20_000)]
    from_ms: Number
    to_ms: Number
    title: str
    visibility: str
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{0,16}$")]


@router.put("/videos/{name}/cut-draft/", response={HTTPStatus.NO_CONTENT: None}, auth=needs_account)
def put_draft(request: HttpRequest, name: str, body: DraftIn) -> Status[None]:
    """Keeps a choice that is not cut yet; the cut page opens with it. A cut drops it."""
    user = require_user(request)
    keep_draft(video=get_video(user, name), user=user, **body.dict())
    return Status(HTTPStatus.NO_CONTENT, None)


@router.delete("/videos/{name}/cut-draft/", response={HTTPStatus.NO_CONTENT: None}, auth=needs_account)
def delete_draft(request: HttpRequest, name: str) -> Status[None]:
    """Starts again."""
    user = require_user(request)
    drop_draft(video=get_video(user, name), user=user)
    return Status(HTTPStatus.NO_CONTENT, None)
