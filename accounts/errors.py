"""What can go wrong with accounts and log-ins, in words for people."""

from __future__ import annotations

from http import HTTPStatus

from problems.errors import Problem

# RFC 9110, section 11.6.1: a 401 says how to authenticate; the scheme and its words are those of RFC 6750, section 3.
CHALLENGE = 'Bearer realm="VideoStream"'


class NotSignedIn(Problem):
    """Pages answer it by offering to log in without leaving: see docs/architecture.md."""

    code = "not_signed_in"
    status = HTTPStatus.UNAUTHORIZED
    message = "You are not logged in any more. Log in, then try again."
    headers = {"WWW-Authenticate": CHALLENGE}


class WrongLogIn(Problem):
    code = "wrong_login"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = "That name and password do not belong together. Capitals matter in both."


class UnknownToken(Problem):
    code = "unknown_token"
    status = HTTPStatus.UNAUTHORIZED
    message = "This API token is not known or has ended. Make a new one on your account page."
    headers = {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'}


class CsrfFailed(Problem):
    """The page is older than the last log-in or log-out; GET /api/session/ has a token that works."""

    code = "csrf_failed"
    status = HTTPStatus.FORBIDDEN
    message = "You logged in or out since this page was opened. Load the page anew, then try again."
