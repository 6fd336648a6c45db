"""The upload protocol over HTTP: https://tus.io/protocols/resumable-upload, version 1.0.0

OPTIONS, POST                    /api/uploads/
HEAD, PATCH, DELETE, GET (JSON)  /api/uploads/ID
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import http_date
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.access import refuse_forged, require_user
from capture import headers, parts, services
from capture.access import get_upload
from capture.chunks import Chunk, Readable
from capture.completion import settle
from capture.errors import (
    VERSION,
    ChunkTooLarge,
    LengthRequired,
    MethodNotAllowed,
    UploadNotFound,
    VersionNotSupported,
    WrongContentType,
)
from capture.models import Upload
from problems.answers import answer_problem
from problems.errors import Problem

CONTENT_TYPE = "application/offset+octet-stream"
CAPABILITIES = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,creation-defer-length,checksum,termination,expiration",
    "Tus-Checksum-Algorithm": ",".join(headers.CHECKSUM_ALGORITHMS),
}
# OPTIONS comes before a client knows the version, and GET is not part of tus.
FREE_OF_VERSION = frozenset({"GET", "OPTIONS"})


@method_decorator(csrf_exempt, name="dispatch")
class TusView(View):
    """What all requests have in common: an account, the version, and problems as JSON.

    OPTIONS tells everybody what the server can do: clients ask before they log in, and browsers without any cookie.
    Of everybody else it is known who asks, by headers alone, before the body is touched.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Only for POST: a GET is not protected against forgery by other sites.
        if request.method == "POST":
            request.method = request.headers.get("X-HTTP-Method-Override", "POST").upper()
        try:
            if request.method != "OPTIONS":
                require_user(request)
                refuse_forged(request)
            if request.method not in FREE_OF_VERSION and request.headers.get("Tus-Resumable") != VERSION:
                raise VersionNotSupported
            response = super().dispatch(request, *args, **kwargs)
        except Problem as problem:
            response = answer_problem(request, problem)
        if request.method == "HEAD":
            response = HttpResponse(status=response.status_code, headers=_kept(response))
        response.headers["Tus-Resumable"] = VERSION
        response.headers["Cache-Control"] = "no-store"
        return response

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise MethodNotAllowed(str(request.method), ", ".join(name.upper() for name in self.http_method_names))


class UploadsView(TusView):
    http_method_names = ["options", "post"]

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        limit = {"Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES)}
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=CAPABILITIES | limit)

    def post(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers
        upload = services.begin_upload(
            owner=require_user(request),
            length_bytes=headers.parse_new_length(sent.get("Upload-Length"), sent.get("Upload-Defer-Length")),
            metadata=headers.parse_metadata(sent.get("Upload-Metadata", "")),
        )
        answer = {"Location": reverse("upload", args=[upload.id])} | _progress(upload, 0)
        return HttpResponse(status=HTTPStatus.CREATED, headers=answer)


class UploadView(TusView):
    http_method_names = ["head", "patch", "delete", "get", "options"]

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return UploadsView().options(request)

    def head(self, request: HttpRequest, upload_id: str) -> HttpResponse:
        upload = get_upload(require_user(request), upload_id)
        offset_bytes = settle(upload)
        answer = _progress(upload, offset_bytes)
        if upload.length_bytes is None:
            answer["Upload-Defer-Length"] = "1"
        else:
            answer["Upload-Length"] = str(upload.length_bytes)
        if upload.metadata:
            answer["Upload-Metadata"] = headers.encode_metadata(upload.metadata)
        return HttpResponse(headers=answer)

    def patch(self, request: HttpRequest, upload_id: str) -> HttpResponse:
        upload = get_upload(require_user(request), upload_id)
        offset_bytes = services.receive_chunk(upload=upload, chunk=_chunk(request))
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=_progress(upload, offset_bytes))

    def delete(self, request: HttpRequest, upload_id: str) -> HttpResponse:
        services.cancel_upload(get_upload(require_user(request), upload_id))
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    def get(self, request: HttpRequest, upload_id: str) -> HttpResponse:
        """Where the upload is, for people's pages: never waits, never changes anything."""
        upload = get_upload(require_user(request), upload_id)
        arrived = upload.length_bytes if upload.is_complete else parts.size_of(upload.id)
        if upload.is_complete and upload.video is None:
            raise UploadNotFound("The video of this upload was deleted.")
        if arrived is None:  # moved a moment ago
            arrived = upload.length_bytes
        state = "receiving" if arrived != upload.length_bytes else "finishing"
        return JsonResponse(
            {
                "id": upload.id,
                "offset": arrived,
                "length": upload.length_bytes,
                "expires_at": upload.expires_at.isoformat(),
                "video": upload.video.name if upload.video else None,
                "state": "complete" if upload.is_complete else state,
            }
        )


def _chunk(request: HttpRequest) -> Chunk:
    """What the headers say; the body has not been touched."""
    if request.content_type != CONTENT_TYPE:
        raise WrongContentType
    size_bytes, stream = _body(request)
    if size_bytes is not None and size_bytes > settings.UPLOAD_CHUNK_MAX_BYTES:
        raise ChunkTooLarge(settings.UPLOAD_CHUNK_MAX_BYTES)
    return Chunk(
        offset_bytes=headers.parse_number("Upload-Offset", request.headers.get("Upload-Offset")),
        size_bytes=size_bytes,
        stream=stream,
        length_bytes=headers.parse_optional_number("Upload-Length", request.headers.get("Upload-Length")),
        checksum=headers.parse_checksum(request.headers.get("Upload-Checksum")),
        connection=request.META.get("gunicorn.socket"),
    )


def _body(request: HttpRequest) -> tuple[int | None, Readable]:
    """The size of the body, and the body.

    One in HTTP's chunked coding tells no size, so it can be read only if the server says where it ends. Django
    takes it for empty; tus-js-client in Node sends the empty chunk that declares the length like this.
    """
    if not request.headers.get("Transfer-Encoding"):
        return headers.parse_number("Content-Length", request.headers.get("Content-Length") or "0"), request
    if not request.META.get("wsgi.input_terminated"):
        raise LengthRequired
    return None, request.META["wsgi.input"]


def _progress(upload: Upload, offset_bytes: int) -> dict[str, str]:
    answer = {"Upload-Offset": str(offset_bytes)}
    if upload.video is not None:
        answer["Video-Name"] = upload.video.name
    elif not upload.is_complete:
        answer["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return answer


def _kept(response: HttpResponseBase) -> dict[str, str]:
    return {name: value for name, value in response.items() if name not in {"Content-Type", "Content-Length"}}
