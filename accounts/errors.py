"""The base of every error that a person is told about, and the errors of accounts.

`videostream/answers.py` turns them into JSON for the API and into a page for people.
"""

from __future__ import annotations

from http import HTTPStatus


class Problem(Exception):
    """Something that a person or a client can understand and act on.

    `code` is stable and meant for programs, `message` is a sentence for people.
    """

    code = "problem"
    status: int = HTTPStatus.BAD_REQUEST
    message = "This request cannot be carried out."

    def __init__(self, message: str = "") -> None:
        self.message = message or self.message
        super().__init__(self.message)

    def as_json(self) -> dict[str, dict[str, str]]:
        """The shape of every error of the API."""
        return {"error": {"code": self.code, "message": self.message}}


class NotFound(Problem):
    code = "not_found"
    status = HTTPStatus.NOT_FOUND
    message = "There is nothing at this address."


class NotLoggedIn(Problem):
    code = "not_logged_in"
    status = HTTPStatus.UNAUTHORIZED
    message = "Log in first, or send an API token as 'Authorization: Bearer TOKEN'."


class UnknownToken(Problem):
    code = "unknown_token"
    status = HTTPStatus.UNAUTHORIZED
    message = "This API token is not known. Make a new one on your profile page."
