"""kill -9 of the worker in the middle of each step: nothing is lost and nothing is done twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live_site import LiveSite, wait_for

pytestmark = [pytest.mark.media, pytest.mark.timeout(600)]
RECORDED = ("prepare", "package", "poster", "transcribe")
CUT = ("render", "package", "poster", "captions")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with LiveSite(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def token(site: LiveSite) -> str:
    return site.token("alice")


@pytest.fixture(scope="module")
def source(site: LiveSite, token: str, media_dir: Path) -> str:
    """A finished video to cut from."""
    name = site.upload(media_dir / "chromium-mp4-avc1-opus.mp4", token)
    site.wait_for_state(name, token, "ready")
    return name


def kill_during(site: LiveSite, name: str, kind: str) -> bool:
    """Kill the worker while it is at that step, and start a new one; False if the step was too quick to catch."""

    def state() -> str:
        sql = "SELECT s.state FROM videos_processingstep s JOIN videos_video v ON v.id = s.video_id"
        return str(site.query(f"{sql} WHERE v.name = ? AND s.kind = ?", name, kind)[0][0])

    reached = wait_for(lambda: (now := state()) != "waiting" and now, 180, f"{kind} to begin", pause_s=0.002)
    site.kill("worker")
    was_running = reached == "running" and state() == "running"
    site.start_worker()
    return was_running


def assert_whole(site: LiveSite, name: str, token: str, kinds: tuple[str, ...]) -> None:
    video = site.wait_for_state(name, token, "ready")
    assert [(step["kind"], step["state"]) for step in video["steps"]] == [(kind, "done") for kind in kinds]
    transcripts = site.query(
        "SELECT t.id FROM transcribe_transcript t JOIN videos_video v ON v.id = t.video_id WHERE v.name = ?", name
    )
    assert len(transcripts) == 1
    cues = site.get(f"/api/videos/{name}/transcript/")["cues"]
    assert "country" in " ".join(cue["text"] for cue in cues)
    starts = [cue["start_ms"] for cue in cues]
    assert starts == sorted(set(starts)), "each cue stands there once"
    assert [path.name for path in (site.folder / "hls").glob(f"playlist_{name}*")] == [f"playlist_{name}.m3u8"]
    with site.call("GET", video["playlist"]) as answer:
        assert b"#EXTM3U" in answer.read()


@pytest.mark.parametrize("kind", RECORDED)
def test_a_recording_survives_a_killed_worker(site: LiveSite, token: str, media_dir: Path, kind: str) -> None:
    caught = False
    for _ in range(5):
        name = site.upload(media_dir / "chromium-mp4-avc1-opus.mp4", token)
        caught = kill_during(site, name, kind) or caught
        assert_whole(site, name, token, RECORDED)
        if caught:
            break
    assert caught, f"{kind} was never caught running: the test proves nothing"
    assert_no_orphans(site)


@pytest.mark.parametrize("kind", CUT)
def test_a_cut_survives_a_killed_worker(site: LiveSite, token: str, source: str, kind: str) -> None:
    caught = False
    for _ in range(8):
        name = site.post(f"/api/videos/{source}/cuts/", token, keep=[[500, 12200], [20200, 26200]])["name"]
        caught = kill_during(site, name, kind) or caught
        assert_whole(site, name, token, CUT)
        if caught:
            break
    assert caught, f"{kind} was never caught running: the test proves nothing"
    assert_no_orphans(site)


def assert_no_orphans(site: LiveSite) -> None:
    """No ffmpeg of a dead worker still writes into this site's folder."""

    def running() -> list[str]:
        found = []
        for process in Path("/proc").iterdir():
            if process.name.isdecimal() and process.name != str(os.getpid()):
                try:
                    words = (process / "cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                if b"ffmpeg" in words[0] and any(str(site.folder).encode() in word for word in words):
                    found.append(process.name)
        return found

    wait_for(lambda: not running(), 10, "ffmpeg to end with its worker")
