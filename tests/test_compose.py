"""The files of the installation, read by docker-compose's own parser."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.live_site import REPOSITORY

EXAMPLES = (".env", ".env.backend")


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A folder as the README says: the compose files, and the examples copied to the names without `.example`."""
    for file in REPOSITORY.glob("docker-compose*.yml"):
        shutil.copy(file, tmp_path)
    shutil.copytree(REPOSITORY / "nginx", tmp_path / "nginx")
    for name in EXAMPLES:
        shutil.copy(REPOSITORY / f"{name}.example", tmp_path / name)
    (tmp_path / ".env").write_text((tmp_path / ".env").read_text().replace("PASSWORD=\n", "PASSWORD=secret\n"))
    return tmp_path


def read(folder: Path, *more_files: str, profiles: str = "", **variables: str) -> dict[str, Any]:
    """The services as docker-compose understands them, by name. Raises CalledProcessError if it does not."""
    files = [word for name in ("docker-compose.yml", *more_files) for word in ("-f", name)]
    environment = {"PATH": os.environ["PATH"], "COMPOSE_PROFILES": profiles, **variables}
    argv = ["docker-compose", *files, "config"]
    done = subprocess.run(argv, cwd=folder, env=environment, check=True, capture_output=True, text=True)
    services: dict[str, Any] = yaml.safe_load(done.stdout)["services"]
    return services


def test_the_installation_is_understood_as_the_readme_says(installation: Path) -> None:
    read(installation)


def test_a_missing_password_stops_the_start_by_name(installation: Path) -> None:
    (installation / ".env").write_text("")
    with pytest.raises(subprocess.CalledProcessError) as refusal:
        read(installation)
    assert "POSTGRES_PASSWORD" in refusal.value.stderr


@pytest.mark.parametrize(("profile", "service"), [("redis", "redis"), ("gateway", "link"), ("weights", "weights")])
def test_a_profile_adds_its_service(installation: Path, profile: str, service: str) -> None:
    assert {service, "db", "web", "worker", "nginx"} <= set(read(installation, profiles=profile))


def test_without_a_gateway_nothing_has_to_be_said_of_one(installation: Path) -> None:
    (installation / ".env").write_text("POSTGRES_PASSWORD=secret\n")
    (installation / ".env.backend").write_text("")

    assert "web" in read(installation)


def test_no_image_changes_under_a_running_site(installation: Path) -> None:
    services = read(installation, profiles="gateway,redis")
    images = {name: service["image"] for name, service in services.items() if "build" not in service}
    assert images.pop("link") == "gateway-client-is-not-named", "the operator names it"
    assert all(":" in image and not image.endswith(":latest") for image in images.values())


def test_nginx_has_its_configuration_in_its_image(installation: Path) -> None:
    """One that is mounted stays the old one after an upgrade, until somebody starts nginx anew."""
    nginx = read(installation)["nginx"]
    assert nginx["build"] and not [volume for volume in nginx["volumes"] if "template" in str(volume)]


def test_nothing_can_take_the_whole_machine(installation: Path) -> None:
    services = read(installation)
    assert all(services[name]["pids_limit"] for name in ("web", "worker", "nginx"))
    assert all(services[name]["mem_limit"] for name in ("web", "worker", "nginx"))


def test_every_package_of_the_project_is_in_the_image() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    let_in = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").split()
    assert {f"!{package}" for package in project["tool"]["importlinter"]["root_packages"]} <= set(let_in)


@pytest.mark.parametrize("name", ["docker-compose.s3.yml", "docker-compose.tls.yml"])
def test_an_addition_fits(installation: Path, name: str) -> None:
    services = read(installation, name, TLS_CERTIFICATE="./certificate.pem", TLS_KEY="./key.pem")
    asked_at = "https://nginx" if "tls" in name else "http://nginx"
    assert services["web"]["environment"]["NGINX_URL"] == asked_at, "where the doctor asks"
