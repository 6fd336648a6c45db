"""videostream/env.py: a wrong value stops the start and names its variable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.live_site import REPOSITORY
from videostream import env


def refusal() -> pytest.RaisesExc[ImproperlyConfigured]:
    return pytest.raises(ImproperlyConfigured, match="^VALUE")


@pytest.fixture
def value(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("VALUE", raising=False)
    monkeypatch.delenv("VALUE_FILE", raising=False)
    return monkeypatch


def test_text_is_stripped_and_an_empty_value_counts_as_not_set(value: pytest.MonkeyPatch) -> None:
    assert env.text("VALUE", "default") == "default"
    value.setenv("VALUE", "  ")
    assert env.text("VALUE", "default") == "default"
    value.setenv("VALUE", " given ")
    assert env.text("VALUE", "default") == "given"


@pytest.mark.parametrize(("given", "meant"), [("1", True), ("Yes", True), ("on", True), ("false", False), ("0", False)])
def test_a_boolean_reads_the_usual_words(value: pytest.MonkeyPatch, given: str, meant: bool) -> None:
    value.setenv("VALUE", given)
    assert env.boolean("VALUE", default=not meant) is meant


def test_a_boolean_refuses_any_other_word(value: pytest.MonkeyPatch) -> None:
    value.setenv("VALUE", "maybe")
    with refusal():
        env.boolean("VALUE", default=True)


@pytest.mark.parametrize("given", ["1.5", "ten", "-1", "4"])
def test_an_integer_refuses_what_is_no_number_or_too_small(value: pytest.MonkeyPatch, given: str) -> None:
    value.setenv("VALUE", given)
    with refusal():
        env.integer("VALUE", 10, minimum=5)


def test_an_integer_at_its_minimum_is_taken(value: pytest.MonkeyPatch) -> None:
    value.setenv("VALUE", "5")
    assert env.integer("VALUE", 10, minimum=5) == 5


def test_a_choice_names_what_is_allowed(value: pytest.MonkeyPatch) -> None:
    value.setenv("VALUE", "tape")
    with pytest.raises(ImproperlyConfigured, match="VALUE must be one of local, s3"):
        env.choice("VALUE", "local", allowed=("local", "s3"))


def test_a_secret_comes_from_the_variable_or_from_a_file(value: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert env.secret("VALUE") == ""
    kept = tmp_path / "secret"
    kept.write_text("from the file\n")
    value.setenv("VALUE_FILE", str(kept))
    assert env.secret("VALUE") == "from the file"


def test_a_secret_given_twice_is_refused(value: pytest.MonkeyPatch, tmp_path: Path) -> None:
    value.setenv("VALUE", "here")
    value.setenv("VALUE_FILE", str(tmp_path / "there"))
    with pytest.raises(ImproperlyConfigured, match="VALUE or VALUE_FILE, not both"):
        env.secret("VALUE")


def test_a_secret_whose_file_is_missing_is_refused(value: pytest.MonkeyPatch, tmp_path: Path) -> None:
    value.setenv("VALUE_FILE", str(tmp_path / "missing"))
    with refusal():
        env.secret("VALUE")


def test_a_folder_must_be_absolute(value: pytest.MonkeyPatch, tmp_path: Path) -> None:
    value.setenv("VALUE", str(tmp_path))
    assert env.folder("VALUE", Path("/default")) == tmp_path
    value.setenv("VALUE", "here/below")
    with refusal():
        env.folder("VALUE", Path("/default"))


@pytest.mark.parametrize(
    "given", ["https://videos.example.org", "http://localhost:8000", "https://videos.example.org/"]
)
def test_an_origin_is_scheme_host_and_port(value: pytest.MonkeyPatch, given: str) -> None:
    value.setenv("VALUE", given)
    assert env.origin("VALUE") == given.rstrip("/")


@pytest.mark.parametrize(
    "given",
    [
        "videos.example.org",
        "ftp://videos.example.org",
        "https://",
        "https://a.example/path",
        "https://a:port",
        "https://a?b",
    ],
)
def test_an_origin_refuses_anything_else(value: pytest.MonkeyPatch, given: str) -> None:
    value.setenv("VALUE", given)
    with refusal():
        env.origin("VALUE")


@pytest.mark.parametrize("given", ["0", "65536", "99999", "x"])
def test_a_port_refuses_what_is_none(value: pytest.MonkeyPatch, given: str) -> None:
    value.setenv("VALUE", given)
    with refusal():
        env.port("VALUE", 25)


@pytest.mark.parametrize("given", ["172.16.0.0/12", "127.0.0.1/32", "10.0.0.7", "fd00::/8", ""])
def test_a_network_is_an_address_or_a_range(value: pytest.MonkeyPatch, given: str) -> None:
    value.setenv("VALUE", given)
    assert env.network("VALUE") == given


@pytest.mark.parametrize("given", ["abc", "300.0.0.0/8", "10.0.0.0/33", "10.0.0.0/8;", "proxy.example.org"])
def test_a_network_refuses_anything_else(value: pytest.MonkeyPatch, given: str) -> None:
    value.setenv("VALUE", given)
    with refusal():
        env.network("VALUE")


def test_an_origin_may_be_a_word_that_stands_for_all(value: pytest.MonkeyPatch) -> None:
    value.setenv("VALUE", "*")
    assert env.origin("VALUE", also="*") == "*"
    with refusal():
        env.origin("VALUE")


WRONG = {
    "WEB_CONCURRENCY": "0",
    "NGINX_TRUSTED_PROXY": "abc",
    "HLS_CORS_ORIGIN": "foo",
    "EMAIL_PORT": "99999",
    "S3_ENDPOINT_URL": "foo",
    "REDIS_URL": "nonsense",
    "WHISPER_LANGUAGE": "klingon",
    "VIDEO_MAX_MINUTES": "ten",
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_the_site_does_not_start_with_a_wrong_value_and_names_it_last(name: str, tmp_path: Path) -> None:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("DJANGO_", "POSTGRES_"))}
    environment = {**kept, "DATA_DIR": str(tmp_path), name: WRONG[name]}
    done = subprocess.run(
        [sys.executable, REPOSITORY / "manage.py", "check"],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1] and "Traceback" not in done.stderr
