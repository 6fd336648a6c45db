"""What the API does and what its description says agree: https://schemathesis.readthedocs.io"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from accounts.models import ApiToken, User
from social.services import comment
from tests.factories import published
from transcribe.models import Cue, Transcript
from videos import files
from videostream.api import api

pytestmark = pytest.mark.django_db
DESCRIPTION: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api/"))
EXAMPLES = 8


def takes_values(operation: dict[str, Any]) -> bool:
    """Whether there is something beside the names of things in the address, which are any text."""
    return "requestBody" in operation or any(
        value["schema"].get("type") != "string" for value in operation["parameters"]
    )


CASES = [
    (path, method, mode)
    for path, operations in DESCRIPTION["paths"].items()
    for method, operation in operations.items()
    for mode in GenerationMode
    if mode == GenerationMode.POSITIVE or takes_values(operation)
]


@functools.cache
def described() -> Any:
    """The site as gunicorn calls it, with its description."""
    return schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())


@pytest.fixture
def shared_connection() -> Iterator[None]:
    """Requests use the connection of the test and leave it open, as those of Django's own client do."""
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


@pytest.fixture
def real_values(alice: User) -> dict[str, object]:
    """Parts of addresses behind which there is something; the video needs no work to be played."""
    video = published(alice)
    playlist = files.playlist_path(video)
    playlist.parent.mkdir(parents=True, exist_ok=True)
    playlist.write_text("#EXTM3U\n")
    transcript = Transcript.objects.create(video=video, language="en", engine="none")
    Cue.objects.create(transcript=transcript, start_ms=0, end_ms=900, text="one word", words=[])
    made = comment(video=video, user=alice, text="hello")
    return {"name": video.name, "key": video.name, "comment_id": made.pk}


@pytest.mark.parametrize("is_real", [True, False])
@pytest.mark.parametrize(("path", "method", "mode"), CASES)
def test_nobody_is_told_of_another_api_than_there_is(
    path: str,
    method: str,
    is_real: bool,
    mode: GenerationMode,
    alice: User,
    real_values: dict[str, object],
    shared_connection: None,
) -> None:
    """Requests as described are taken for such, others are refused, and every answer is one that is described."""
    headers = {"Authorization": f"Bearer {ApiToken.make(user=alice)}"}

    @given(case=described()[path][method].as_strategy(generation_mode=mode))
    @bounds(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def agrees(case: schemathesis.Case[Any]) -> None:
        if is_real:
            case.path_parameters.update({name: real_values[name] for name in case.path_parameters})
        answer = case.call(headers=headers)
        # What fits the description may still not fit the video; what does not fit it has a code of its own.
        case.validate_response(answer, headers=headers, excluded_checks=[positive_data_acceptance])
        if mode == GenerationMode.POSITIVE and answer.status_code == 422:
            assert answer.json()["error"]["code"] != "invalid_request", (case.body, answer.json())

    agrees()


def test_errors_limits_and_both_ways_to_log_in_are_described() -> None:
    cut = DESCRIPTION["paths"]["/api/videos/{name}/cuts/"]["post"]
    assert {401, 403, 404, 409, 422, 429} <= {int(status) for status in cut["responses"]}
    assert cut["security"] == [{"Bearer": []}, {"Session": []}]
    schemas = DESCRIPTION["components"]["schemas"]
    assert schemas["CommentIn"]["properties"]["text"]["maxLength"] == 1000
    assert "'maxLength': 120" in str(schemas["VideoChange"])
    assert DESCRIPTION["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"


def test_the_description_can_be_read_on_a_phone_in_the_dark_and_has_a_way_back(stranger: Client) -> None:
    page = stranger.get("/api/docs").content.decode()

    assert 'name="viewport"' in page
    assert 'content="light dark"' in page
    assert "Back to the site" in page


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/videos/Absent123456/like/nothing"])
def test_programs_read_json_where_there_is_nothing(stranger: Client, path: str) -> None:
    answer = stranger.get(path)

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
