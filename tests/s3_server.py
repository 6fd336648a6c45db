"""A real S3 service on this machine, as a process of its own: moto's server."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import boto3

from tests.live_site import free_port, wait_for

KEY = "test-key"


class S3Server:
    """`with S3Server(folder) as server:` answers at `server.url`; it forgets everything at the end."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "s3.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> S3Server:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, "MOTO_CALL_RESET_API": "false"}
            )
        wait_for(lambda: b"Running on" in self._log.read_bytes(), 60, "the S3 server", pause_s=0.1)
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=KEY,
        )
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.client.close()
        self._process.terminate()
        self._process.wait(30)

    def new_bucket(self) -> Bucket:
        name = f"videos-{secrets.token_hex(4)}"
        self.client.create_bucket(Bucket=name)
        return Bucket(self, name)


class Bucket:
    """What a test wants to know of a bucket without the code that it tests."""

    def __init__(self, server: S3Server, name: str) -> None:
        self._server = server
        self.name = name

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which the site uses this bucket."""
        return {
            "STORAGE": "s3",
            "S3_BUCKET": self.name,
            "S3_ENDPOINT_URL": self._server.url,
            "S3_ACCESS_KEY": KEY,
            "S3_SECRET_KEY": KEY,
        }

    @property
    def options(self) -> dict[str, Any]:
        """BUCKET_OPTIONS of the settings."""
        return {
            "bucket_name": self.name,
            "endpoint_url": self._server.url,
            "region_name": "us-east-1",
            "access_key": KEY,
            "secret_key": KEY,
            "addressing_style": "path",
            "signature_version": "s3v4",
            "default_acl": None,
            "file_overwrite": True,
        }

    def listing(self) -> set[str]:
        listing = self._server.client.list_objects_v2(Bucket=self.name)
        return {thing["Key"] for thing in listing.get("Contents", [])}

    def read(self, key: str) -> bytes:
        body = self._server.client.get_object(Bucket=self.name, Key=key)["Body"]
        return bytes(body.read())

    def write(self, key: str, content: bytes) -> None:
        self._server.client.put_object(Bucket=self.name, Key=key, Body=content)

    def deny(self, action: str) -> None:
        """Refuse everybody one action, such as s3:DeleteObject."""
        resource = f"arn:aws:s3:::{self.name}/*"
        statement = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        self._server.client.put_bucket_policy(Bucket=self.name, Policy=json.dumps(policy))
