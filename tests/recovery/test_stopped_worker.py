"""A worker that is told to stop, as at every upgrade, gives its steps back at once and uncounted."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.live_site import LiveSite, wait_for

pytestmark = pytest.mark.media
STEP = "SELECT s.state, s.attempts FROM videos_processingstep s WHERE s.kind = 'prepare'"


def test_a_stopped_worker_hands_its_step_back(tmp_path: Path, media_dir: Path) -> None:
    with LiveSite(tmp_path) as site:
        # VP9 has to be encoded, which takes seconds.
        name = site.upload(media_dir / "chromium-mp4-vp9-opus.mp4", site.token("alice"))
        wait_for(lambda: site.query(STEP) == [("running", 1)], 30, f"{name} to be prepared")
        site.kill("worker", signal.SIGTERM)
        assert site.query(STEP) == [("waiting", 0)]


def test_a_worker_that_is_stopped_while_it_listens_ends_in_good_order(tmp_path: Path, media_dir: Path) -> None:
    """And not by an abort of the speech engine's threads, which looks like a crash in the log."""
    with LiveSite(tmp_path) as site:
        site.upload(media_dir / "chromium-mp4-avc1-opus.mp4", site.token("alice"))
        listening = "SELECT progress FROM videos_processingstep WHERE kind = 'transcribe' AND state = 'running'"
        wait_for(lambda: site.query(listening), 60, "the words to be written")

        status = site.kill("worker", signal.SIGTERM)

        assert status == 0
