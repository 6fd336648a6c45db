"""The files of the installation, read by docker-compose's own parser."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.live_site import REPOSITORY

EXAMPLES = (".env", ".env.backend", ".env.nginx")


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A folder as the README says: the compose files, and the examples copied to the names without `.example`."""
    for file in REPOSITORY.glob("docker-compose*.yml"):
        shutil.copy(file, tmp_path)
    for name in EXAMPLES:
        shutil.copy(REPOSITORY / f"{name}.example", tmp_path / name)
    (tmp_path / ".env").write_text((tmp_path / ".env").read_text().replace("PASSWORD=\n", "PASSWORD=secret\n"))
    return tmp_path


def read(folder: Path, *more_files: str, profiles: str = "", **variables: str) -> list[str]:
    """The services as docker-compose understands them. Raises CalledProcessError if it does not."""
    files = [word for name in ("docker-compose.yml", *more_files) for word in ("-f", name)]
    environment = {"PATH": os.environ["PATH"], "COMPOSE_PROFILES": profiles, **variables}
    argv = ["docker-compose", *files, "config", "--services" if profiles else "--quiet"]
    done = subprocess.run(argv, cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.split()


def test_the_installation_is_understood_as_the_readme_says(installation: Path) -> None:
    read(installation)


def test_a_missing_password_stops_the_start_by_name(installation: Path) -> None:
    (installation / ".env").write_text("")
    with pytest.raises(subprocess.CalledProcessError) as refusal:
        read(installation)
    assert "POSTGRES_PASSWORD" in refusal.value.stderr


@pytest.mark.parametrize(("profile", "service"), [("redis", "redis"), ("gateway", "link")])
def test_a_profile_adds_its_service(installation: Path, profile: str, service: str) -> None:
    assert {service, "db", "web", "worker", "nginx"} <= set(read(installation, profiles=profile))


@pytest.mark.parametrize("name", ["docker-compose.s3.yml", "docker-compose.tls.yml"])
def test_an_addition_fits(installation: Path, name: str) -> None:
    read(installation, name, TLS_CERTIFICATE="./certificate.pem", TLS_KEY="./key.pem")
