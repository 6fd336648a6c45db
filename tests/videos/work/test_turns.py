"""Whose turn it is: nobody waits behind all that another person has uploaded."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from accounts.models import User
from tests.factories import published
from videos import services
from videos.models import ProcessingStep, Video, Worker
from videos.work import claims, workers
from videos.work.table import Lane
from videostream import settings as product

pytestmark = pytest.mark.django_db
Kind, State = ProcessingStep.Kind, ProcessingStep.State
HEAVY = 8


@pytest.fixture
def pile(alice: User) -> list[Video]:
    """Eight heavy files of one person."""
    return [services.create_video(owner=alice, kind=Video.Kind.ORIGINAL) for _ in range(HEAVY)]


def next_step(lane: Lane = Lane.QUICK) -> ProcessingStep:
    step = claims.claim_next(lane)
    assert step is not None
    return step


def test_a_neighbour_s_video_finds_a_free_thread_beside_a_pile_of_heavy_files(
    pile: list[Video], bob: User, settings: Settings
) -> None:
    for _ in range(settings.WORKER_THREADS):
        assert next_step().video in pile
    assert claims.claim_next(Lane.QUICK) is None, "the last thread is not for the same person"
    assert product.HUEY["consumer"]["workers"] == settings.WORKER_THREADS + 1

    mine = services.create_video(owner=bob, kind=Video.Kind.ORIGINAL)

    assert next_step().video == mine


def test_threads_take_turns_between_people(pile: list[Video], bob: User) -> None:
    for _ in range(2):
        services.create_video(owner=bob, kind=Video.Kind.ORIGINAL)
    order = []
    for _ in range(5):
        step = next_step()
        claims.finish(step)
        order.append(step.video.owner.username)

    assert order == ["alice", "bob"] * 2 + ["alice"]


def test_who_has_less_running_comes_first(pile: list[Video], bob: User) -> None:
    """Also who was served last: the other one's heavy file still runs."""
    assert next_step().video in pile
    mine = services.create_video(owner=bob, kind=Video.Kind.ORIGINAL)
    first = next_step()
    assert first.video == mine
    claims.finish(first)

    assert next_step().video == mine


def test_words_that_are_being_written_do_not_cost_a_turn(alice: User, bob: User, pile: list[Video]) -> None:
    """Long work is counted among long work: a new video of somebody whose words are written is not behind a pile."""
    spoken = published(bob)
    spoken.steps.filter(kind=Kind.TRANSCRIBE).update(state=State.WAITING)
    assert next_step(Lane.LONG).video == spoken
    mine = services.create_video(owner=bob, kind=Video.Kind.ORIGINAL)
    claims.finish(next_step())

    assert next_step().video == mine


def test_of_one_s_own_videos_the_playable_ones_are_made_first(alice: User) -> None:
    published(alice).steps.filter(kind=Kind.POSTER).update(state=State.WAITING)
    new = services.create_video(owner=alice, kind=Video.Kind.ORIGINAL)

    assert next_step().video == new


def test_more_workers_carry_out_more_of_one_person(pile: list[Video], settings: Settings) -> None:
    workers.say_alive()
    Worker.objects.create(
        name="another", host="another", pid=1, threads=3, started_at=pile[0].created_at, seen_at=pile[0].created_at
    )
    for _ in range(settings.WORKER_THREADS + 3):
        next_step()

    assert claims.claim_next(Lane.QUICK) is None


def test_the_last_place_is_given_once(pile: list[Video]) -> None:
    """Two threads saw the place free; the second one is refused when it takes its step."""
    first, second = (video.steps.get(kind=Kind.PREPARE) for video in pile[:2])

    assert claims.claim(first, limit=1)
    assert claims.claim(second, limit=1) is None
    assert claims.claim(second, limit=2)
