"""Copies the files of every video from one place to the other, each verified by its checksum, resumable.

What was verified is noted in a journal, so that a run that was interrupted goes on where it was. A run that came to
its end removes the journal: the next one compares everything anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from operations.places import Place, keys_of
from videos import files
from videos.models import Video


class Outcome(StrEnum):
    COPIED = "copied"
    PRESENT = "present"
    MISSING = "missing"


class DamagedCopy(Exception):
    """What was read back is not what was written."""


@dataclass(frozen=True)
class Moved:
    """What happened to one file."""

    key: str
    outcome: Outcome
    size_bytes: int


@dataclass
class Journal:
    """Which files were verified, and how large they were."""

    path: Path
    _sizes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.exists():
            lines = self.path.read_text(encoding="utf-8").split("\n")[:-1]  # the last one may be cut off
            self._sizes = {key: int(size) for size, _, key in (line.partition(" ") for line in lines)}

    def size_of(self, key: str) -> int | None:
        return self._sizes.get(key)

    def note(self, key: str, size_bytes: int) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{size_bytes} {key}\n")

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def transfer(source: Place, target: Place, journal: Journal) -> Iterator[Moved]:
    """Yields what happened to each file. The source stays as it is. Raises DamagedCopy, OSError."""
    for video in Video.objects.order_by("pk").iterator(chunk_size=500):
        for key in keys_of(video):
            yield _transfer_one(video, key, source, target, journal)
    journal.remove()


def _transfer_one(video: Video, key: str, source: Place, target: Place, journal: Journal) -> Moved:
    size_bytes = source.size_bytes(video, key)
    if size_bytes is None:
        return Moved(key, Outcome.MISSING, 0)
    has_same_size = target.size_bytes(video, key) == size_bytes
    if has_same_size and journal.size_of(key) == size_bytes:
        return Moved(key, Outcome.PRESENT, size_bytes)
    try:
        checksum = source.read(video, key).sha256()
        outcome = Outcome.PRESENT
        if not has_same_size or target.read(video, key).sha256() != checksum:
            _copy(video, key, source, target)
            outcome = Outcome.COPIED
            if target.read(video, key).sha256() != checksum:
                target.delete(video, key)
                raise DamagedCopy(
                    f"{key} arrived damaged and was removed again. Start once more; is the disk in order?"
                )
    except (FileNotFoundError, Video.DoesNotExist):  # deleted meanwhile
        return Moved(key, Outcome.MISSING, 0)
    journal.note(key, size_bytes)
    return Moved(key, outcome, size_bytes)


def _copy(video: Video, key: str, source: Place, target: Place) -> None:
    with files.scratch_folder() as folder:
        path = folder / Path(key).name
        with path.open("wb") as file:
            for block in source.read(video, key).blocks:
                file.write(block)
        target.take(video, key, path)
