"""Pages that stay open while people log in and out elsewhere, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import DESKTOP, log_in, run
from tests.conftest import PASSWORD
from tests.live_site import LiveSite

pytestmark = pytest.mark.browser

MAKE_BOB = f"""
from accounts.models import User
if not User.objects.filter(username="bob"):
    User.objects.create_user("bob", password={PASSWORD!r})
"""


PLAYS = """() => {
  const video = document.querySelector("#player video");
  video.muted = true;
  video.play().catch(() => {});
  return video.currentTime > 0;
}"""


@pytest.fixture
def page(chromium: Browser, site: LiveSite, names: list[str]) -> Iterator[Page]:
    """Alice on the page of a video. Refusals are what these tests are about: the console may name them."""
    run(site, MAKE_BOB)
    context = chromium.new_context(**DESKTOP)
    page = context.new_page()
    log_in(page, site, f"/playvideo/{names[0]}")
    yield page
    context.close()


def log_out_elsewhere(page: Page, site: LiveSite) -> None:
    other = page.context.new_page()
    other.goto(f"{site.url}/profile")
    other.get_by_role("button", name="Log out").click()
    other.wait_for_url(f"{site.url}/")  # a page that is closed while it leaves may never say that it is
    other.close()


def log_in_elsewhere(page: Page, site: LiveSite, name: str) -> None:
    other = page.context.new_page()
    other.goto(f"{site.url}/login")
    other.fill("[name=username]", name)
    other.fill("[name=password]", PASSWORD)
    other.press("[name=password]", "Enter")
    other.wait_for_url(f"{site.url}/")
    other.close()


def log_in_on_the_page(page: Page, password: str = PASSWORD) -> None:
    dialog = page.get_by_role("dialog", name="Log in to go on")
    dialog.get_by_label("Username").fill("alice")
    dialog.get_by_label("Password").fill(password)
    dialog.get_by_role("button", name="Log in").click()


def likes_of(site: LiveSite, name: str) -> list[str]:
    sql = (
        "SELECT username FROM social_like JOIN accounts_user ON accounts_user.id = user_id"
        " JOIN videos_video ON videos_video.id = video_id WHERE name = ? ORDER BY username"
    )
    return [username for (username,) in site.query(sql, name)]


@pytest.mark.parametrize("lost", ["logged out", "expired with all cookies"])
def test_after_a_log_out_a_comment_is_sent_once_logged_in_on_the_page(
    page: Page, site: LiveSite, names: list[str], lost: str
) -> None:
    if lost == "logged out":
        log_out_elsewhere(page, site)
    else:
        page.context.clear_cookies()
    text = f"Written before I was {lost}"
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Send the comment").click()
    log_in_on_the_page(page, "not my password")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("do not belong together")
    log_in_on_the_page(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".comment-text", has_text=text)).to_have_count(1)
    assert site.query("SELECT count(*) FROM social_comment WHERE text = ?", text) == [(1,)]


def test_after_a_new_log_in_a_like_just_works(page: Page, site: LiveSite, names: list[str]) -> None:
    log_out_elsewhere(page, site)
    log_in_elsewhere(page, site, "alice")
    before = likes_of(site, names[0])
    with page.expect_response(lambda answer: answer.url.endswith("/like/") and answer.ok):
        page.locator("[data-like]").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert likes_of(site, names[0]) != before


def test_nobody_likes_in_anothers_name_unasked(page: Page, site: LiveSite, names: list[str]) -> None:
    page.goto(f"{site.url}/playvideo/{names[4]}")
    log_out_elsewhere(page, site)
    log_in_elsewhere(page, site, "bob")
    expect(page.locator("main").get_by_role("link", name="Edit")).to_have_count(1)
    page.locator("[data-like]").click()
    question = page.get_by_role("dialog", name="You are logged in as @bob now.")
    assert "bob" not in likes_of(site, names[4])
    with page.expect_response(lambda answer: answer.url.endswith("/like/") and answer.ok):
        question.get_by_role("button", name="Go on as @bob").click()
    assert "bob" in likes_of(site, names[4])
    expect(page.locator("main").get_by_role("link", name="Edit")).to_have_count(0)


def test_who_closes_the_log_in_keeps_what_was_written(page: Page, site: LiveSite) -> None:
    log_out_elsewhere(page, site)
    page.get_by_label("Your comment").fill("Not lost")
    page.get_by_role("button", name="Send the comment").click()
    expect(page.get_by_role("dialog", name="Log in to go on")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-comments] [data-error]")).to_contain_text("not logged in any more")
    expect(page.get_by_label("Your comment")).to_have_value("Not lost")


def test_watching_asks_nobody_to_log_in(page: Page, site: LiveSite, names: list[str]) -> None:
    log_out_elsewhere(page, site)
    page.goto(f"{site.url}/playvideo/{names[1]}")
    page.context.clear_cookies()
    with page.expect_response(lambda answer: answer.url.endswith("/views/")):
        # Asked until it plays: a promise of play() that the loading player breaks is waited for without an end.
        page.wait_for_function(PLAYS)
    page.wait_for_timeout(500)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_choosing_words_while_logged_out_says_that_nothing_is_kept(
    page: Page, site: LiveSite, names: list[str]
) -> None:
    page.goto(f"{site.url}/cutvideo/{names[2]}")
    log_out_elsewhere(page, site)
    page.locator(".item", has_text="Spoken").click()
    page.keyboard.press("Delete")
    expect(page.locator("[data-not-kept]")).to_have_text("Not kept: you are logged out.")
    expect(page.get_by_role("dialog")).to_have_count(0)
    log_in_elsewhere(page, site, "alice")
    with page.expect_response(lambda answer: "cut-draft" in answer.url and answer.ok):
        page.keyboard.press("Delete")
    expect(page.locator("[data-not-kept]")).to_be_empty()
