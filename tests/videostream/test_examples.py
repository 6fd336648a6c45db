"""The examples of environment files describe every variable that the settings read."""

from __future__ import annotations

import re

import pytest

from tests.live_site import REPOSITORY

READ = re.compile(r"env\.(\w+)\(\s*\"([A-Z0-9_]+)\"")
SETTINGS = (REPOSITORY / "videostream" / "settings.py").read_text(encoding="utf-8")
EXAMPLES = "".join((REPOSITORY / name).read_text(encoding="utf-8") for name in (".env.example", ".env.backend.example"))


@pytest.mark.parametrize("name", sorted({name for _, name in READ.findall(SETTINGS)}))
def test_a_variable_is_described(name: str) -> None:
    assert re.search(rf"^#?{name}=", EXAMPLES, re.MULTILINE)


# Docker Compose reads these itself.
OF_COMPOSE = {"COMPOSE_PROFILES", "COMPOSE_FILE"}


def test_no_variable_is_described_that_nothing_reads() -> None:
    compose = "".join(path.read_text(encoding="utf-8") for path in REPOSITORY.glob("docker-compose*.yml"))
    for name in re.findall(r"^#?([A-Z0-9_]+)=", EXAMPLES, re.MULTILINE):
        known = name.removesuffix("_FILE")
        is_read = f'"{known}"' in SETTINGS or f'"{name}"' in SETTINGS
        assert is_read or f"${{{name}" in compose or name in OF_COMPOSE, name
