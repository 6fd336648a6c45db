"""Originals and prepared videos in a bucket of any S3 service, by django-storages.

The bucket is private: nobody but this site reads it, so visibility is decided in one place whatever the storage is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage

BLOCK_BYTES = 256 * 1024


@dataclass(frozen=True)
class Part:
    """A stored file or a part of it, as HTTP tells it; `content_range` is empty for the whole file."""

    blocks: Iterator[bytes]
    length: int
    content_range: str


class BucketStorage(S3Storage):  # type: ignore[misc]  # django-storages is not typed
    """Streams both ways: no file is ever held in memory."""

    def download(self, key: str, target: Path) -> None:
        """Copy an object to the local disk. Raises FileNotFoundError if there is none."""
        try:
            self.bucket.download_file(self._normalize_name(key), str(target))
        except ClientError as error:
            raise _as_file_error(error, key) from error

    def upload(self, source: Path, key: str) -> None:
        """Copy a local file to the bucket, in parts if it is large, replacing what was there."""
        self.bucket.upload_file(str(source), self._normalize_name(key))

    def read_part(self, key: str, range_header: str) -> Part:
        """What `range_header` asks for, such as bytes=0-99; all of it if empty.

        Raises FileNotFoundError if there is no such object, ValueError if the part lies outside of it.
        """
        wanted = {"Range": range_header} if range_header else {}
        try:
            answer = self.bucket.Object(self._normalize_name(key)).get(**wanted)
        except ClientError as error:
            if error.response["Error"]["Code"] == "InvalidRange":
                raise ValueError(range_header) from error
            raise _as_file_error(error, key) from error
        blocks = answer["Body"].iter_chunks(BLOCK_BYTES)
        return Part(blocks, int(answer["ContentLength"]), str(answer.get("ContentRange", "")))


def _as_file_error(error: ClientError, key: str) -> Exception:
    """A missing object as FileNotFoundError; anything else as OSError, which callers may try again."""
    is_missing = error.response["Error"]["Code"] in {"404", "NoSuchKey"}
    return FileNotFoundError(key) if is_missing else OSError(f"The object storage answered: {error}")
