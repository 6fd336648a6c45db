from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from social.models import Counts
from social.services import view
from tests.factories import published
from videos.models import Video


@pytest.fixture
def video(alice: User) -> Video:
    return published(alice)


def last_view(video: Video) -> float:
    """How many seconds ago."""
    at = Counts.objects.get(video=video).last_viewed_at
    assert at is not None
    return (timezone.now() - at).total_seconds()


def test_a_view_is_remembered(video: Video) -> None:
    view(video=video, viewer="bob")

    assert last_view(video) < 5


def test_the_same_viewer_counts_once_but_is_seen_again(video: Video) -> None:
    view(video=video, viewer="bob")
    Counts.objects.update(last_viewed_at=timezone.now() - timedelta(hours=1))

    view(video=video, viewer="bob")

    assert last_view(video) < 5
    assert Counts.objects.get(video=video).views == 1


def test_many_viewers_at_once_do_not_write_each_time(video: Video) -> None:
    view(video=video, viewer="bob")
    before = timezone.now() - timedelta(seconds=30)
    Counts.objects.update(last_viewed_at=before)

    view(video=video, viewer="charlie")

    assert Counts.objects.get(video=video).last_viewed_at == before
