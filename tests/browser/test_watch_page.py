"""The page of a video in a real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import MAKE_HELD_BACK, PACKAGE, WRITE_WORDS, keep_screenshot, log_in, run
from tests.factories import make_clip
from tests.live_site import LiveSite

pytestmark = pytest.mark.browser


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


def test_what_can_be_done_with_a_fresh_video_appears_by_itself(
    desktop: Page, site: LiveSite, names: list[str], tmp_path: Path
) -> None:
    name = run(site, MAKE_HELD_BACK.format(clip=str(make_clip(tmp_path / "clip.mp4")))).strip()
    log_in(desktop, site, "/profile")
    desktop.goto(f"{site.url}/playvideo/{name}#play")
    cut = desktop.locator(".watch-actions").get_by_role("link", name="Cut", exact=True)
    expect(desktop.locator("#player")).to_contain_text("Being prepared")
    expect(cut).to_have_count(0)
    run(site, PACKAGE.format(name=name))
    expect(cut).to_be_visible(timeout=30_000)
    expect(desktop.locator(".watch-facts time")).to_be_visible()
    expect(desktop.get_by_role("button", name="Share")).to_be_visible()
    desktop.wait_for_function(PLAYS)
    desktop.locator("[data-like]").click()
    expect(desktop.locator("[data-like]")).to_have_attribute("aria-pressed", "true")
    expect(desktop.locator("[data-count=likes]")).to_have_text("1")


PLAYS = """() => {
    const video = document.querySelector('#player video');
    return !video.paused && video.currentTime > 0.2;
}"""


def test_who_pressed_watch_sees_it_play(desktop: Page, site: LiveSite, names: list[str]) -> None:
    desktop.goto(f"{site.url}/@alice")
    desktop.locator(f'a[href^="/playvideo/{names[1]}"]').click()
    desktop.wait_for_function(PLAYS)
    assert desktop.url == f"{site.url}/playvideo/{names[1]}", "the address that people copy asks for nothing"
    desktop.reload()
    desktop.wait_for_timeout(1500)
    assert desktop.locator("#player video").evaluate("video => video.paused"), "nobody asked this time"


def test_the_keys_of_the_page_play_seek_mute_and_explain_themselves(
    desktop: Page, site: LiveSite, names: list[str]
) -> None:
    desktop.goto(f"{site.url}/playvideo/{names[0]}")
    video = desktop.locator("#player video")
    desktop.wait_for_function("() => document.querySelector('#player video').duration > 9")
    desktop.keyboard.press("k")
    desktop.wait_for_function(PLAYS)
    desktop.keyboard.press("Space")
    assert video.evaluate("video => video.paused")
    assert desktop.evaluate("scrollY") == 0, "the space bar does not scroll as well"
    video.evaluate("video => { video.currentTime = 1 }")
    for key, position in (("ArrowRight", 6), ("ArrowLeft", 1), ("l", 10), ("j", 0)):
        desktop.keyboard.press(key)
        assert abs(video.evaluate("video => video.currentTime") - position) < 1.1, key
    desktop.keyboard.press("m")
    assert video.evaluate("video => video.muted")
    shown = "video => [...video.textTracks].some((track) => track.mode === 'showing')"
    before = video.evaluate(shown)
    desktop.keyboard.press("c")
    assert video.evaluate(shown) is not before
    desktop.keyboard.press("f")
    desktop.wait_for_function("() => document.fullscreenElement !== null")
    desktop.keyboard.press("f")
    desktop.wait_for_function("() => document.fullscreenElement === null")
    desktop.get_by_role("button", name="Keys").click()
    expect(desktop.locator("#help-sheet")).to_contain_text("Full screen")
    desktop.get_by_label("Single letters are keys").uncheck()
    desktop.keyboard.press("Escape")
    desktop.keyboard.press("m")
    assert video.evaluate("video => video.muted"), "letters are switched off"


def test_a_comment_is_deleted_only_by_a_second_press(desktop: Page, site: LiveSite, names: list[str]) -> None:
    log_in(desktop, site, f"/playvideo/{names[2]}")
    desktop.get_by_label("Your comment").fill("Precious words")
    desktop.get_by_role("button", name="Send the comment").click()
    comment = desktop.locator(".comment", has_text="Precious words")
    delete = comment.get_by_role("button", name="Delete this comment", exact=True)
    delete.click()
    expect(comment.get_by_role("button", name="Keep")).to_be_focused()
    comment.get_by_role("button", name="Keep").click()
    expect(delete).to_be_focused()
    assert site.query("SELECT count(*) FROM social_comment WHERE text = 'Precious words'") == [(1,)]
    delete.click()
    comment.get_by_role("button", name="Delete", exact=True).click()
    expect(comment).to_have_count(0)
    assert site.query("SELECT count(*) FROM social_comment WHERE text = 'Precious words'") == [(0,)]


def test_on_a_phone_the_question_before_deleting_a_comment_lies_above_the_bar(
    phone: Page, site: LiveSite, names: list[str]
) -> None:
    log_in(phone, site, f"/playvideo/{names[2]}")
    phone.get_by_label("Your comment").fill("Low words")
    phone.get_by_role("button", name="Send the comment").click()
    comment = phone.locator(".comment", has_text="Low words")
    # So low that the question opens behind the bar.
    comment.evaluate(
        """(comment) => {
          const bar = document.querySelector(".navigation").getBoundingClientRect().top;
          scrollBy(0, comment.getBoundingClientRect().bottom - bar + 1);
        }"""
    )
    comment.get_by_role("button", name="Delete this comment", exact=True).evaluate("(button) => button.click()")
    box = comment.get_by_role("group").bounding_box()
    bar = phone.locator(".navigation").bounding_box()
    assert box
    assert bar
    assert box["y"] + box["height"] <= bar["y"]


ADD_REPLIES = """
from django.utils import timezone
from accounts.models import User
from tests.factories import published
from videos.models import Video
# Somebody else, so that alice's own page still begins with what other tests look for.
carol, _ = User.objects.get_or_create(username="carol")
for number in range({count}):
    video = published(carol, kind="reply", title=f"Answer {{number}}", visibility="public",
                      reply_to=Video.objects.get(name={name!r}))
    video.steps.filter(kind="poster").update(state="skipped")
