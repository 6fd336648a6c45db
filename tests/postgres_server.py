"""A real Postgres server for one test module, started by the same script that `make test-postgres` uses."""

from __future__ import annotations

import subprocess
from types import TracebackType

from tests.live_site import REPOSITORY


class PostgresServer:
    """`with PostgresServer() as server:` it listens on a socket in a folder of its own and is gone at the end."""

    def __enter__(self) -> PostgresServer:
        # The server lives as long as the command it was started for: `cat`, which ends with its input.
        self._process = subprocess.Popen(
            ["scripts/with-postgres", "sh", "-c", 'echo "$POSTGRES_HOST"; exec cat'],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.folder = self._process.stdout.readline().strip()
        assert self.folder, "Postgres could not be started"
        self.environment = {
            "POSTGRES_HOST": self.folder,
            "POSTGRES_USER": "videostream",
            "POSTGRES_DB": "videostream",
        }
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._process.communicate()
