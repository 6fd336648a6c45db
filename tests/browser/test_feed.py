"""The feed and the page of a video in a real Chromium, on a whole site with strict headers and hashed file names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import PASSWORD
from tests.factories import make_clip
from tests.live_site import LiveSite

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
VIDEOS = 8
MAKE_VIDEOS = """
from pathlib import Path
from accounts.models import User
from tests.factories import uploaded
from transcribe.cues import CueText, Word
from transcribe.services import store_transcript
alice = User.objects.create_user("alice", password={password!r})
for number in range({count}):
    video = uploaded(alice, Path({clips!r}[number % 2]), title=f"Video {{number}}")
    video.steps.filter(kind="transcribe").update(state="done")
    words = (Word(100, 1500, "Spoken"), Word(1600, 4000, "words"))
    cues = [CueText(100, 4000, "Spoken words", words)]
    store_transcript(video=video, language="en", engine="test", cues=cues)
    print(video.name)
"""
# A video that is held back before it can be played, and again before its words are written.
MAKE_HELD_BACK = """
from datetime import timedelta
from pathlib import Path
from django.db import transaction
from django.utils import timezone
from accounts.models import User
from tests.factories import uploaded
with transaction.atomic():
    video = uploaded(User.objects.get(username="alice"), Path({clip!r}), title="Fresh", visibility="unlisted")
    later = timezone.now() + timedelta(hours=1)
    video.steps.filter(kind__in=("package", "transcribe")).update(not_before=later)
print(video.name)
"""
PACKAGE = """
from videos.models import ProcessingStep
from videos.tasks import look_for_work
ProcessingStep.objects.filter(video__name={name!r}, kind="package").update(not_before=None)
look_for_work()
"""
WRITE_WORDS = """
from transcribe.cues import CueText, Word
from transcribe.services import store_transcript
from videos.models import Video
video = Video.objects.get(name={name!r})
store_transcript(video=video, language="en", engine="test", cues=[CueText(0, 900, "Late", (Word(0, 900, "Late"),))])
video.steps.filter(kind="transcribe").update(state="done")
"""
LOOK_FOR_WORK = "from videos.tasks import look_for_work; look_for_work()"
# What plays, and how much of each player is loaded.
PLAYERS = """() => [...document.querySelectorAll('video')].map((video) => ({
    name: video.closest('[data-item]').dataset.item,
    hasSource: Boolean(video.currentSrc || video.getAttribute('src')),
    isPaused: video.paused,
    isMuted: video.muted,
    position: video.currentTime,
    loaded: video.buffered.length ? video.buffered.end(video.buffered.length - 1) : 0,
    way: video.currentSrc.split(':')[0],
}))"""
CURRENT = """() => [...document.querySelectorAll('[data-item]')].find((item) => {
    const box = item.getBoundingClientRect();
    return Math.abs(box.top) < 2;
})?.dataset.item"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with LiveSite(tmp_path_factory.mktemp("site")) as site:
        yield site


def run(site: LiveSite, code: str) -> str:
    """What the code prints when the site's own Django runs it."""
    return site.manage("shell", "--no-imports", "-c", code)


