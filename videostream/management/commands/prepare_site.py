"""`manage.py prepare_site`: what has to be done once before a new version of the site serves."""

from __future__ import annotations

import shutil
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from huey.contrib.djhuey import HUEY

from videostream.queue import PostgresHuey

# Any number does that nothing else in this database uses: https://www.postgresql.org/docs/15/explicit-locking.html
LOCK_NUMBER = 0x564944454F


class Command(BaseCommand):
    help = "Brings the database and the queue up to date and publishes static files. May run in several places at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--static-to", type=Path, metavar="FOLDER", help="copy static files there, for nginx")

    def handle(self, *_args: Any, static_to: Path | None, verbosity: int, **_options: Any) -> None:
        with _one_at_a_time():
            call_command("migrate", interactive=False, verbosity=verbosity)
            if connection.vendor == "postgresql":
                self._renew_collation()
            if isinstance(HUEY, PostgresHuey):
                HUEY.create_schema()
        if static_to:
            # Files of the version before stay, for pages that are still open.
            shutil.copytree(settings.STATIC_ROOT, static_to, dirs_exist_ok=True)
        self.stdout.write("The site is prepared.")

    def _renew_collation(self) -> None:
        """Make indexes again after the system below Postgres was replaced by one that sorts text otherwise.

        https://www.postgresql.org/docs/15/sql-altercollation.html#SQL-ALTERCOLLATION-NOTES
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE datname = current_database() "
                "AND datcollversion IS DISTINCT FROM pg_database_collation_actual_version(oid)"
            )
            if not cursor.fetchone():
                return
            self.stdout.write("The system below Postgres sorts text otherwise than before: making indexes again ...")
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"REINDEX DATABASE {name}")
            cursor.execute(f"ALTER DATABASE {name} REFRESH COLLATION VERSION")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold a lock on Postgres, which is given back even if this process dies; SQLite is on one machine only."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_NUMBER])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_NUMBER])
