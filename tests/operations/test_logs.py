from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest

from accounts.models import User
from operations.logs import JsonFormatter, TextFormatter
from tests.factories import published
from videos import claims, handlers, worker
from videos.handlers import Work
from videos.log_context import AddVideo
from videos.models import Video

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

    monkeypatch.setitem(handlers._handlers, "prepare", stumble)
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

    first, second = (json.loads(line) for line in json_lines())
    assert (first["video"], first["logger"], first["level"]) == (video.name, "elsewhere", "WARNING")
    assert (second["video"], second["message"]) == (video.name, "prepare failed at attempt 1")
    assert second["trace"].startswith("Traceback") and "ZeroDivisionError" in second["trace"]


@pytest.mark.django_db(transaction=True)
def test_lines_for_people_begin_with_the_video(alice: User, text_lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    video = carry_out_a_step_that_breaks(alice, monkeypatch)

    assert text_lines()[0].endswith(f"WARNING elsewhere: video {video.name}: a line of another module")


def test_a_line_about_no_video_has_no_such_field(json_lines: Lines, text_lines: Lines) -> None:
    logging.getLogger("elsewhere").warning("%s lines\nand ümlauts", "two")

    (line,) = json_lines()
    assert json.loads(line)["message"] == "two lines\nand ümlauts"
    assert "video" not in json.loads(line)
    assert text_lines()[0].endswith("WARNING elsewhere: two lines")
