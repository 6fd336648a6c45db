"""The main job, as a person does it, in a real Chromium with a spoken recording as its microphone.

Screenshots of each station are kept in `test-output/main-job/`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

from mediatools.probe import probe
from tests.live_site import REPOSITORY, LiveSite, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
OUTPUT = REPOSITORY / "test-output" / "main-job"
PASSWORD = "a long enough password"
LEAD_S, RECORDED_S, REPLY_S = 3, 38, 3
# Brightness of the picture that <video> shows now: mean and spread of its pixels.
PICTURE = """
video => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [64, 64];
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 64, 64);
  const bytes = context.getImageData(0, 0, 64, 64).data.filter((_, place) => place % 4 !== 3);
  const mean = bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length;
  const spread = Math.sqrt(bytes.reduce((sum, byte) => sum + (byte - mean) ** 2, 0) / bytes.length);
  return { mean, spread };
}
"""


@dataclass
class Person:
    """Somebody at a browser."""

    page: Page
    site: LiveSite
    stations: int = 0

    def visit(self, path: str) -> None:
        self.page.goto(self.site.url + path)

    def keep_screenshot(self, station: str) -> None:
        self.stations += 1
        self.page.screenshot(path=OUTPUT / f"{self.stations:02}-{station}.png")

    def turn_on_camera(self) -> None:
        """Press the button; a browser that already knows the answer needs none and goes on by itself."""
        stage = self.page.locator("#capture")
        with suppress(TimeoutError):
            self.page.click("[data-part=allow]", timeout=3000)
        wait_for(lambda: stage.get_attribute("data-stage") == "previewing", 20, "the camera")

    def record(self, seconds: float, title: str) -> str:
        """Record that long on the open capture page, press the tick, and give the name of the new video."""
        page = self.page
        self.turn_on_camera()
        wait_for(lambda: page.locator("[data-part=preview]").evaluate("video => video.videoWidth"), 20, "the camera")
        page.click("[data-part=record]")
        page.wait_for_timeout(seconds * 1000)
        self.keep_screenshot("recording")
        page.click("[data-part=record]")
        page.fill("[name=title]", title)
        self.keep_screenshot("look-again")
        page.click("[data-part=publish]")
        page.locator("[data-part=watch]").wait_for(timeout=60_000)
        self.keep_screenshot("published")
        address = page.get_attribute("[data-part=watch]", "href") or ""
        return name_in(address)


def name_in(address: str) -> str:
    """The video's name in an address such as /playvideo/NAME#play."""
    return urlsplit(address).path.rstrip("/").rsplit("/", 1)[-1]


