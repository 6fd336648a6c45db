"""Who is asking: a browser session, or a program with `Authorization: Bearer TOKEN`."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, QueryDict

from accounts.errors import UnknownToken
from accounts.models import ApiToken
from problems.answers import API, answer_problem

GetResponse = Callable[[HttpRequest], HttpResponseBase]
SCHEME = "bearer "
FILES = ("/hls/", "/media/")


def bearer_secret(request: HttpRequest) -> str | None:
    """The secret of an `Authorization: Bearer` header; None if there is no such header, or where it means nothing.

    It opens the API, and the files whose addresses the API gives. No page of the site or the admin takes it: their
    forms rely on the check against forgery, from which such requests are exempt.
    """
    is_file = request.path_info.startswith(FILES) and request.method in {"GET", "HEAD"}
    if not (request.path_info.startswith(API) or is_file):
        return None
    header = request.headers.get("Authorization", "")
    return header[len(SCHEME) :].strip() if header.lower().startswith(SCHEME) else None


def bearer_csrf_exemption(get_response: GetResponse) -> GetResponse:
    """A browser never adds a bearer token by itself, so such a request cannot be forged by another site."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if bearer_secret(request) is not None:
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # Django's own switch
        return get_response(request)

    return middleware


def api_without_forms(get_response: GetResponse) -> GetResponse:
    """Below /api/ the CSRF token comes in a header, so nobody's body is read before it is known who asks."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(API):
            request.POST = QueryDict()
        return get_response(request)

    return middleware


def bearer_token(get_response: GetResponse) -> GetResponse:
    """Makes the owner of a bearer token the user of the request; the session is then ignored."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        secret = bearer_secret(request)
        if secret is not None:
            token = ApiToken.objects.for_secret(secret).select_related("user").first()
            if token is None:
                return answer_problem(request, UnknownToken())
            token.note_use()
            request.user = token.user
        return get_response(request)

    return middleware
