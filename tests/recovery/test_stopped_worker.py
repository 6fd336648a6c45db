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
