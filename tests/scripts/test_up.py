"""scripts/up with a stand-in for Docker that writes down what it is asked: an engine is not to be had in tests."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.live_site import REPOSITORY

DOCKER = """\
#!/bin/sh
echo "$*" >>"$(dirname "$0")/asked"
case "$*" in
*"manage.py check"*)
    [ "$REFUSES" != settings ] || { echo "VideoStream cannot start: VIDEO_MAX_MINUTES must be a number" >&2; exit 1; };;
*"nginx nginx -t"*) [ "$REFUSES" != nginx ] || { echo "nginx: [emerg] invalid network" >&2; exit 1; };;
*"--no-deps web true"*) [ "$REFUSES" != memory ] || { echo "invalid size: 'viel'" >&2; exit 1; };;
esac
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    shutil.copytree(REPOSITORY / "scripts", tmp_path / "scripts")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "docker").write_text(DOCKER)
    (tmp_path / "bin" / "docker").chmod(0o755)
    for name in (".env", ".env.backend"):
        (tmp_path / name).touch()
    return tmp_path


def up(clone: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{clone / 'bin'}:/usr/bin:/bin", **variables}
    return subprocess.run(
        [clone / "scripts" / "up"], check=False, env=environment, capture_output=True, text=True, timeout=60
    )


def asked(clone: Path) -> list[str]:
    return (clone / "bin" / "asked").read_text().splitlines()


def test_settings_are_looked_at_before_anything_is_replaced(clone: Path) -> None:
    done = up(clone)

    assert done.returncode == 0, done.stderr
    assert asked(clone)[1:] == [
        "compose build",
        "compose run --rm --no-deps prepare python manage.py check",
        "compose run --rm --no-deps web true",
        "compose run --rm --no-deps worker true",
        "compose run --rm --no-deps nginx nginx -t -q",
        "compose up -d --remove-orphans",
    ]


def test_a_wrong_value_leaves_the_running_site_as_it_is_and_is_named(clone: Path) -> None:
    done = up(clone, REFUSES="settings")

    assert done.returncode != 0
    assert "VIDEO_MAX_MINUTES must be a number" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("Nothing was changed")
    assert not [line for line in asked(clone) if " up " in line]


def test_a_missing_file_of_settings_is_named(clone: Path) -> None:
    (clone / ".env").unlink()

    assert ".env is missing: cp .env.example .env" in up(clone).stderr


@pytest.mark.parametrize(
    ("by", "named"), [("nginx", "nginx refuses"), ("memory", "Docker refuses the settings of web")]
)
def test_what_only_docker_or_nginx_can_judge_is_asked_before(clone: Path, by: str, named: str) -> None:
    done = up(clone, REFUSES=by)

    assert done.returncode != 0 and named in done.stderr.splitlines()[-1]
    assert not [line for line in asked(clone) if " up " in line]
