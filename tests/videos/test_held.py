"""Folders of killed processes go, those of living ones stay."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live_site import REPOSITORY, wait_for
from videos.held import held_folder, remove_unheld

HOLD = """
import sys, time
from pathlib import Path
from videos.held import held_folder
with held_folder(Path(sys.argv[1]), "tmp") as folder:
    (folder / "half a video").write_bytes(bytes(1000))
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is at something in a folder of its own."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "scratch")], cwd=REPOSITORY)
    try:
        wait_for(lambda: list((tmp_path / "scratch").glob("tmp*/half*")), 30, "the folder")
        yield process
    finally:
        process.kill()
        process.wait()


def test_what_a_killed_worker_was_at_does_not_fill_the_disk(holder: subprocess.Popen[bytes], tmp_path: Path) -> None:
    holder.kill()
    holder.wait()

    assert remove_unheld(tmp_path / "scratch", "tmp") == 1
    assert list((tmp_path / "scratch").iterdir()) == []


def test_what_a_living_worker_is_at_stays_however_long_it_takes(
    holder: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    (folder,) = (tmp_path / "scratch").iterdir()
    os.utime(folder, (0, 0))

    assert remove_unheld(tmp_path / "scratch", "tmp") == 0
    assert (folder / "half a video").exists()


def test_it_is_gone_when_its_holder_is_done(tmp_path: Path) -> None:
    with held_folder(tmp_path / "scratch", "tmp") as folder:
        assert folder.exists()
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize(("hours", "removed"), [(1, 0), (25, 1)])
def test_folders_of_a_version_that_knew_no_locks_are_given_a_day(tmp_path: Path, hours: int, removed: int) -> None:
    folder = tmp_path / "tmpx"
    folder.mkdir()
    os.utime(folder, (time.time() - hours * 3600,) * 2)

    assert remove_unheld(tmp_path, "tmp") == removed
