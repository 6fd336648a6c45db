from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from videos import services
from videos.models import ProcessingStep, Video
from videos.work import claims, keeper
from videos.work.table import Lane

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stopping(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Ends the keeper, which is quick here."""
    event = threading.Event()
    monkeypatch.setattr(keeper, "_stopping", event)
    monkeypatch.setattr(keeper, "SWEEP_S", 0.01)
    return event


def test_it_outlives_a_queue_that_is_away(stopping: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def away_at_first() -> None:
        calls.append("asked")
        if len(calls) == 1:
            raise ConnectionError("no queue")
        stopping.set()

    monkeypatch.setattr(keeper, "look_for_work", away_at_first)

    keeper._keep()

    assert len(calls) == 2, "it asks again at once, because nobody was reminded"


def test_it_takes_back_a_lost_step_and_tells_the_workers(
    alice: User, stopping: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = services.create_video(owner=alice, kind=Video.Kind.ORIGINAL)
    claims.claim_next(Lane.QUICK)
    ProcessingStep.objects.filter(video=video).update(heartbeat_at=timezone.now() - timedelta(hours=1))
    monkeypatch.setattr(keeper, "look_for_work", stopping.set)

    keeper._keep()

    assert video.steps.get(kind="prepare").state == ProcessingStep.State.WAITING
