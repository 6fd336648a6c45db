"""The doctor's checks of what runs beside the web server: database, queue, workers, bucket."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Sum
from django.template.defaultfilters import pluralize

from operations import figures
from operations.findings import Finding, broken, ok, warning
from operations.queue import QueueUnreachable, messages_waiting
from videos import files
from videos.work.table import Lane
from videos.work.workers import living_workers

QUICK_WAIT_MAX_S = 60
LONG_WAIT_MAX_S = 30 * 60


def check_database() -> Finding:
    """That it answers, and knows this version's tables."""
    executor = MigrationExecutor(connection)
    open_migrations = [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if open_migrations:
        return broken(
            f"{len(open_migrations)} migrations are not applied, first {open_migrations[0]}: run "
            "`manage.py prepare_site`, as the service `prepare` does."
        )
    name = {"postgresql": "Postgres", "sqlite": "SQLite"}.get(connection.vendor, connection.vendor)
    return ok(f"{name} answers and is up to date.")


def check_queue() -> Finding:
    try:
        count = messages_waiting()
    except QueueUnreachable as error:
        return broken(f"{error} Is the service of REDIS_URL or the database running?")
    return ok(f"The queue answers; {count} message{pluralize(count)} waiting.")


def check_workers() -> Finding:
    workers = living_workers()
    threads = workers.aggregate(threads=Sum("threads"))["threads"]
    if not threads:
        return broken(
            "No worker was heard of in the last half minute: start one (`docker compose up -d worker`; without Docker "
            "`manage.py run_huey`) and look at what it logs."
        )
    count = workers.count()
    return ok(f"{count} worker{pluralize(count)} with {threads} threads live.")


def check_waiting() -> Finding:
    """The oldest step that could run, in each lane, and what failed lately."""
    quick_s, long_s = figures.oldest_waiting_s(Lane.QUICK), figures.oldest_waiting_s(Lane.LONG)
    if quick_s > QUICK_WAIT_MAX_S:
        return warning(f"A video waits for {quick_s / 60:.0f} minutes to be made playable: start more workers.")
    if long_s > LONG_WAIT_MAX_S:
        return warning(f"A video waits for {long_s / 60:.0f} minutes for its words: start more workers.")
    failed = figures.failed_lately()
    if failed:
        kinds, count = ", ".join(sorted(set(failed))), len(failed)
        return warning(
            f"{count} step{pluralize(count)} failed within the last hour ({kinds}): the videos' pages tell why."
        )
    return ok("Nothing waits for long and nothing failed within the last hour.")


def check_bucket() -> Finding:
    """Writing, reading, reading a part of and deleting an object."""
    if files.is_on_disk():
        return ok("Files are stored on the disk (STORAGE=local).")
    name = settings.BUCKET_OPTIONS["bucket_name"]
    try:
        missing = files.bucket().missing_rights()
    except OSError as error:
        return broken(f"The bucket {name} cannot be used: {error}. Check S3_ENDPOINT_URL, S3_BUCKET and the keys.")
    if missing:
        return broken(f"The keys for the bucket {name} lack {', '.join(missing)}: allow them in its policy.")
    return ok(f"The bucket {name} can be written, read in parts and cleaned.")
