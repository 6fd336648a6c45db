"""Originals and prepared videos in a bucket of any S3 service, by django-storages.

The bucket is private: nobody but this site reads it, so visibility is decided in one place whatever the storage is.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

BLOCK_BYTES = 256 * 1024
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; HEAD has no body, so only its status is known.
MISSING_CODES = frozenset({"404", "NoSuchKey"})
DENIED_CODES = frozenset({"403", "AccessDenied", "AllAccessDisabled"})


@dataclass(frozen=True)
class Facts:
    """What the service knows of an object: its size, its entity tag with quotes, the second of its last change."""

    size_bytes: int
    etag: str
    changed_at_s: int


@dataclass(frozen=True)
class Part:
    """A stored file or a part of it, as HTTP tells it; `content_range` is empty for the whole file.

    `blocks` must be read to the end or closed: it holds a connection.
    """

    blocks: Iterator[bytes]
    length: int
    content_range: str


class BucketStorage(S3Storage):  # type: ignore[misc]  # django-storages is not typed
    """Streams both ways: no file is ever held in memory. Raises FileNotFoundError and OSError like a disk."""

    def __init__(self, **options: Any) -> None:
        # Few parts at a time: large files must not cost memory, and there is other work to do.
        super().__init__(transfer_config=TransferConfig(max_concurrency=4, max_io_queue=32), **options)
        # A service that does not answer must not hold a request for minutes, as botocore's own patience would.
        patience = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 3})
        self.client_config: Config = self.client_config.merge(patience)

    def download(self, key: str, target: Path) -> None:
        """Copy an object to the local disk. Raises FileNotFoundError if there is none."""
        with _file_errors(key):
            self.bucket.download_file(self._normalize_name(key), str(target))

    def upload(self, source: Path, key: str) -> None:
        """Copy a local file to the bucket, in parts if it is large, replacing what was there."""
        with _file_errors(key):
            self.bucket.upload_file(str(source), self._normalize_name(key))

    def exists(self, name: str) -> bool:
        with _file_errors(name):
            return bool(super().exists(name))

    def facts(self, key: str) -> Facts:
        """Raises FileNotFoundError if there is no such object."""
        with _file_errors(key):
            thing = self.bucket.Object(self._normalize_name(key))
            return Facts(int(thing.content_length), str(thing.e_tag), int(thing.last_modified.timestamp()))

    def size_bytes(self, key: str) -> int:
        """Raises FileNotFoundError if there is no such object."""
        return self.facts(key).size_bytes

    def listing(self) -> Iterator[tuple[str, float]]:
        """Every key, and when it was written in seconds since 1970. Needs the right s3:ListBucket."""
        with _file_errors("the listing"):
            for thing in self.bucket.objects.all():
                yield thing.key, thing.last_modified.timestamp()

    def delete(self, name: str) -> None:
        with _file_errors(name):
            super().delete(name)

    def read_part(self, key: str, range_header: str = "") -> Part:
        """What `range_header` asks for, such as bytes=0-99; all of it if empty.

        Raises FileNotFoundError if there is no such object, ValueError if the part lies outside of it.
        """
        wanted = {"Range": range_header} if range_header else {}
        with _file_errors(key):
            answer = self.bucket.Object(self._normalize_name(key)).get(**wanted)
        return Part(_blocks(answer["Body"], key), int(answer["ContentLength"]), str(answer.get("ContentRange", "")))

    def missing_rights(self) -> list[str]:
        """Which rights this site lacks in the bucket, found by using them on a small object.

        Raises OSError if the service does not answer, or has no such bucket or key.
        """
        content = secrets.token_bytes(64)
        thing = self.bucket.Object(self._normalize_name(f"doctor/{secrets.token_hex(8)}"))
        if not _is_allowed(partial(thing.put, Body=content)):
            return ["s3:PutObject"]
        missing = []
        if not _is_allowed(partial(_read, thing)):
            missing.append("s3:GetObject")
        elif _read(thing, Range="bytes=8-15") != content[8:16]:
            raise OSError("The object storage does not answer with the part of an object that was asked for")
        if not _is_allowed(partial(next, self.listing(), None)):
            missing.append("s3:ListBucket")
        if not _is_allowed(thing.delete):
            missing.append("s3:DeleteObject")
        return missing


def _read(thing: Any, **wanted: str) -> bytes:
    with closing(thing.get(**wanted)["Body"]) as body:
        return bytes(body.read())


def _is_allowed(act: Callable[..., object]) -> bool:
    try:
        with _file_errors("the doctor's object"):
            act()
    except PermissionError:
        return False
    return True


def _blocks(body: Any, key: str) -> Iterator[bytes]:
    """The body piece by piece; the connection is given back also when nobody wants the rest."""
    with closing(body), _file_errors(key):
        yield from body.iter_chunks(BLOCK_BYTES)


@contextmanager
def _file_errors(key: str) -> Iterator[None]:
    """What the S3 library raises, as a disk would say it. OSError is for what may go well another time."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in MISSING_CODES:
            raise FileNotFoundError(key) from error
        if code in DENIED_CODES:
            raise PermissionError(f"The object storage refuses {error.operation_name}") from error
        if code == "InvalidRange":
            raise ValueError(key) from error
        raise OSError(f"The object storage answered: {error}") from error
    except (BotoCoreError, Boto3Error) as error:
        raise OSError(f"The object storage does not answer: {error}") from error
