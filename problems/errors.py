"""The base of every error that a person is told about. Each app names its own in its `errors.py`.

`problems/answers.py` turns them into answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus


class Problem(Exception):
    """Something that a person or a client can understand and act on.

    `code` is stable and meant for programs, `message` is a sentence for people, `headers` go with the answer.
    """

    code = "problem"
    status: int = HTTPStatus.BAD_REQUEST
    message = "This request cannot be carried out."
    headers: Mapping[str, str] = {}

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
