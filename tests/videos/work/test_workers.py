from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from videos.models import Worker
from videos.work import workers

pytestmark = pytest.mark.django_db


def test_a_worker_says_that_it_lives() -> None:
    workers.say_alive()
    first = workers.living_workers().get()
    workers.say_alive()

    again = workers.living_workers().get()
    assert (again.pid, again.started_at) == (os.getpid(), first.started_at)
    assert again.seen_at > first.seen_at


def test_a_worker_that_went_silent_does_not_live() -> None:
    workers.say_alive()
    Worker.objects.update(seen_at=timezone.now() - timedelta(seconds=31))

    assert not workers.living_workers().exists()


def test_a_worker_that_stops_takes_its_name_off() -> None:
    workers.say_alive()
    workers.say_goodbye()

    assert not Worker.objects.exists()


def test_workers_that_died_long_ago_are_forgotten() -> None:
    long_ago = timezone.now() - timedelta(days=2)
    Worker.objects.create(name="dead", host="host", pid=1, threads=2, started_at=long_ago, seen_at=long_ago)

    workers.say_alive()

    assert Worker.objects.get().name != "dead"
