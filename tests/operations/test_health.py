from __future__ import annotations

import shutil
import threading
import time

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from operations import health
from operations.queue import QueueUnreachable
from videos.work.workers import say_alive

pytestmark = pytest.mark.django_db


@pytest.fixture
def with_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "resolve", lambda _model, _folder: None)


@pytest.mark.parametrize("address", ["/healthz", "/healthz/"])
def test_it_says_that_it_is_alive(stranger: Client, address: str) -> None:
    answer = stranger.get(address)

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.usefixtures("with_weights")
def test_it_is_ready_and_says_how_many_workers_live(stranger: Client) -> None:
    say_alive()

    answer = stranger.get("/readyz")

    assert answer.status_code == 200
    parts = dict.fromkeys(("database", "queue", "disk", "ffmpeg", "speech"), "ok")
    assert answer.json() == {"status": "ready", "parts": parts, "workers": 1}


@pytest.mark.usefixtures("with_weights")
def test_without_ffmpeg_it_is_not_ready(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _program: None)

    answer = stranger.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"]["ffmpeg"] == "ffmpeg is not installed."


@pytest.mark.usefixtures("with_weights")
def test_with_a_full_disk_it_is_not_ready(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FREE_MIN_BYTES", 2**62)

    assert "are free in MEDIA_ROOT" in stranger.get("/readyz").json()["parts"]["disk"]


@pytest.mark.usefixtures("with_weights")
def test_strangers_do_not_learn_where_the_database_and_the_queue_are(
    stranger: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: object) -> None:
        raise OperationalError('connection to server at "db.inside" (10.0.0.7), port 5432 failed')

    def queue_fails() -> int:
        raise QueueUnreachable("redis.inside:6379 refuses")

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", fail)
    monkeypatch.setattr(health, "messages_waiting", queue_fails)

    answer = stranger.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == "The database does not answer."
    assert "inside" not in answer.content.decode()
    assert "db.inside" in caplog.text
    assert "redis.inside" in caplog.text


def test_without_weights_it_says_what_to_do(stranger: Client, settings: LazySettings) -> None:
    settings.WHISPER_MODEL = "/nowhere/tiny.pt"

    words = stranger.get("/readyz").json()["parts"]["speech"]

    assert "WHISPER_MODEL" in words
    assert "/nowhere" not in words


@pytest.mark.usefixtures("with_weights")
def test_a_part_that_does_not_answer_does_not_hold_the_answer(
    stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database whose host is gone answers neither yes nor no."""
    released = threading.Event()
    monkeypatch.setitem(health.CHECKS, "database", lambda: (released.wait(30), None)[1])
    started_s = time.monotonic()

    answer = stranger.get("/readyz")
    took_s = time.monotonic() - started_s
    released.set()

    assert (answer.status_code, answer.json()["parts"]["database"]) == (503, "did not answer within 2 seconds.")
    assert answer.json()["parts"]["ffmpeg"] == "ok" and answer.json()["workers"] is None
    assert took_s < 20, "long before the part would have answered"
