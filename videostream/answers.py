"""The one place where errors become answers, and where headers of every answer are set."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from accounts.errors import NotFound, Problem
from videos.errors import VideoNotFound
from videos.models import Video

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def answer_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    """JSON below /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        return JsonResponse(problem.as_json(), status=problem.status)
    return render(request, "problem.html", {"message": problem.message}, status=problem.status)


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
        if isinstance(exception, Http404) and request.path.startswith("/api/"):
            return answer_problem(request, NotFound())
        return None


def permissions_policy(get_response: GetResponse) -> GetResponse:
    """Camera and microphone are for this site's own pages only."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers["Permissions-Policy"] = "camera=(self), microphone=(self), geolocation=()"
        return response

    return middleware