"""


def test_every_reply_can_be_reached(desktop: Page, plain: Page, site: LiveSite, names: list[str]) -> None:
    run(site, ADD_REPLIES.format(name=names[3], count=27))
    desktop.goto(f"{site.url}/playvideo/{names[3]}")
    cards = desktop.locator("#replies .video-card")
    for count in (12, 24, 27):
        expect(cards).to_have_count(count)
        more = desktop.get_by_role("link", name="More replies")
        if count < 27:
            more.click()
    expect(more).to_have_count(0)
    titles = desktop.locator("#replies .video-card-title").all_inner_texts()
    assert sorted(titles) == sorted(f"Answer {number}" for number in range(27))
    plain.goto(f"{site.url}/playvideo/{names[3]}")
    plain.get_by_role("link", name="More replies").click()
    expect(plain.locator("#replies .video-card-title").first).to_have_text("Answer 14")


def test_without_a_script_a_line_plays_from_its_time_and_no_button_is_dead(
    plain: Page, site: LiveSite, names: list[str]
) -> None:
    log_in(plain, site, f"/playvideo/{names[0]}")
    assert plain.locator(".cue-time").get_attribute("href") == f"/media/videos/{names[0]}/video.mp4#t=0.1"
    for address in (f"/playvideo/{names[0]}", "/playallsnap", "/profile", "/captureevent"):
        plain.goto(site.url + address)
        dead = plain.locator("main :is(button:not([type=submit]), input[type=file]):visible")
        assert dead.count() == 0, (address, dead.first.inner_text())