@pytest.fixture(scope="module")
def microphone(tmp_path_factory: pytest.TempPathFactory, media_dir: Path) -> Path:
    """The talk as a WAV, with some silence first: the camera is on before recording starts."""
    wav = tmp_path_factory.mktemp("microphone") / "talk.wav"
    silence = f"adelay={LEAD_S * 1000}:all=1,apad=pad_dur=30"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", media_dir / "talk.flac", "-af", silence, "-ar", "48000", wav], check=True
    )
    return wav


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with LiveSite(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def chromium(microphone: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=[
                "--no-sandbox",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}%noloop",
                "--autoplay-policy=user-gesture-required",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def person(chromium: Browser, site: LiveSite) -> Iterator[Person]:
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, permissions=["camera", "microphone"], has_touch=True
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    yield Person(page, site)
    context.close()
    assert not faults


def assert_plays(page: Page, video: str) -> None:
    """The picture moves and is neither black nor one colour."""
    player = page.locator(video).first
    # Asked until it plays: a promise of play() that the loading player breaks is waited for without an end.
    start = "video => { video.muted = true; video.play().catch(() => {}); return video.currentTime; }"
    wait_for(lambda: player.evaluate(start) > 0.5, 20, f"{video} to play")
    before = player.evaluate("video => video.currentTime")
    wait_for(lambda: player.evaluate("video => video.currentTime") > before + 0.5, 20, f"{video} to go on")
    picture = player.evaluate(PICTURE)
    assert picture["mean"] > 20 and picture["spread"] > 10, picture


def plain(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def words_of(site: LiveSite, name: str) -> list[dict[str, Any]]:
    cues = site.get(f"/api/videos/{name}/transcript/")["cues"]
    return [word for cue in cues for word in cue["words"]]


def said_in(site: LiveSite, name: str) -> str:
    return " ".join(plain(" ".join(word["text"] for word in words_of(site, name))))


def test_record_publish_watch_read_cut_and_reply(person: Person) -> None:
    page, site = person.page, person.site
    person.visit("/")
    person.keep_screenshot("empty-feed")
    person.visit("/signup?next=/captureevent")
    for field, value in (("username", "dora"), ("password1", PASSWORD), ("password2", PASSWORD)):
        page.fill(f"[name={field}]", value)
    page.press("[name=password2]", "Enter")
    page.wait_for_url("**/captureevent")
    name = person.record(RECORDED_S, "Four sentences")

    published_at = time.monotonic()
    person.visit("/playallsnap")
    item = page.locator(f"[data-item={name}]")
    item.wait_for()
    assert_plays(page, f"[data-item={name}] video")
    assert time.monotonic() - published_at < 30
    person.keep_screenshot("feed")

    video = site.wait_for_state(name, "", "ready", timeout_s=180)
    assert abs(video["duration_ms"] - RECORDED_S * 1000) < 3000
    said = said_in(site, name)
    # The smallest model hears "Americans ask not" or "American asked not", by where in the sound the recording begins.
    assert "not what your country can do for you ask what you can do for your country" in said
    assert "had he married a more amiable woman" in said

    cut_name = cut_two_sentences(person, name)
    person.visit(f"/playvideo/{cut_name}")
    assert_plays(page, "#player video")
    person.keep_screenshot("cut")
    kept = said_in(site, cut_name)
    assert "ask what you can do for your country had he married a more amiable woman" in kept
    assert "dashwood" not in kept and "disposed" not in kept
    assert_length_is_right(site, cut_name)

    like_and_comment(person, name)
    reply_to(person, name)


def like_and_comment(person: Person, name: str) -> None:
    page, site = person.page, person.site
    person.visit(f"/playvideo/{name}")
    page.click("[data-like]")
    page.fill("#comment-text", "Well said.")
    page.click(".comment-send")
    page.locator(".comment", has_text="Well said.").wait_for()
    wait_for(lambda: site.get(f"/api/videos/{name}/")["counts"]["likes"] == 1, 10, "the like")
    person.keep_screenshot("watch")


def reply_to(person: Person, name: str) -> None:
    page, site = person.page, person.site
    person.visit(f"/captureevent?reply_to={name}")
    reply = person.record(REPLY_S, "My answer")
    assert site.get(f"/api/videos/{reply}/")["reply_to"]["name"] == name
    person.visit(f"/playvideo/{name}")
    page.locator("#replies", has_text="My answer").wait_for()
    counts = site.get(f"/api/videos/{name}/")["counts"]
    assert (counts["likes"], counts["comments"], counts["replies"]) == (1, 1, 1)
    page.locator("#replies").scroll_into_view_if_needed()
    person.keep_screenshot("replies")


def cut_two_sentences(person: Person, name: str) -> str:
    """Choose the second and third sentence on the cut page, remove them, cut; the name of the cut."""
    page = person.page
    person.visit(f"/cutvideo/{name}")
    words = page.locator(".item:not(.item-pause)")
    texts = [plain(text) for text in words.all_inner_texts()]
    first = next(place for place, text in enumerate(texts) if text[:1] == ["dashwood"]) - 3
    last = next(place for place in range(len(texts)) if texts[place + 1 : place + 4] == [["had"], ["he"], ["married"]])
    assert texts[first][:1] == ["and"]
    words.nth(first).click()
    words.nth(last).click(modifiers=["Shift"])
    page.click("[data-action=remove]")
    person.keep_screenshot("chosen")
    page.fill("[name=title]", "Two sentences")
    page.click("[data-submit]")
    page.locator("[data-result]").wait_for(timeout=60_000)
    address = page.get_attribute("[data-result]", "href") or ""
    cut_name = name_in(address)
    person.site.wait_for_state(cut_name, "", "ready")
    return cut_name


def assert_length_is_right(site: LiveSite, cut_name: str) -> None:
    """What ffprobe measures is what was chosen, to 100 ms."""
    (ranges,) = site.query("SELECT cut_ranges FROM videos_video WHERE name = ?", cut_name)[0]
    wanted_ms = sum(end - start for start, end in json.loads(ranges))
    facts = probe(site.folder / "media" / "videos" / cut_name / "video.mp4")
    assert abs(facts.duration_ms - wanted_ms) <= 100
    assert site.get(f"/api/videos/{cut_name}/")["duration_ms"] == facts.duration_ms
