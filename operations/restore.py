"""Puts a backup into an empty installation of the same version, whatever database and storage either has."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO

from django.core.serializers.base import DeserializationError
from django.db import IntegrityError, transaction

from operations import rows
from operations.archive import (
    BLOCK_BYTES,
    DATABASE,
    END,
    FORMAT,
    MANIFEST,
    MEDIA,
    BadArchive,
    Member,
    read_json,
    read_members,
)
from operations.backup import Saved
from operations.places import Place, current_place, keys_of
from videos import files
from videos.models import ProcessingStep, Video
from videos.work.tasks import look_for_work

Tell = Callable[[str], None]


class CannotRestore(Exception):
    """The text says why, and what to do."""


def restore(stream: IO[bytes], tell: Tell) -> Saved:
    """All rows and files, or no rows at all. Raises CannotRestore."""
    if rows.has_rows():
        raise CannotRestore(
            "This installation is not empty. Restore into a new one: an empty database after `manage.py migrate`, "
            "an empty MEDIA_ROOT or bucket."
        )
    try:
        with transaction.atomic(), current_place() as place:
            restored = _restore(stream, place, tell)
            rows.finish_loading()
            _forget_workers()
            transaction.on_commit(look_for_work)
    except (BadArchive, DeserializationError, IntegrityError, ValueError) as error:
        raise CannotRestore(f"{error} Nothing was restored; files that came already can be overwritten.") from error
    return restored


def _restore(stream: IO[bytes], place: Place, tell: Tell) -> Saved:
    restored, end = Saved(), None
    members = read_members(stream)
    _check_manifest(next(members, None))
    rows.clear_what_migrate_made()
    for member in members:
        if member.name.startswith(DATABASE):
            _load_table(member, restored)
        elif member.name.startswith(MEDIA):
            _take_file(member, place, restored)
            if restored.files % 1000 == 0:
                tell(f"{restored.files} files")
        elif member.name == END:
            end = read_json(member.stream)
        else:
            raise BadArchive(f"{member.name} does not belong into a backup.")
    if end != {"rows": restored.rows, "files": restored.files}:
        raise BadArchive("The backup does not hold as much as it says.")
    return restored


def _forget_workers() -> None:
    """Nobody here carries out what was being done there, and that it was cut off is no failed attempt."""
    running = ProcessingStep.objects.filter(state=ProcessingStep.State.RUNNING)
    running.update(
        state=ProcessingStep.State.WAITING,
        attempts=0,
        progress=0,
        worker="",
        claim="",
        wanted_again=False,
        heartbeat_at=None,
        started_at=None,
    )


def _check_manifest(member: Member | None) -> None:
    if member is None or member.name != MANIFEST:
        raise BadArchive("This file is not a backup of VideoStream.")
    manifest = read_json(member.stream)
    if manifest.get("format") != FORMAT:
        raise BadArchive(f"This backup has the format {manifest.get('format')}; this version reads {FORMAT}.")
    here, there = set(rows.applied_migrations()), set(manifest.get("migrations", ()))
    if here != there:
        names = ", ".join(sorted(here ^ there))
        raise BadArchive(
            f"This backup is of another version of the tables (they differ in {names}). Restore it with the version "
            "that made it, then upgrade."
        )


def _load_table(member: Member, restored: Saved) -> None:
    label = member.name.removeprefix(DATABASE).removesuffix(".jsonl")
    model = rows.kept_models().get(label)
    if model is None:
        raise BadArchive(f"There is no table {label} here.")
    rows.load(io.TextIOWrapper(io.BufferedReader(member.stream), encoding="utf-8"), label=label)
    restored.rows[label] = model._base_manager.count()


def _take_file(member: Member, place: Place, restored: Saved) -> None:
    """Only what a row names is put anywhere: the names in the archive are not trusted."""
    key = member.name.removeprefix(MEDIA)
    video = Video.objects.filter(name=key.split("/")[1] if "/" in key else "").first()
    if video is None or key not in keys_of(video):
        raise BadArchive(f"{key} belongs to no video.")
    with files.scratch_folder() as folder:
        path = folder / "file"
        with path.open("wb") as file:
            while block := member.stream.read(BLOCK_BYTES):
                file.write(block)
        restored.files += 1
        restored.bytes += path.stat().st_size
        place.take(video, key, path)