@pytest.fixture(scope="module")
def names(site: LiveSite, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Playable videos with words, in the order of the feed: upright and wide ones."""
    folder = tmp_path_factory.mktemp("clips")
    clips = [
        str(make_clip(folder / f"{size}.mp4", seconds=10, size=size, audio=True)) for size in ("360x640", "640x360")
    ]
    code = MAKE_VIDEOS.format(password=PASSWORD, clips=clips, count=VIDEOS)
    names = run(site, code).split()
    run(site, LOOK_FOR_WORK)
    for name in names:
        site.wait_for_state(name, "", "ready")
    videos = site.get("/api/videos/")["results"]
    return [video["name"] for video in videos]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def _open(chromium: Browser, **options: Any) -> Iterator[Page]:
    """A page that must not complain: no error, no refused resource, no breach of the content security policy."""
    context = chromium.new_context(**options)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert not faults


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    yield from _open(chromium, **PHONE)


@pytest.fixture
def desktop(chromium: Browser) -> Iterator[Page]:
    yield from _open(chromium, **DESKTOP)


@pytest.fixture
def plain(chromium: Browser) -> Iterator[Page]:
    """A browser without JavaScript."""
    yield from _open(chromium, java_script_enabled=False, **DESKTOP)


def log_in(page: Page, site: LiveSite, then: str) -> None:
    page.goto(f"{site.url}/login?next={then}")
    page.fill("[name=username]", "alice")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**{then}")


def keep_screenshot(page: Page, name: str) -> None:
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def players(page: Page) -> dict[str, dict[str, Any]]:
    """By name: the players that are alive. Fails if there are more than three."""
    found = page.evaluate(PLAYERS)
    assert len(found) <= 3
    return {player["name"]: player for player in found if player["hasSource"]}


def wait_until_playing(page: Page, name: str) -> None:
    page.wait_for_function(
        """(name) => {
            const video = document.querySelector(`[data-item="${name}"] video`);
            return video && !video.paused && video.currentTime > 0.3;
        }""",
        arg=name,
    )


def wait_until_buffered(page: Page, name: str) -> None:
    page.wait_for_function(
        """(name) => {
            const video = document.querySelector(`[data-item="${name}"] video`);
            return video && video.buffered.length && video.buffered.end(0) >= 1;
        }""",
        arg=name,
    )


def test_one_plays_the_next_is_loaded_and_three_are_alive(phone: Page, site: LiveSite, names: list[str]) -> None:
    phone.goto(site.url)
    for place, name in enumerate(names[:6]):
        wait_until_playing(phone, name)
        wait_until_buffered(phone, names[place + 1])
        alive = players(phone)
        assert set(alive) == set(names[max(0, place - 1) : place + 2])
        assert [player["name"] for player in alive.values() if not player["isPaused"]] == [name]
        assert all(player["way"] == "blob" for player in alive.values()), "hls.js plays through a MediaSource"
        assert alive[name]["isMuted"]
        assert alive[names[place + 1]]["loaded"] < 8, "the next one holds its beginning only"
        keep_screenshot(phone, f"feed-{place}")
        phone.evaluate("document.querySelector('[data-feed]').scrollBy({top: innerHeight * 0.7})")
        phone.wait_for_function(f"({CURRENT})() !== '{name}'")


def test_the_picture_is_not_black(phone: Page, site: LiveSite, names: list[str]) -> None:
    phone.goto(site.url)
    wait_until_playing(phone, names[0])
    brightness = phone.evaluate("""() => {
        const canvas = document.createElement('canvas');
        const video = document.querySelector('video.is-shown');
        [canvas.width, canvas.height] = [16, 16];
        const context = canvas.getContext('2d');
        context.drawImage(video, 0, 0, 16, 16);
        const bytes = context.getImageData(0, 0, 16, 16).data;
        return bytes.reduce((sum, byte, at) => at % 4 === 3 ? sum : sum + byte, 0) / (3 * 256);
    }""")
    assert 40 < brightness < 220


def test_the_end_is_reached_and_says_so(phone: Page, site: LiveSite, names: list[str]) -> None:
    phone.goto(site.url)
    for name in names:
        wait_until_playing(phone, name)
        phone.keyboard.press("j")
    expect(phone.locator("[data-end]")).to_be_in_viewport()
    assert phone.locator("[data-item]").count() == VIDEOS
    phone.wait_for_function("() => [...document.querySelectorAll('video')].every((video) => video.paused)")


def test_keys_move_pause_mute_and_seek(desktop: Page, site: LiveSite, names: list[str]) -> None:
    desktop.goto(site.url)
    wait_until_playing(desktop, names[0])
    desktop.keyboard.press("ArrowDown")
    wait_until_playing(desktop, names[1])
    desktop.keyboard.press("k")
    wait_until_playing(desktop, names[0])
    desktop.keyboard.press("m")
    desktop.wait_for_function("() => !document.querySelector('video.is-shown').muted")
    assert not players(desktop)[names[0]]["isMuted"]
    desktop.keyboard.press("Space")
    desktop.wait_for_timeout(400)
    position = players(desktop)[names[0]]["position"]
    desktop.wait_for_timeout(500)
    assert players(desktop)[names[0]]["position"] == position, "paused"
    desktop.keyboard.press("ArrowLeft")
    assert players(desktop)[names[0]]["position"] == 0
    desktop.keyboard.press("?")
    expect(desktop.locator("#help-sheet")).to_be_visible()
    desktop.keyboard.press("j")
    assert desktop.evaluate(CURRENT) == names[0], "an open sheet has the keys"
    desktop.keyboard.press("Escape")
    keep_screenshot(desktop, "feed-desktop")


def test_the_sound_is_remembered(desktop: Page, site: LiveSite, names: list[str]) -> None:
    desktop.goto(site.url)
    wait_until_playing(desktop, names[0])
    desktop.locator(f'[data-item="{names[0]}"] .item-sound').click()
    desktop.keyboard.press("j")
    wait_until_playing(desktop, names[1])
    assert not players(desktop)[names[1]]["isMuted"]
    desktop.reload()
    wait_until_playing(desktop, names[0])
    assert desktop.evaluate("localStorage.getItem('videostream.sound')") == "on"


def test_captions_are_shown_while_muted_and_as_chosen(desktop: Page, site: LiveSite, names: list[str]) -> None:
    desktop.goto(site.url)
    line = desktop.locator(f'[data-item="{names[0]}"] [data-captions]')
    expect(line).to_have_text("Spoken words")
    desktop.keyboard.press("c")
    expect(line).to_be_hidden()
    desktop.keyboard.press("c")
    expect(line).to_be_visible()
    desktop.keyboard.press("m")
    expect(line).to_be_visible()


def test_a_tap_pauses_and_two_taps_like(phone: Page, site: LiveSite, names: list[str]) -> None:
    log_in(phone, site, "/playallsnap")
    wait_until_playing(phone, names[0])
    item = phone.locator(f'[data-item="{names[0]}"]')
    item.locator(".item-tap").tap()
    phone.wait_for_function("() => document.querySelector('video.is-shown').paused")
    item.locator(".item-tap").tap()
    wait_until_playing(phone, names[0])
    item.locator(".item-tap").dblclick()
    expect(item.locator(".action-like")).to_have_attribute("aria-pressed", "true")
    expect(item.locator("[data-count=likes]")).to_have_text("1")
    assert not players(phone)[names[0]]["isPaused"]
    item.locator(".action-like").tap()
    expect(item.locator("[data-count=likes]")).to_have_text("0")
    assert site.get(f"/api/videos/{names[0]}/")["counts"]["likes"] == 0


def test_comments_are_written_and_deleted_in_the_sheet(phone: Page, site: LiveSite, names: list[str]) -> None:
    log_in(phone, site, "/playallsnap")
    item = phone.locator(f'[data-item="{names[0]}"]')
    item.locator("[data-action=comments]").tap()
    sheet = phone.locator("#comments-sheet")
    expect(sheet).to_contain_text("No comments yet")
    sheet.locator("textarea").fill("<b>Lovely</b>")
    sheet.locator("textarea").press("Enter")
    expect(sheet.locator(".comment-text")).to_have_text("<b>Lovely</b>")
    expect(item.locator("[data-count=comments]")).to_have_text("1")
    keep_screenshot(phone, "feed-comments")
    sheet.locator(".comment-delete").tap()
    expect(sheet.locator(".comment")).to_have_count(0)
    expect(item.locator("[data-count=comments]")).to_have_text("0")


def test_sharing_copies_the_link_and_counts(desktop: Page, site: LiveSite, names: list[str]) -> None:
    desktop.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desktop.goto(site.url)
    desktop.locator(f'[data-item="{names[0]}"] [data-action=share]').click()
    expect(desktop.locator(".toast")).to_have_text("Link copied")
    assert desktop.evaluate("navigator.clipboard.readText()") == f"{site.url}/playvideo/{names[0]}"
    expect(desktop.locator(f'[data-item="{names[0]}"] [data-count=shares]')).not_to_have_text("0")


def test_a_view_counts_after_two_seconds(desktop: Page, site: LiveSite, names: list[str]) -> None:
    before = site.get(f"/api/videos/{names[0]}/")["counts"]["views"]
    with desktop.expect_request(f"**/api/videos/{names[0]}/views/"):
        desktop.goto(site.url)
        wait_until_playing(desktop, names[0])
        assert players(desktop)[names[0]]["position"] < 2
    assert before <= 1


@pytest.mark.parametrize("status", [200, 404, 503])
def test_where_segments_are_broken_the_plain_file_plays(
    chromium: Browser, site: LiveSite, names: list[str], status: int
) -> None:
    # The console complains of missing files, so this page may have complaints.
    page = chromium.new_page()
    page.route("**/*.m4s", lambda route: route.fulfill(status=status, body=b"nonsense"))
    page.goto(site.url)
    wait_until_playing(page, names[0])
    assert players(page)[names[0]]["way"] == "http"
    page.close()


def test_what_cannot_be_played_says_so_and_can_be_retried(chromium: Browser, site: LiveSite, names: list[str]) -> None:
    # Refused files are complaints of the console, so this page may have them.
    page = chromium.new_page()
    page.route("**/*.m3u8", lambda route: route.fulfill(status=200, body=b"nonsense"))
    page.route("**/video.mp4", lambda route: route.fulfill(status=200, body=b"nonsense"))
    page.goto(site.url)
    state = page.locator(f'[data-item="{names[0]}"] .item-state')
    expect(state).to_contain_text("cannot be played right now")
    page.unroute_all()
    state.locator("button").click()
    wait_until_playing(page, names[0])
    page.close()


def test_without_a_script_it_plays_and_pages(plain: Page, site: LiveSite, names: list[str]) -> None:
    plain.goto(site.url)
    first = plain.locator(f'[data-item="{names[0]}"] video')
    assert first.get_attribute("controls") is not None
    assert first.get_attribute("src") == f"/media/videos/{names[0]}/video.mp4"
    plain.locator("[data-feed-more] a").click()
    expect(plain.locator("[data-item]")).to_have_count(VIDEOS - 5)


def test_a_word_plays_from_its_time(desktop: Page, site: LiveSite, names: list[str]) -> None:
    desktop.goto(f"{site.url}/playvideo/{names[0]}")
    word = desktop.locator(".word", has_text="words")
    word.click()
    desktop.wait_for_function("() => document.querySelector('video').currentTime >= 1.6")
    expect(word).to_have_attribute("aria-current", "true")
    keep_screenshot(desktop, "watch-desktop")


def test_the_owner_corrects_words(desktop: Page, site: LiveSite, names: list[str]) -> None:
    log_in(desktop, site, f"/playvideo/{names[7]}")
    desktop.locator("[data-correct]").click()
    desktop.locator(".correction textarea").fill("Spoken word, corrected")
    desktop.locator(".correction button[type=submit]").click()
    expect(desktop.locator(".cue-text")).to_have_text("Spoken word, corrected ")
    cue = site.get(f"/api/videos/{names[7]}/transcript/")["cues"][0]
    assert cue["text"] == "Spoken word, corrected"


def test_a_fresh_video_and_its_words_appear_by_themselves(
    desktop: Page, site: LiveSite, names: list[str], tmp_path: Path
) -> None:
    name = run(site, MAKE_HELD_BACK.format(clip=str(make_clip(tmp_path / "clip.mp4")))).strip()
    log_in(desktop, site, f"/playvideo/{name}")
    expect(desktop.locator("#player")).to_contain_text("Being prepared")
    expect(desktop.locator("[data-step=prepare]")).to_contain_text("done")
    expect(desktop.locator("[data-step=package]")).to_contain_text("waiting")
    run(site, PACKAGE.format(name=name))
    expect(desktop.locator("#player video")).to_be_visible(timeout=30_000)
    expect(desktop.locator("[data-step=package]")).to_contain_text("done")
    expect(desktop.locator("#words")).to_contain_text("The words are being written")
    desktop.evaluate("document.querySelector('video').dataset.same = 'yes'")
    run(site, WRITE_WORDS.format(name=name))
    expect(desktop.locator(".word")).to_have_text("Late")
    assert desktop.evaluate("document.querySelector('video').dataset.same") == "yes", "what plays goes on"
    desktop.wait_for_function("() => document.querySelector('video').textTracks[0]?.cues?.length === 1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nothing_sticks_out_at_the_sides(
    chromium: Browser, site: LiveSite, names: list[str], window: dict[str, Any], scheme: str
) -> None:
    for page in _open(chromium, color_scheme=scheme, **window):
        log_in(page, site, "/playallsnap")
        for address in ("/playallsnap", f"/playvideo/{names[0]}", f"/playvideo/{names[0]}/edit", "/profile", "/@alice"):
            page.goto(site.url + address)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
            label = "phone" if window is PHONE else "desktop"
            keep_screenshot(page, f"{address.strip('/').split('/')[-1]}-{label}-{scheme}")
