"""What every call of the API has in common, said in its description."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings

from problems.schema import ErrorOut

REFUSALS = {
    HTTPStatus.BAD_REQUEST: "The body is not JSON.",
    HTTPStatus.UNAUTHORIZED: "`not_signed_in`, or `unknown_token`: the token is not known or has ended.",
    HTTPStatus.FORBIDDEN: "`csrf_failed`: a session without a fresh X-CSRFToken; other codes: you may not.",
    HTTPStatus.NOT_FOUND: "Absent, or not for you: both look the same.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "`invalid_request`: values are not as described; other codes: they do not fit.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too often: wait for the seconds in Retry-After.",
}
SECURITY_SCHEMES = {
    "Bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token from the account page or `manage.py create_token`.",
    },
    "Session": {
        "type": "apiKey",
        "in": "cookie",
        "name": settings.SESSION_COOKIE_NAME,
        "description": "A log-in on the site; what changes something needs the header X-CSRFToken, too.",
    },
}
EITHER: list[dict[str, list[str]]] = [{"Bearer": []}, {"Session": []}]


def complete(description: dict[str, Any]) -> None:
    """Add the refusals and the ways to log in to a description that django-ninja made."""
    components = description["components"]
    components["securitySchemes"] = SECURITY_SCHEMES
    error = ErrorOut.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= error.pop("$defs") | {ErrorOut.__name__: error}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            needs_account = "NeedsAccount" in str(operation.get("security", ""))
            operation["security"] = EITHER if needs_account else [*EITHER, {}]
            for status in _refusals(path, method, operation):
                operation["responses"].setdefault(status, _refusal(status))


def _refusals(path: str, method: str, operation: dict[str, Any]) -> list[HTTPStatus]:
    changes = method != "get"
    takes_values = bool(operation["parameters"]) or "requestBody" in operation
    whether = {
        HTTPStatus.BAD_REQUEST: "requestBody" in operation,
        HTTPStatus.UNAUTHORIZED: True,
        HTTPStatus.FORBIDDEN: changes,
        HTTPStatus.NOT_FOUND: "{" in path,
        HTTPStatus.UNPROCESSABLE_ENTITY: takes_values,
        HTTPStatus.TOO_MANY_REQUESTS: changes,
    }
    return [status for status, happens in whether.items() if happens]


def _refusal(status: HTTPStatus) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{ErrorOut.__name__}"}
    return {"description": REFUSALS[status], "content": {"application/json": {"schema": schema}}}
