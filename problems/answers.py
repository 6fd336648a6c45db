"""The one place where a Problem becomes an answer."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from problems.errors import Problem

API = "/api/"


def wants_json(request: HttpRequest) -> bool:
    """Everything below /api/ answers with JSON, and so does a page that is asked for it, as its script does."""
    preferred = request.get_preferred_type(["text/html", "application/json"])
    return request.path_info.startswith(API) or preferred == "application/json"


def answer_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    """JSON for programs and scripts, a page for people."""
    if wants_json(request):
        return JsonResponse(problem.as_json(), status=problem.status, headers=problem.headers)
    response = render(
        request,
        "problem.html",
        {"message": problem.message, "is_missing": problem.status == HTTPStatus.NOT_FOUND},
        status=problem.status,
    )
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response
