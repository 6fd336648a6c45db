"""What every test may ask for. Alice owns, Bob may view, Charlie must not."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import hypothesis
import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User

# How long one example takes says something of the machine, not of the code.
hypothesis.settings.register_profile("videostream", deadline=None)
hypothesis.settings.load_profile("videostream")

MEDIA_DIR = Path(__file__).parent / "media"
PASSWORD = "a long enough password"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that cannot run fails: nobody reads why tests were skipped."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"A skipped test counts as failed. {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"A skipped module counts as failed. {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings: Settings) -> None:
    """Each test has its own MEDIA_ROOT and HLS_ROOT."""
    for name in ("MEDIA_ROOT", "HLS_ROOT"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        setattr(settings, name, folder)


@pytest.fixture(scope="session")
def media_dir() -> Path:
    """The recordings of tests/media."""
    return MEDIA_DIR


def _person(name: str) -> User:
    return User.objects.create_user(username=name, password=PASSWORD)


@pytest.fixture
def alice(db: None) -> User:
    return _person("alice")


@pytest.fixture
def bob(db: None) -> User:
    return _person("bob")


@pytest.fixture
def charlie(db: None) -> User:
    return _person("charlie")


def _browser_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def as_alice(alice: User) -> Client:
    return _browser_of(alice)


@pytest.fixture
def as_bob(bob: User) -> Client:
    return _browser_of(bob)


@pytest.fixture
def as_charlie(charlie: User) -> Client:
    return _browser_of(charlie)


@pytest.fixture
def stranger(db: None) -> Client:
    """A browser of somebody without an account."""
    return Client()
