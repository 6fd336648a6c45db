from __future__ import annotations

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest

from capture import parts
from capture.errors import DiskFull, UploadBusy

UPLOAD = "0" * 32


@pytest.fixture
def path() -> Path:
    parts.create(UPLOAD, 5)
    return parts.path_of(UPLOAD)


def test_a_part_belongs_to_one_at_a_time(path: Path) -> None:
    with parts.hold(UPLOAD) as part:
        part.append([b"12", b"345"])
        with pytest.raises(UploadBusy), parts.hold(UPLOAD):
            pass

    with parts.hold(UPLOAD) as part:
        assert (part.size_bytes, part.head(3)) == (5, b"123")


def test_what_was_written_stays_when_the_pieces_break_off(path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"123"
        raise ConnectionError

    with pytest.raises(ConnectionError), parts.hold(UPLOAD) as part:
        part.append(broken())

    assert path.read_bytes() == b"123"


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_part_that_went_away_between_opening_and_locking_is_not_written(
    path: Path, monkeypatch: pytest.MonkeyPatch, is_replaced: bool
) -> None:
    lock = fcntl.flock

    def move_then_lock(descriptor: int, operation: int) -> None:
        path.rename(path.with_suffix(".moved"))
        if is_replaced:
            path.touch()
        lock(descriptor, operation)

    monkeypatch.setattr("fcntl.flock", move_then_lock)

    with pytest.raises(parts.PartMissing), parts.hold(UPLOAD):
        pass


def test_there_is_no_part_of_what_never_was() -> None:
    assert parts.size_of(UPLOAD) is None
    with pytest.raises(parts.PartMissing), parts.hold(UPLOAD):
        pass


def test_nothing_begins_on_a_full_disk() -> None:
    with pytest.raises(DiskFull):
        parts.create(UPLOAD, 10**17)
    assert parts.size_of(UPLOAD) is None
