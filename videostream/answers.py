"""Errors that leave a view become answers here; so do headers that every answer has."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.defaults import page_not_found, permission_denied, server_error

from accounts.errors import CsrfFailed
from problems.answers import answer_problem, wants_json
from problems.errors import NotFound, Problem
from videos.errors import VideoNotFound
from videos.models import Video

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself refuses (handler400). Who came by another name than the site's is told the right one."""
    message, public_url = "The site could not understand this request.", ""
    if isinstance(exception, DisallowedHost):
        message = "This site does not answer to the address by which you came."
        public_url = settings.PUBLIC_URL
        if not public_url:
            message += " Who runs it can set PUBLIC_URL to the address that people type."
    if wants_json(request):
        sentence = f"{message} Its address is {public_url}." if public_url else message
        error = {"code": "bad_request", "message": sentence}
        return JsonResponse({"error": error}, status=HTTPStatus.BAD_REQUEST)
    page = render_to_string("400.html", {"message": message, "public_url": public_url})
    return HttpResponse(page, status=HTTPStatus.BAD_REQUEST)


class Forbidden(Problem):
    code = "forbidden"
    status = HTTPStatus.FORBIDDEN
    message = "You may not do that."


class Broken(Problem):
    code = "internal_error"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    message = "Something broke here. It is our fault and has been written down. Try again in a moment."


class ProblemMiddleware:
    """Turns a Problem that a view raised into an answer, and a missing page below /api/ into JSON.

    A video that was deleted while the request was carried out is as absent as one that was deleted before.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Problem):
            return answer_problem(request, exception)
        if isinstance(exception, Video.DoesNotExist):
            return answer_problem(request, VideoNotFound())
        if isinstance(exception, Http404) and wants_json(request):
            return answer_problem(request, NotFound())
        return None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_problem(request, NotFound()) if wants_json(request) else page_not_found(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer_problem(request, Forbidden()) if wants_json(request) else permission_denied(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """An error of ours; its trace is in the log."""
    return answer_problem(request, Broken()) if wants_json(request) else server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF check refused the request (CSRF_FAILURE_VIEW); `reason` is for developers."""
    if wants_json(request):
        return answer_problem(request, CsrfFailed())
    return render(request, "403_csrf.html", status=CsrfFailed.status)


def permissions_policy(get_response: GetResponse) -> GetResponse:
    """Camera and microphone are for this site's own pages only."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers["Permissions-Policy"] = "camera=(self), microphone=(self), geolocation=()"
        return response

    return middleware


def keep_nothing(get_response: GetResponse) -> GetResponse:
    """What a view does not allow anybody to keep is kept nowhere: pages and JSON depend on who asks."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware
