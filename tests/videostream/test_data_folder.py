"""What lies in DATA_DIR is nobody else's, and the key in it is whole whoever reads it."""

from __future__ import annotations

import os
import secrets
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live_site import REPOSITORY
from videostream import data_folder

READ_KEY = "from videostream import settings; print(settings.SECRET_KEY)"


def environment(data: Path) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "POSTGRES_", "SECRET_KEY"))
    }
    return {**inherited, "DATA_DIR": str(data)}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_several_processes_that_start_first_have_one_key(tmp_path: Path) -> None:
    """Otherwise sessions that one of them signs are not worth anything to the others."""
    code = """
import sys, threading
from pathlib import Path
from videostream.data_folder import kept_secret
barrier = threading.Barrier(16)
def read():
    barrier.wait()
    found.append(kept_secret(Path(sys.argv[1])))
found = []
threads = [threading.Thread(target=read) for _ in range(16)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
print("\\n".join(found))
"""
    kept = tmp_path / "data" / "secret_key"
    kept.parent.mkdir()
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(kept)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    keys = [key for process in running for key in process.communicate(timeout=60)[0].split("\n")[:-1]]

    assert (len(keys), len(set(keys)), len(keys[0]) > 50) == (48, 1, True)
    assert [path.name for path in kept.parent.iterdir()] == ["secret_key"], "nothing is left beside it"


def test_a_key_never_bears_its_name_before_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while it is written, the next process makes another one instead of reading an empty one."""

    def killed(_length: int) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(secrets, "token_urlsafe", killed)
        with pytest.raises(KeyboardInterrupt):
            data_folder.kept_secret(tmp_path / "secret_key")

    assert len(data_folder.kept_secret(tmp_path / "secret_key")) > 50


def test_nobody_else_reads_the_database_of_a_new_site(tmp_path: Path) -> None:
    data = tmp_path / "data"
    migrate = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(migrate, cwd=REPOSITORY, env=environment(data), check=True, umask=0o022)

    files = {path.name: mode(path) for path in data.iterdir() if path.is_file()}
    assert mode(data) == 0o700
    assert {"db.sqlite3", "queue.sqlite3", "secret_key"} <= files.keys()
    assert set(files.values()) == {0o600}


def test_a_database_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    path.touch()
    path.chmod(0o644)

    data_folder.private_file(path)

    assert mode(path) == 0o600


@pytest.mark.parametrize(("is_ours", "left"), [(True, 0o700), (False, 0o755)])
def test_a_folder_that_the_operator_made_keeps_its_mode(tmp_path: Path, is_ours: bool, left: int) -> None:
    """Where nginx runs as somebody else, its owner has opened it."""
    tmp_path.chmod(0o755)

    data_folder.make_folder(tmp_path, is_ours=is_ours)

    assert mode(tmp_path) == left
