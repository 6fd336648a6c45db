from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from operations import figures
from tests.factories import published
from tests.live_site import REPOSITORY, free_port, wait_for
from videos import services
from videos.models import ProcessingStep, Video
from videos.work import claims
from videos.work.table import Lane
from videos.work.totals import count_heard
from videos.work.workers import say_alive

Labels = tuple[tuple[str, str], ...]


def parse(text: str) -> dict[tuple[str, Labels], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scrape(client: Client) -> dict[tuple[str, Labels], float]:
    answer = client.get("/metrics", headers={"Host": "web:8000"})
    assert answer.status_code == 200
    return parse(answer.text)


def test_it_tells_what_waits(stranger: Client, alice: User) -> None:
    video = services.create_video(owner=alice, kind="original")
    ProcessingStep.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    video.steps.filter(kind="poster").update(state="running")
    say_alive()

    told = scrape(stranger)

    assert told["videostream_steps", (("kind", "prepare"), ("state", "waiting"))] == 1
    assert told["videostream_steps", (("kind", "poster"), ("state", "running"))] == 1
    assert told["videostream_steps", (("kind", "render"), ("state", "waiting"))] == 0
    assert told["videostream_oldest_waiting_seconds", (("lane", "quick"),)] == pytest.approx(300, abs=10)
    assert told["videostream_oldest_waiting_seconds", (("lane", "long"),)] == 0, "it waits for prepare"
    assert told["videostream_workers", ()] == 1
    assert told["videostream_disk_free_bytes", (("folder", "HLS_ROOT"),)] > 0


def ended(alice: User, kind: str, end: Callable[[ProcessingStep], bool], *, after_s: float) -> Video:
    """A step that was claimed and ended."""
    video = published(alice)
    video.steps.filter(kind=kind).update(state="waiting")
    step = claims.claim(video.steps.get(kind=kind))
    assert step is not None
    step.started_at = timezone.now() - timedelta(seconds=after_s)
    assert end(step)
    return video


def test_figures_of_what_ended_only_grow(stranger: Client, alice: User) -> None:
    """Also when videos are deleted, and whichever web server is asked."""
    for seconds in (1, 3):
        ended(alice, "transcribe", claims.finish, after_s=seconds).delete()
        count_heard(seconds * 1500)
    ended(alice, "transcribe", lambda step: claims.fail(step, "code", "reason"), after_s=50)

    told = scrape(stranger)

    assert told["videostream_steps_ended_total", (("kind", "transcribe"), ("state", "done"))] == 2
    assert told["videostream_steps_ended_total", (("kind", "transcribe"), ("state", "failed"))] == 1
    work_s = told["videostream_step_work_seconds_total", (("kind", "transcribe"),)]
    assert work_s == pytest.approx(4, abs=0.5), "of what was done"
    assert told["videostream_heard_seconds_total", ()] == 6


def test_a_step_that_was_taken_away_is_not_counted(stranger: Client, alice: User) -> None:
    def end_too_late(step: ProcessingStep) -> bool:
        ProcessingStep.objects.filter(pk=step.pk).update(claim="another's")
        return not claims.finish(step)

    ended(alice, "poster", end_too_late, after_s=1)

    assert not [name for name, labels in scrape(stranger) if name == "videostream_steps_ended_total"]


def test_a_step_whose_workers_died_is_counted_as_failed(stranger: Client, alice: User) -> None:
    video = published(alice)
    video.steps.filter(kind="poster").update(
        state="running", attempts=3, heartbeat_at=timezone.now() - timedelta(hours=1)
    )

    claims.sweep()

    assert scrape(stranger)["videostream_steps_ended_total", (("kind", "poster"), ("state", "failed"))] == 1


def test_alarms_and_dashboard_ask_for_figures_that_exist(stranger: Client, alice: User) -> None:
    ended(alice, "transcribe", claims.finish, after_s=1)
    stranger.get("/healthz")
    told = {name for name, _ in scrape(stranger)} | {"videostream_queue_messages"}

    for file in ("alerts.yml", "grafana.json"):
        text = (REPOSITORY / "docs" / "monitoring" / file).read_text(encoding="utf-8")
        assert set(re.findall(r"videostream_[a-z_]+", text)) <= told


def test_a_step_that_is_done_anew_waits_from_now_on(alice: User) -> None:
    video = published(alice)
    video.steps.update(created_at=timezone.now() - timedelta(days=9))

    services.run_again(video, "package")

    assert figures.oldest_waiting_s(Lane.QUICK) < 5


def test_requests_are_counted_by_view(stranger: Client) -> None:
    labels = (("method", "GET"), ("status", "200"), ("view", "healthz"))
    before = scrape(stranger).get(("videostream_request_seconds_count", labels), 0)

    stranger.get("/healthz")

    assert scrape(stranger)["videostream_request_seconds_count", labels] == before + 1


def test_strangers_cannot_make_ever_new_series(stranger: Client) -> None:
    stranger.generic("BREW", "/nowhere/0")
    scrape(stranger)  # itself a request, counted when it is over
    before = scrape(stranger)

    for method, path in (("SMOKE", "/nowhere/1"), ("BREW", "/nowhere/2")):
        stranger.generic(method, path)

    now = scrape(stranger)
    labels = (("method", "other"), ("status", "404"), ("view", "none"))
    assert now["videostream_request_seconds_count", labels] == before["videostream_request_seconds_count", labels] + 2
    new = {
        dict(seen)["view"] for name, seen in now.keys() - before.keys() if name == "videostream_request_seconds_count"
    }
    assert new == set()


@pytest.mark.parametrize(
    "how", [{"REMOTE_ADDR": "93.184.216.34"}, {"headers": {"X-Forwarded-For": "10.0.0.1"}}, {"REMOTE_ADDR": ""}]
)
def test_nobody_outside_may_read(stranger: Client, how: dict[str, object]) -> None:
    assert stranger.get("/metrics", **how).status_code == 404  # type: ignore[arg-type]


def test_with_a_token_only_who_knows_it_may_read(stranger: Client, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "a secret"

    assert stranger.get("/metrics").status_code == 404
    assert stranger.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404
    right = stranger.get("/metrics", headers={"Authorization": "Bearer a secret"}, REMOTE_ADDR="93.184.216.34")
    assert right.status_code == 200


@pytest.mark.media
def test_all_processes_of_the_web_server_are_told_together(tmp_path: Path) -> None:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment |= {"DATA_DIR": str(tmp_path), "WEB_CONCURRENCY": "3"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=REPOSITORY, env=environment, check=True)
    config = ["--config", "python:videostream.gunicorn", "--bind", f"127.0.0.1:{port}", "videostream.wsgi"]
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", *config], cwd=REPOSITORY, env=environment)

    def ask(path: str) -> str:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return str(answer.read().decode())
        except URLError:
            return ""

    try:
        wait_for(lambda: ask("/healthz"), 60, "the web server")
        for _ in range(30):
            assert ask("/readyz") == "" or ask("/healthz")
        told = parse(ask("/metrics"))
    finally:
        server.terminate()
        server.wait(30)
    labels = (("method", "GET"), ("status", "200"), ("view", "healthz"))
    ready = sum(
        value
        for (name, seen), value in told.items()
        if name == "videostream_request_seconds_count" and dict(seen)["view"] == "readyz"
    )
    assert ready == 30
    assert told["videostream_request_seconds_count", labels] >= 1
