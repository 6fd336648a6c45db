"""The queue in Postgres: for several containers on one database, without a Redis beside it.

Huey's own Postgres storage needs psycopg 3; its SQL storage speaks through peewee, which takes the psycopg2 that
Django uses here.
"""

from __future__ import annotations

from typing import Any

from huey import Huey
from huey.contrib.sql_huey import SqlStorage
from peewee import InterfaceError, OperationalError, PostgresqlDatabase
from playhouse.shortcuts import ReconnectMixin

# Huey calls its tables `task` and `schedule`: they have a schema of their own.
SCHEMA = "queue"


class QueueDatabase(ReconnectMixin, PostgresqlDatabase):  # type: ignore[misc]  # peewee is not typed
    """Connects again after the server was restarted, so that a request that enqueues does not fail for it.

    What is repeated then is one statement outside a transaction: a message can be there twice, which is harmless,
    because it only says that there may be something to do.
    """

    reconnect_errors = (
        (OperationalError, "server closed the connection"),
        (OperationalError, "terminating connection"),
        (OperationalError, "connection has been closed"),
        (OperationalError, "could not receive data from server"),
        (InterfaceError, "connection already closed"),
    )


class PostgresHuey(Huey):  # type: ignore[misc]  # huey is not typed
    """A queue whose messages lie in the schema `queue`. `create_schema` must have been called once before."""

    def __init__(
        self, name: str, *, host: str, port: int, database: str, user: str, password: str, **options: Any
    ) -> None:
        self.database = QueueDatabase(
            database,
            host=host,
            port=port,
            user=user,
            password=password,
            connect_timeout=10,
            options=f"-c search_path={SCHEMA}",
        )
        super().__init__(name, storage_class=SqlStorage, database=self.database, create_tables=False, **options)

    def create_schema(self) -> None:
        """Make the schema and its tables where they are missing."""
        with self.database.connection_context():
            self.database.execute_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")  # type: ignore[no-untyped-call]
        self.storage.initialize_schema()
