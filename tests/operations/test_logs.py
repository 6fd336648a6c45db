from __future__ import annotations

import io
import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from operations.logs import JsonFormatter, TextFormatter
from tests.factories import published
from tests.handlers import carry_out_with
from videos.models import ProcessingStep, Video
from videos.services import create_video
from videos.work import claims, worker
from videos.work.log_context import AddVideo
from videos.work.table import MAX_ATTEMPTS, Lane, Work

Lines = Callable[[], list[str]]


def collect(formatter: logging.Formatter) -> Iterator[Lines]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    handler.addFilter(AddVideo())
    logging.getLogger().addHandler(handler)
    yield lambda: stream.getvalue().splitlines()
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def json_lines() -> Iterator[Lines]:
    yield from collect(JsonFormatter())


@pytest.fixture
def text_lines() -> Iterator[Lines]:
    yield from collect(TextFormatter())


def carry_out_a_step_that_breaks(owner: User, monkeypatch: pytest.MonkeyPatch) -> Video:
    def stumble(_video: Video, _work: Work) -> None:
        logging.getLogger("elsewhere").warning("a line of another module")
        raise ZeroDivisionError

    carry_out_with(monkeypatch, "prepare", stumble)
    video = published(owner)
    step = video.steps.get(kind="prepare")
    video.steps.filter(pk=step.pk).update(state="waiting")
    assert claims.claim(step)
    step.refresh_from_db()
    worker.run(step, lambda: None)
    return video


@pytest.mark.django_db(transaction=True)
def test_every_line_about_a_video_carries_its_name(
    alice: User, json_lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = carry_out_a_step_that_breaks(alice, monkeypatch)

    began, other, end = (json.loads(line) for line in json_lines())
    assert (began["video"], began["level"], began["message"]) == (video.name, "INFO", "prepare began, attempt 1")
    assert (other["video"], other["logger"], other["level"]) == (video.name, "elsewhere", "WARNING")
    assert (end["video"], end["level"]) == (video.name, "ERROR")
    assert re.fullmatch(r"prepare failed at attempt 1, after \d+\.\d s", end["message"])
    assert end["trace"].startswith("Traceback") and "ZeroDivisionError" in end["trace"]


@pytest.fixture
def video(alice: User) -> Video:
    """Waits for its first step."""
    return create_video(owner=alice, kind=Video.Kind.ORIGINAL)


def next_step() -> ProcessingStep:
    step = claims.claim_next(Lane.QUICK)
    assert step is not None
    return step


@pytest.mark.django_db(transaction=True)
def test_an_operator_reads_when_each_step_began_and_how_long_it_took(
    video: Video, text_lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out_with(monkeypatch, "prepare", lambda _video, _work: time.sleep(0.2))

    worker.run(next_step(), lambda: None)

    began, ended = text_lines()
    assert began.endswith(f"INFO videos.work.worker: video {video.name}: prepare began, attempt 1")
    assert re.search(rf"INFO videos\.work\.worker: video {video.name}: prepare is done, after 0\.[2-9] s$", ended)


@pytest.mark.django_db(transaction=True)
def test_an_operator_reads_which_step_was_lost(
    video: Video, text_lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take_it_away(video: Video, _work: Work) -> None:
        video.steps.update(claim="another")

    carry_out_with(monkeypatch, "prepare", take_it_away)

    worker.run(next_step(), lambda: None)

    assert f"WARNING videos.work.worker: video {video.name}: prepare was lost: another worker has it" in text_lines()[1]


@pytest.mark.django_db(transaction=True)
def test_an_operator_reads_which_step_was_taken_back_and_which_was_given_up(video: Video, text_lines: Lines) -> None:
    for attempt in range(1, MAX_ATTEMPTS + 1):
        step = next_step()
        video.steps.filter(pk=step.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))
        claims.sweep()
        level, words = ("ERROR", "failed") if attempt == MAX_ATTEMPTS else ("WARNING", "was taken back")
        assert f"{level} videos.work.claims: video {video.name}: prepare {words}" in text_lines()[-1]
    assert len(text_lines()) == MAX_ATTEMPTS


@pytest.mark.django_db(transaction=True)
def test_lines_for_people_begin_with_the_video(alice: User, text_lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    video = carry_out_a_step_that_breaks(alice, monkeypatch)

    assert text_lines()[1].endswith(f"WARNING elsewhere: video {video.name}: a line of another module")


def test_a_line_about_no_video_has_no_such_field(json_lines: Lines, text_lines: Lines) -> None:
    logging.getLogger("elsewhere").warning("%s lines\nand ümlauts", "two")

    (line,) = json_lines()
    assert json.loads(line)["message"] == "two lines\nand ümlauts"
    assert "video" not in json.loads(line)
    assert text_lines()[0].endswith("WARNING elsewhere: two lines")
