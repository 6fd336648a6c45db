"""Requests of the upload protocol, spoken by hand."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from capture.models import Upload
from tests.capture.gunicorn_site import GunicornSite

UPLOADS = "/api/uploads/"
TUS = {"Tus-Resumable": "1.0.0"}
CHUNK_TYPE = "application/offset+octet-stream"
# The beginning of a real WebM file; what follows does not matter for the protocol.
WEBM = bytes.fromhex("1a45dfa3") + b"\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + b"." * 68


def metadata(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


@dataclass
class Tus:
    """A person's client; every method returns the answer of one request."""

    client: Client

    def create(self, length: int | None = None, *, url: str = UPLOADS, **values: str) -> Any:
        declared = {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
        return self.client.post(url, headers={**TUS, **declared, "Upload-Metadata": metadata(**values)})

    def begin(self, length: int | None = None, **values: str) -> str:
        """The address of a new upload."""
        answer = self.create(length, **values)
        assert answer.status_code == 201, answer.content
        return str(answer["Location"])

    def patch(self, url: str, offset: int, body: bytes, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        # Django's client leaves the content type of an empty body out unless it is a header.
        sent = {**TUS, "Upload-Offset": str(offset), "Content-Type": CHUNK_TYPE, **named}
        return self.client.patch(url, body, content_type=CHUNK_TYPE, headers=sent)

    def head(self, url: str) -> Any:
        return self.client.head(url, headers=TUS)

    def delete(self, url: str) -> Any:
        return self.client.delete(url, headers=TUS)

    def get(self, url: str) -> Any:
        return self.client.get(url)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GunicornSite]:
    """The site under gunicorn, for tests that need real connections and processes."""
    with GunicornSite(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def token(site: GunicornSite) -> str:
    """Alice's, on that site."""
    return site.token("alice")


@pytest.fixture
def tus_alice(as_alice: Client) -> Tus:
    return Tus(as_alice)


@pytest.fixture
def tus_bob(as_bob: Client) -> Tus:
    return Tus(as_bob)


@pytest.fixture
def tus_stranger(stranger: Client) -> Tus:
    return Tus(stranger)


def part_of(url: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "uploads" / f"{url.rsplit('/', 1)[-1]}.part"


def row_of(url: str) -> Upload:
    return Upload.objects.get(pk=url.rsplit("/", 1)[-1])


def error_code(answer: Any) -> tuple[int, str]:
    """The status and the code; every error is JSON with a sentence."""
    error = answer.json()["error"]
    assert error["message"].endswith("."), error
    return answer.status_code, error["code"]
