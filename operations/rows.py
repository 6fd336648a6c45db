"""The rows of the database as text, one JSON object a line, that every engine Django knows can read back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, TextIO

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from django.db.models.sql import InsertQuery

from videos import files
from videos.names import is_name

AT_ONCE = 1000
# The longest rows are metadata of uploads and words of cues: some thousand characters.
ROW_MAX = 16 * 1024 * 1024
# Log-ins end with the old installation, its workers live elsewhere, and what they did is its own figure.
LEFT_OUT = frozenset({"sessions.session", "videos.worker", "videos.steptotal", "limits.spent"})
# `migrate` fills these by itself; other rows point to them, so they are replaced as a whole.
MADE_BY_MIGRATE = ("contenttypes.contenttype", "auth.permission")


class ExactEncoder(DjangoJSONEncoder):
    """Django's own leaves microseconds out."""

    def default(self, o: object) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def kept_models() -> dict[str, type[Model]]:
    """Every table, by a name such as videos.video, with those that connect many to many."""
    models = apps.get_models(include_auto_created=True)
    return {
        model._meta.label_lower: model
        for model in models
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in LEFT_OUT
    }


def applied_migrations() -> list[str]:
    """Such as videos.0001_videos_and_steps, in order."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read inside is of one moment, while others go on writing."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # atomic() would begin with BEGIN IMMEDIATE and keep writers out.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def dump(model: type[Model], stream: IO[str]) -> int:
    """Write every row of a table, in the order of its primary key, and return how many."""
    count = 0

    def counted() -> Iterator[Model]:
        nonlocal count
        for row in model._base_manager.order_by("pk").iterator(chunk_size=AT_ONCE):
            count += 1
            yield row

    # Only columns: connections of many to many are rows of tables of their own.
    columns = [field.name for field in model._meta.concrete_fields]
    serializers.serialize("jsonl", counted(), stream=stream, fields=columns, cls=ExactEncoder)
    return count


def load(stream: TextIO, *, label: str) -> None:
    """Insert what `dump` wrote, exactly as it was: times that a model sets by itself stay what they were.

    Raises DeserializationError, ValueError for rows of another table and for those that name files which are not ours.
    """
    batch: list[Model] = []
    for row in serializers.deserialize("jsonl", _lines(stream)):
        if row.object._meta.label_lower != label:
            raise ValueError(f"A row of {row.object._meta.label_lower} stands among those of {label}.")
        if not _NAMES_OUR_FILES.get(label, _any_row)(row.object):
            raise ValueError(f"A row of {label} names files that are not those of a video.")
        batch.append(row.object)
        if len(batch) == AT_ONCE:
            _insert(batch)
            batch = []
    if batch:
        _insert(batch)


def _lines(stream: TextIO) -> Iterator[str]:
    """One row each; one that never ends must not take all memory."""
    while line := stream.readline(ROW_MAX):
        if len(line) == ROW_MAX:
            raise ValueError(f"A row has more than {ROW_MAX} characters.")
        yield line


def _any_row(_row: Any) -> bool:
    return True


def _is_video_of_ours(row: Any) -> bool:
    return is_name(row.name) and (not row.original_file or files.is_original_key(row.original_file, row.name))


def _is_upload_of_ours(row: Any) -> bool:
    is_place = not row.original_file or files.is_original_key(row.original_file, row.video_name)
    return is_place and is_name(row.video_name) and re.fullmatch(r"[0-9a-f]{32}", row.pk) is not None


# Rows that paths are made of: whoever wrote the backup must not choose which files are read, written and removed.
_NAMES_OUR_FILES: dict[str, Callable[[Any], bool]] = {
    "videos.video": _is_video_of_ours,
    "capture.upload": _is_upload_of_ours,
}


def _insert(rows: list[Model]) -> None:
    fields = rows[0]._meta.concrete_fields
    at_once = connection.ops.bulk_batch_size(list(fields), rows) or len(rows)
    for start in range(0, len(rows), at_once):
        query = InsertQuery(type(rows[0]))
        # raw: as Django's own loaddata does it. bulk_create would set auto_now_add anew.
        query.insert_values(fields, rows[start : start + at_once], raw=True)
        query.get_compiler(connection=connection).execute_sql()


def has_rows() -> bool:
    """Whether anybody has used this installation."""
    return any(model._base_manager.exists() for label, model in kept_models().items() if label not in MADE_BY_MIGRATE)


def clear_what_migrate_made() -> None:
    models = kept_models()
    for label in reversed(MADE_BY_MIGRATE):
        models[label]._base_manager.all().delete()
    ContentType.objects.clear_cache()


def finish_loading() -> None:
    """New rows get numbers after the loaded ones. Raises IntegrityError if a row points to nothing."""
    statements = connection.ops.sequence_reset_sql(no_style(), list[Any](kept_models().values()))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.check_constraints()
    ContentType.objects.clear_cache()
