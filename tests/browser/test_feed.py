"""The feed in a real Chromium."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import DESKTOP, PHONE, VIDEOS, keep_screenshot, log_in, open_page
from tests.live_site import LiveSite

pytestmark = pytest.mark.browser

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
    sheet.get_by_role("button", name="Delete", exact=True).tap()
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nothing_sticks_out_at_the_sides(
    chromium: Browser, site: LiveSite, names: list[str], window: dict[str, Any], scheme: str
) -> None:
    for page in open_page(chromium, color_scheme=scheme, **window):
        log_in(page, site, "/playallsnap")
        for address in ("/playallsnap", f"/playvideo/{names[0]}", f"/playvideo/{names[0]}/edit", "/profile", "/@alice"):
            page.goto(site.url + address)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
            label = "phone" if window is PHONE else "desktop"
            keep_screenshot(page, f"{address.strip('/').split('/')[-1]}-{label}-{scheme}")


FOCUSED_ITEM = "document.activeElement.closest('[data-item]')?.dataset.item"


@pytest.mark.parametrize("key", ["j", "ArrowDown"])
def test_the_next_tab_goes_on_in_the_video_that_a_key_led_to(
    desktop: Page, site: LiveSite, names: list[str], key: str
) -> None:
    desktop.goto(site.url)
    wait_until_playing(desktop, names[0])
    desktop.locator(f'[data-item="{names[0]}"] .item-sound').focus()
    desktop.keyboard.press(key)
    desktop.keyboard.press(key)
    wait_until_playing(desktop, names[2])
    desktop.keyboard.press("Tab")
    assert desktop.evaluate(FOCUSED_ITEM) == names[2]
    assert desktop.evaluate(CURRENT) == names[2], "it did not jump back"


def test_who_scrolls_takes_the_keyboard_along(desktop: Page, site: LiveSite, names: list[str]) -> None:
    desktop.goto(site.url)
    wait_until_playing(desktop, names[0])
    desktop.locator(f'[data-item="{names[0]}"] .item-sound').focus()
    desktop.mouse.move(700, 400)
    desktop.mouse.wheel(0, 800)
    wait_until_playing(desktop, names[1])
    desktop.keyboard.press("Tab")
    assert desktop.evaluate(FOCUSED_ITEM) == names[1]


def test_single_letters_can_be_switched_off_and_stay_off(desktop: Page, site: LiveSite, names: list[str]) -> None:
    desktop.goto(site.url)
    wait_until_playing(desktop, names[0])
    desktop.get_by_role("button", name="Keys").click()
    desktop.get_by_label("Single letters are keys").uncheck()
    desktop.keyboard.press("Escape")
    for page in ("here", "after a reload"):
        for key in "jmc?":
            desktop.keyboard.press(key)
        desktop.wait_for_timeout(500)
        assert desktop.evaluate(CURRENT) == names[0], page
        assert players(desktop)[names[0]]["isMuted"], page
        expect(desktop.locator("#help-sheet")).to_be_hidden()
        desktop.reload()
        wait_until_playing(desktop, names[0])
    desktop.keyboard.press("ArrowDown")
    wait_until_playing(desktop, names[1])


def test_on_a_narrow_screen_the_keyboard_finds_the_keys(phone: Page, site: LiveSite, names: list[str]) -> None:
    phone.goto(site.url)
    wait_until_playing(phone, names[0])
    keys = phone.get_by_role("button", name="Keys")
    keys.focus()
    keys.click()
    expect(phone.get_by_label("Single letters are keys")).to_be_visible()


def test_the_sound_button_is_called_what_it_shows(desktop: Page, site: LiveSite, names: list[str]) -> None:
    desktop.goto(site.url)
    wait_until_playing(desktop, names[0])
    item = desktop.locator(f'[data-item="{names[0]}"]')
    expect(item.get_by_role("button", name="Turn sound on", exact=True)).to_have_text("Turn sound on")
    item.locator(".item-sound").click()
    expect(item.get_by_role("button", name="Turn sound off", exact=True)).to_be_visible()


def test_who_wants_less_motion_starts_each_video(chromium: Browser, site: LiveSite, names: list[str]) -> None:
    for page in open_page(chromium, reduced_motion="reduce", **DESKTOP):
        page.goto(site.url)
        wait_until_buffered(page, names[0])
        page.wait_for_timeout(800)
        assert players(page)[names[0]]["isPaused"]
        item = page.locator(f'[data-item="{names[0]}"]')
        item.get_by_role("button", name="Play", exact=True).click()
        wait_until_playing(page, names[0])
        page.keyboard.press("j")
        wait_until_buffered(page, names[1])
        page.wait_for_timeout(800)
        assert players(page)[names[1]]["isPaused"]


def test_the_record_dot_is_red_in_colours_of_ones_own(chromium: Browser, site: LiveSite) -> None:
    for page in open_page(chromium, forced_colors="active", **DESKTOP):
        page.goto(f"{site.url}/login")
        picture = page.locator(".navigation-dot").screenshot()
        raw = subprocess.run(
            [*("ffmpeg", "-v", "error", "-i", "-", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")],
            input=picture,
            capture_output=True,
            check=True,
        ).stdout
        reds = [pixel for pixel in zip(raw[::3], raw[1::3], raw[2::3], strict=True) if pixel[0] > 180 > 2 * pixel[1]]
        assert len(reds) > 200
        page.locator(".brand").focus()
        expect(page.get_by_role("link", name="VideoStream", exact=True)).to_be_focused()
