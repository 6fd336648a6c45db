"""The JSON API: one description, at /api/docs, of what the apps offer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.docs import Swagger
from ninja.openapi.schema import OpenAPISchema

from accounts.api import router as accounts
from cutting.api import router as cutting
from problems.answers import answer_problem
from problems.errors import NotFound, Problem
from social.api import router as social
from streaming.api import router as streaming
from transcribe.api import router as transcribe
from videos.errors import VideoNotFound
from videos.models import Video
from videostream.openapi import complete

DESCRIPTION = """\
Videos, their words, cuts and what people say about them.

Log in on the site, or send `Authorization: Bearer TOKEN` with a token from your account page.
Errors look like `{"error": {"code": "...", "message": "..."}}`; codes are stable, messages are for people.
Upload at `/api/uploads/` with any tus 1.0 client; metadata: filename, filetype, title, visibility, reply_to.
"""


class Docs(Swagger):
    """In the site's own frame, so that there is a way back."""

    template = "api_docs.html"


class Api(NinjaAPI):
    """Its description says what all calls have in common, too."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        complete(schema)
        return schema


api = Api(title="VideoStream", version="1", urls_namespace="api", description=DESCRIPTION, docs=Docs())
for router in (accounts, streaming, social, transcribe, cutting):
    api.add_router("", router)


class InvalidRequest(Problem):
    code = "invalid_request"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class CallRefused(Problem):
    """What the framework itself refuses, such as a body that is not JSON."""

    code = "refused"

    def __init__(self, status: int, message: str) -> None:
        self.status = HTTPStatus(status)
        super().__init__(message)


@api.exception_handler(Problem)
def on_problem(request: HttpRequest, problem: Any) -> HttpResponse:
    return answer_problem(request, problem)


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, _error: Any) -> HttpResponse:
    return answer_problem(request, NotFound())


@api.exception_handler(Video.DoesNotExist)
def on_deleted_meanwhile(request: HttpRequest, _error: Any) -> HttpResponse:
    return answer_problem(request, VideoNotFound())


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: Any) -> HttpResponse:
    faults = "; ".join(f"{'.'.join(str(part) for part in fault['loc'][1:])}: {fault['msg']}" for fault in error.errors)
    return answer_problem(request, InvalidRequest(f"This request is not as expected. {faults}"))


@api.exception_handler(HttpError)
def on_refusal(request: HttpRequest, error: Any) -> HttpResponse:
    return answer_problem(request, CallRefused(error.status_code, str(error)))
