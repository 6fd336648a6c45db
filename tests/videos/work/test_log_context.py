from __future__ import annotations

import logging
import threading

from videos.work.log_context import AddVideo, about


def video_of_a_line() -> str:
    record = logging.LogRecord("name", logging.INFO, "path", 1, "message", (), None)
    assert AddVideo().filter(record)
    return str(record.__dict__["video"])


def test_a_line_carries_the_video_it_is_about() -> None:
    with about("aBcDeFgHiJkL"):
        assert video_of_a_line() == "aBcDeFgHiJkL"
    assert video_of_a_line() == ""


def test_threads_do_not_mix_their_videos_up() -> None:
    seen: list[str] = []
    with about("aBcDeFgHiJkL"):
        thread = threading.Thread(target=lambda: seen.append(video_of_a_line()))
        thread.start()
        thread.join()

    assert seen == [""]
