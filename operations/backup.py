"""Writes everything that cannot be made again into one stream: the database, originals, videos and posters.

Not in it: packages in HLS_ROOT, uploads under way, log-in sessions, the weights, and the environment with SECRET_KEY.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any

from django.core import serializers
from django.utils import timezone

from operations import rows
from operations.archive import DATABASE, END, FORMAT, MANIFEST, MEDIA, BadArchive, Writer, read_json, read_members
from operations.places import Content, Disk, Place, current_place, keys_of
from videos import files
from videos.models import Video

Tell = Callable[[str], None]


@dataclass
class Saved:
    """How much of everything a backup holds."""

    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    bytes: int = 0


def back_up(stream: IO[bytes], tell: Tell) -> Saved:
    """Rows are of one moment. Files come after them, so one that belongs to a row is missing only if it was deleted.

    Raises DatabaseError, OSError.
    """
    writer, saved = Writer(stream), Saved()
    with files.scratch_folder() as folder:
        tables = {label: folder / f"{label}.jsonl" for label in rows.kept_models()}
        with rows.snapshot():
            migrations = rows.applied_migrations()
            for label, model in rows.kept_models().items():
                with tables[label].open("w", encoding="utf-8") as file:
                    saved.rows[label] = rows.dump(model, file)
        tell(f"{sum(saved.rows.values())} rows of {len(tables)} tables")
        manifest = {"format": FORMAT, "made_at": timezone.now().isoformat(), "migrations": migrations}
        writer.add_json(MANIFEST, manifest)
        for label, path in tables.items():
            with path.open("rb") as table:
                writer.add(f"{DATABASE}{label}.jsonl", table, path.stat().st_size)
        with tables["videos.video"].open(encoding="utf-8") as videos, current_place() as place:
            for row in serializers.deserialize("jsonl", videos):
                _add_files(row.object, place, writer, saved)
                if saved.files % 1000 == 0:
                    tell(f"{saved.files} files")
    writer.add_json(END, {"rows": saved.rows, "files": saved.files})
    writer.finish()
    return saved


def _add_files(saved_video: Any, place: Place, writer: Writer, saved: Saved) -> None:
    # As it is now: a change of visibility meanwhile has moved its files.
    video = Video.objects.filter(pk=saved_video.pk).first()
    for key in keys_of(video) if video else []:
        try:
            content = _read(video, key, place)
        except FileNotFoundError:
            continue
        writer.add(MEDIA + key, io.BufferedReader(_Blocks(content)), content.size_bytes)
        saved.files += 1
        saved.bytes += content.size_bytes


def _read(video: Video, key: str, place: Place) -> Content:
    """An original may not be stored yet. The disk first: what leaves it is in the bucket by then."""
    if key == video.original_file:
        with suppress(FileNotFoundError):
            return Disk().read(video, key)
    return place.read(video, key)


class _Blocks(io.RawIOBase):
    """Blocks of any size as a file."""

    def __init__(self, content: Content) -> None:
        self._blocks: Iterator[bytes] = content.blocks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = next(self._blocks, b"")
        block, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(block)] = block
        return len(block)


def verify(stream: IO[bytes]) -> int:
    """Read a backup to its end, comparing every checksum; how many members it has. Raises BadArchive."""
    count, end = 0, {}
    for member in read_members(stream):
        count += 1
        if member.name == END:
            end = read_json(member.stream)
    if "rows" not in end:
        raise BadArchive("This backup is cut off: its end is missing.")
    return count
