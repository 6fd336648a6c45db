"""The cut page in a real Chromium, with a real worker that makes the cut."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import PASSWORD
from tests.factories import make_clip
from tests.live_site import LiveSite

pytestmark = pytest.mark.browser

WORDS = [
    [(300, 700, "Keep"), (800, 1200, "these"), (1300, 1700, "words.")],
    [(2700, 3100, "<b>Remove</b>"), (3200, 3600, "this")],
    [(4600, 5000, "And"), (5100, 5600, "stay.")],
]
MAKE_VIDEO = """
from pathlib import Path
from accounts.models import User
from tests.factories import uploaded
from transcribe.cues import CueText, Word
from transcribe.services import store_transcript
alice = User.objects.create_user("alice", password={password!r})
for title, lines in (("Spoken", {words!r}), ("Silent", [])):
    video = uploaded(alice, Path({clip!r}), title=title)
    video.steps.filter(kind="transcribe").update(state="done")
    cues = [CueText(w[0][0], w[-1][1], " ".join(x[2] for x in w), tuple(Word(*x) for x in w)) for w in lines]
    store_transcript(video=video, language="en", engine="test", cues=cues)
    print(video.name)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with LiveSite(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def names(site: LiveSite, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A video with words and one without, both playable."""
    clip = make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=6)
    names = site.manage(
        "shell", "--no-imports", "-c", MAKE_VIDEO.format(password=PASSWORD, words=WORDS, clip=str(clip))
    ).split()
    site.manage("shell", "--no-imports", "-c", "from videos.work.tasks import look_for_work; look_for_work()")
    for name in names:
        site.wait_for_state(name, "", "ready")
    return names


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, site: LiveSite) -> Iterator[Page]:
    yield from _logged_in(chromium, site, is_scripted=True)


@pytest.fixture
def plain_page(chromium: Browser, site: LiveSite) -> Iterator[Page]:
    """A browser without JavaScript."""
    yield from _logged_in(chromium, site, is_scripted=False)


def _logged_in(chromium: Browser, site: LiveSite, *, is_scripted: bool) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, java_script_enabled=is_scripted)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(f"{site.url}/login?next=/cutvideo")
    page.fill("[name=username]", "alice")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/cutvideo")
    yield page
    context.close()
    assert not faults


def keep_screenshot(page: Page, name: str) -> None:
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"cut-{name}.png"))


def cues_of(site: LiveSite, name: str) -> list[tuple[int, int, str]]:
    cues = site.get(f"/api/videos/{name}/transcript/")["cues"]
    return [(cue["start_ms"], cue["end_ms"], cue["text"]) for cue in cues]


def test_words_are_removed_previewed_and_cut(page: Page, site: LiveSite, names: list[str]) -> None:
    page.click(f"a[href='/cutvideo/{names[0]}']")
    expect(page.locator("[data-submit]")).to_be_disabled()
    expect(page.locator("[data-result-length]")).to_have_text("0:06.0 of 0:06.0")

    page.locator(".item", has_text="Remove").click()
    page.locator(".item", has_text="this").last.click(modifiers=["Shift"])
    page.keyboard.press("Delete")
    # One of the two pauses around what is removed goes along, and padding of 120 ms stays beside what is kept.
    expect(page.locator("[data-result-facts]")).to_have_text("Removed: 2 words, 1 pause.")
    expect(page.locator("[data-result-length]")).to_have_text("0:04.2 of 0:06.0")
    page.keyboard.press("Control+z")
    expect(page.locator("[data-result-length]")).to_have_text("0:06.0 of 0:06.0")
    page.keyboard.press("Control+Shift+Z")
    keep_screenshot(page, "removed")

    page.click("[data-action=preview]")
    heard = page.evaluate(
        """() => new Promise((resolve) => {
          const video = document.querySelector("video"), times = [];
          const look = () => {
            if (!video.seeking) times.push(video.currentTime * 1000);
            if (video.paused && times.length > 9) resolve(times); else requestAnimationFrame(look);
          };
          look();
        })"""
    )
    assert max(heard) > 5500
    assert not [time_ms for time_ms in heard if 2700 < time_ms < 4400], "what is removed is not played"

    page.fill("[name=title]", "Without that")
    page.click("[data-submit]")
    page.locator("[data-result]").wait_for(timeout=60_000)
    expect(page.locator("[data-progress-title]")).to_have_text("Your cut is ready", timeout=60_000)
    keep_screenshot(page, "made")
    page.click("[data-result]")
    page.wait_for_url("**/playvideo/*")
    name = page.url.rstrip("/").rsplit("/", 1)[-1]
    made = site.get(f"/api/videos/{name}/")
    assert (made["title"], made["kind"], made["cut_from"]["name"]) == ("Without that", "cut", names[0])
    assert abs(made["duration_ms"] - 4220) <= 100
    assert [text for _, _, text in cues_of(site, name)] == ["Keep these words.", "And stay."]


def test_only_a_range_is_kept_by_keyboard(page: Page, names: list[str]) -> None:
    page.goto(f"{page.url}/{names[0]}")
    page.locator(".item", has_text="Keep").click()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("k")
    expect(page.locator("[data-result-facts]")).to_have_text("Removed: 5 words, 2 pauses.")
    # From the beginning of the video to half of the gap behind "these".
    expect(page.locator("[data-result-length]")).to_have_text("0:01.3 of 0:06.0")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Delete")
    expect(page.locator("[data-result-length]")).to_have_text("0:01.8 of 0:06.0")
    page.click("[data-action=restore-all]")
    expect(page.locator("[data-submit]")).to_be_disabled()


def test_words_are_chosen_by_dragging_and_a_click_goes_there(page: Page, names: list[str]) -> None:
    page.goto(f"{page.url}/{names[0]}")
    first = page.locator(".item", has_text="these").bounding_box()
    last = page.locator(".item", has_text="Remove").bounding_box()
    assert first and last
    page.mouse.move(first["x"] + 5, first["y"] + 8)
    page.mouse.down()
    # Ends in the blank to the right of the second line, whose last item is a pause.
    page.mouse.move(last["x"] + 400, last["y"] + 8, steps=8)
    page.mouse.up()
    chosen = [text.strip() for text in page.locator(".item.is-chosen").all_inner_texts()]
    assert chosen == ["these", "words.", "1.0 s", "<b>Remove</b>", "this", "1.0 s"]
    page.keyboard.press("Escape")

    page.locator(".item", has_text="And").click()
    assert page.locator(".item.is-chosen").count() == 1
    assert page.evaluate("document.querySelector('video').currentTime") == pytest.approx(4.6, abs=0.01)
    expect(page.locator(".item.is-now")).to_have_text("And")


def test_a_video_without_words_is_cut_by_times(page: Page, site: LiveSite, names: list[str]) -> None:
    page.goto(f"{page.url}/{names[1]}")
    expect(page.locator("[data-no-words]")).to_contain_text("Nobody speaks")
    page.fill("[name=start_s]", "1.5")
    page.fill("[name=end_s]", "4")
    page.press("[name=end_s]", "Tab")
    expect(page.locator("[data-result-length]")).to_have_text("0:02.5 of 0:06.0")
    page.locator("[data-to]").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[name=end_s]")).to_have_value("3.99")
    keep_screenshot(page, "times")


def test_a_reload_goes_on_where_one_was(page: Page, names: list[str]) -> None:
    page.goto(f"{page.url}/{names[0]}")
    page.locator(".item", has_text="Remove").click()
    with page.expect_response(lambda answer: "cut-draft" in answer.url and answer.request.method == "PUT"):
        page.keyboard.press("Delete")
    with page.expect_response(lambda answer: "cut-draft" in answer.url and answer.request.method == "PUT"):
        page.fill("[name=title]", "Half done")
    page.reload()
    expect(page.locator(".item.is-removed")).to_have_text(["<b>Remove</b>"])
    expect(page.locator("[name=title]")).to_have_value("Half done")
    with page.expect_response(lambda answer: "cut-draft" in answer.url and answer.request.method == "DELETE"):
        page.click("[data-action=restore-all]")
    page.reload()
    expect(page.locator("[data-submit]")).to_be_disabled()


def test_a_reload_right_after_a_change_shows_it_also_while_the_server_has_it_not_yet(
    page: Page, names: list[str]
) -> None:
    page.route("**/cut-draft/", lambda route: route.fulfill(status=204))
    page.goto(f"{page.url}/{names[0]}")
    page.locator(".item", has_text="Remove").click()
    page.keyboard.press("Delete")
    page.wait_for_timeout(100)
    page.reload()
    expect(page.locator(".item.is-removed")).to_have_text(["<b>Remove</b>"])

    page.unroute("**/cut-draft/")
    with page.expect_response(lambda answer: "cut-draft" in answer.url and answer.request.method == "PUT"):
        page.fill("[name=title]", "On")
    page.evaluate("sessionStorage.clear()")
    page.reload()
    expect(page.locator(".item.is-removed")).to_have_text(["<b>Remove</b>"])
    with page.expect_response(lambda answer: "cut-draft" in answer.url and answer.request.method == "DELETE"):
        page.click("[data-action=restore-all]")


@pytest.mark.parametrize("key", ["Delete", "Backspace"])
def test_a_word_that_only_has_the_keyboard_is_removed(page: Page, names: list[str], key: str) -> None:
    page.goto(f"{page.url}/{names[0]}")
    page.get_by_role("checkbox", name="Keep").focus()
    page.keyboard.press(key)
    expect(page.locator(".item.is-removed")).to_have_text(["Keep"])
    page.click("[data-action=restore-all]")


def test_a_screen_reader_is_told_what_stays_and_where_the_handles_are(page: Page, names: list[str]) -> None:
    page.goto(f"{page.url}/{names[0]}")
    word = page.get_by_role("checkbox", name="stay.")
    expect(word).to_be_checked()
    word.focus()
    page.keyboard.press(" ")
    expect(word).not_to_be_checked()
    expect(page.locator("[data-to]")).to_have_attribute("aria-valuetext", "6 seconds")
    page.click("[data-action=restore-all]")


@pytest.mark.parametrize(("width", "height"), [(320, 568), (844, 390)])
def test_on_small_screens_several_lines_of_words_and_the_way_to_the_cut_are_seen(
    page: Page, names: list[str], width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{page.url}/{names[0]}")
    page.locator(".item", has_text="Keep").click()
    keep_screenshot(page, f"{width}x{height}")
    lines = page.locator(".line").evaluate_all(
        """(lines) => lines.filter((line) => {
          const box = line.querySelector(".item").getBoundingClientRect();
          return line.contains(document.elementFromPoint(box.x + 4, box.y + box.height / 2));
        }).length"""
    )
    assert lines == 3, "all there are"
    goal = page.locator(".cut-jump:visible, [data-submit]:visible").first
    expect(goal).to_be_in_viewport()
    goal.click(trial=True, force=True)


def test_the_plain_form_cuts_without_a_script(plain_page: Page, site: LiveSite, names: list[str]) -> None:
    plain_page.goto(f"{plain_page.url}/{names[0]}")
    plain_page.get_by_label("Keep only what is ticked").check()
    plain_page.get_by_label("The whole line at 0:04").check()
    keep_screenshot(plain_page, "plain")
    plain_page.click("[type=submit]")
    plain_page.wait_for_url("**/playvideo/*")
    name = plain_page.url.rstrip("/").rsplit("/", 1)[-1]
    site.wait_for_state(name, "", "ready")
    assert [text for _, _, text in cues_of(site, name)] == ["And stay."]
    assert abs(site.get(f"/api/videos/{name}/")["duration_ms"] - (6000 - 4480)) <= 100
