from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests.capture.conftest import UPLOADS, Tus, error_code

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("url", [UPLOADS, UPLOADS.rstrip("/"), UPLOADS + "0" * 32])
def test_it_tells_what_the_server_can_do(as_alice: Client, url: str) -> None:
    answer = as_alice.options(url)

    assert answer.status_code == 204
    assert answer["Tus-Resumable"] == answer["Tus-Version"] == "1.0.0"
    assert set(answer["Tus-Extension"].split(",")) == {
        *("creation", "creation-defer-length", "checksum", "termination", "expiration")
    }
    assert answer["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert answer["Tus-Max-Size"] == str(settings.UPLOAD_MAX_BYTES)


def test_a_client_learns_the_limits_before_it_logs_in(stranger: Client) -> None:
    answer = stranger.options(UPLOADS)

    assert (answer.status_code, answer["Tus-Max-Size"]) == (204, str(settings.UPLOAD_MAX_BYTES))


def test_a_stranger_is_told_how_to_log_in(stranger: Client) -> None:
    answer = stranger.post(UPLOADS, headers={"Tus-Resumable": "1.0.0"})

    assert error_code(answer) == (401, "not_signed_in")
    assert answer["WWW-Authenticate"] == 'Bearer realm="VideoStream"'
    assert answer["Tus-Resumable"] == "1.0.0"


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_other_methods_are_named_as_wrong(tus_alice: Tus, method: str) -> None:
    answer = getattr(tus_alice.client, method)(UPLOADS, headers={"Tus-Resumable": "1.0.0"})

    assert error_code(answer) == (405, "method_not_allowed")
    assert answer["Allow"] == "OPTIONS, POST"
