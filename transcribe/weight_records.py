"""The small JSON file beside each checkpoint that says what it is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Record:
    """``name`` as whisper calls the model; ``reason`` is why a stand-in was made, a clause for people, else empty."""

    name: str
    sha256: str
    size_bytes: int
    source: str
    reason: str = ""


def record_path(path: Path) -> Path:
    """Where the record of the weights at ``path`` lies."""
    return path.with_name(path.name + ".json")


def read_record(path: Path) -> Record | None:
    """What the weights at ``path`` are; None unless both files are there and the size is right."""
    try:
        record = Record(**json.loads(record_path(path).read_text(encoding="utf-8")))
        return record if path.stat().st_size == record.size_bytes else None
    except (OSError, ValueError, TypeError):
        return None


def write_record(path: Path, *, name: str, source: str, reason: str = "") -> None:
    """Record what lies at ``path``, whole or not at all."""
    record = Record(name, file_sha256(path), path.stat().st_size, source, reason)
    part = path.with_name(path.name + ".json.part")
    part.write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")
    part.replace(record_path(path))


def file_sha256(path: Path) -> str:
    """The sha256 of a file as hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
