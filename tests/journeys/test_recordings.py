"""What real browsers recorded goes all the way: prepared, packaged, pictured, and its words written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import jiwer
import m3u8
import pytest

from mediatools.probe import probe
from tests.live_site import LiveSite

pytestmark = [pytest.mark.media, pytest.mark.timeout(600)]
# What each was recorded as, and how much of the talk it holds, in seconds.
RECORDINGS = {
    "chromium-webm-vp8-opus.webm": 16,
    "chromium-mp4-avc1-opus.mp4": 34,
    "chromium-mp4-avc1-long-gop.mp4": 20,
    "chromium-mp4-vp9-opus.mp4": 20,
    "chromium-mkv-avc1-opus.webm": 20,
}
WORST_WORD_ERROR_RATE = 0.15


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with LiveSite(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def names(site: LiveSite, media_dir: Path) -> dict[str, str]:
    """All of them uploaded one after the other, before the first is finished."""
    token = site.token("alice")
    return {recording: site.upload(media_dir / recording, token) for recording in RECORDINGS}


@pytest.mark.parametrize("recording", RECORDINGS)
def test_a_recording_goes_through(site: LiveSite, names: dict[str, str], media_dir: Path, recording: str) -> None:
    name = names[recording]

    video = site.wait_for_state(name, "", "ready", timeout_s=400)

    assert {step["state"] for step in video["steps"]} == {"done"}
    assert abs(video["duration_ms"] - RECORDINGS[recording] * 1000) < 1500
    made = probe(site.folder / "media" / "videos" / name / "video.mp4")
    assert made.audio is not None
    assert (made.video.codec, made.audio.codec) == ("h264", "aac")
    assert_streamable(site, video["playlist"], video["duration_ms"])
    assert_words(site, name, media_dir, video["duration_ms"])
    with site.call("GET", video["poster"]) as answer:
        assert answer.read(3) == b"\xff\xd8\xff"


def assert_streamable(site: LiveSite, playlist: str, duration_ms: int) -> None:
    """The master names a whole playlist, whose segments are as long as the video and all there."""
    master = m3u8.load(site.url + playlist)
    media = m3u8.load(master.playlists[0].absolute_uri)
    assert media.is_endlist
    assert abs(sum(segment.duration for segment in media.segments) * 1000 - duration_ms) < 250
    assert all(segment.duration <= 4.1 for segment in media.segments)
    for segment in media.segments:
        with site.call("GET", segment.absolute_uri.removeprefix(site.url)) as answer:
            assert answer.read(8)[4:8] in {b"styp", b"moof", b"sidx"}


def assert_words(site: LiveSite, name: str, media_dir: Path, duration_ms: int) -> None:
    """The sentences that were recorded whole are there, in words."""
    sentences = json.loads((media_dir / "talk.json").read_text())["sentences"]
    whole = [sentence for sentence in sentences if sentence["end_ms"] + 1500 < duration_ms]
    assert whole
    cues = site.get(f"/api/videos/{name}/transcript/")["cues"]
    end_ms = whole[-1]["end_ms"] + 700
    heard = " ".join(word["text"] for cue in cues for word in cue["words"] if word["start_ms"] < end_ms)
    said = " ".join(sentence["text"] for sentence in whole).replace("mister", "mr")
    assert jiwer.wer(plain(said), plain(heard)) <= WORST_WORD_ERROR_RATE, heard


def plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+", text.lower()))
