"""Every page in each of its states, examined by axe-core (WCAG 2.2 A and AA), light and dark, on phone and desktop.

Where it passes, people who see little, hear a screen reader or use a keyboard find names, roles and enough contrast;
what only a person can judge, it does not tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.pages import DESKTOP, MAKE_HELD_BACK, PHONE, keep_screenshot, log_in, run
from tests.factories import make_clip
from tests.live_site import REPOSITORY, LiveSite

pytestmark = pytest.mark.browser

AXE = (REPOSITORY / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EXAMINE = """async (tags) => {
    const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`));
}"""
MAKE_FAILED = """
from accounts.models import User
from social.services import comment
from videos.models import Video
from videos.services import create_video
alice = User.objects.get(username="alice")
failed = create_video(owner=alice, kind="original", title="Broken")
failed.steps.filter(kind="prepare").update(state="failed", error="This is a picture, not a video.")
failed.steps.exclude(kind="prepare").update(state="skipped")
comment(video=Video.objects.get(name={name!r}), user=alice, text="Well said")
print(failed.name)
"""


class Walk:
    """A browser that goes through the site and collects what is wrong where."""

    def __init__(self, page: Page, site: LiveSite, label: str) -> None:
        self.page = page
        self.site = site
        self.label = label
        self.faults: list[str] = []

    def examine(self, state: str) -> None:
        # Colours in the middle of a transition are nobody's choice.
        self.page.wait_for_timeout(350)
        self.page.evaluate(AXE)
        self.faults += [f"{state}: {fault}" for fault in self.page.evaluate(EXAMINE, TAGS)]
        keep_screenshot(self.page, f"{self.label}-{state}")

    def visit(self, state: str, address: str) -> None:
        self.page.goto(self.site.url + address)
        self.examine(state)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """With a camera and a microphone."""
    cameras = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", *cameras]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def special(site: LiveSite, names: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Names of videos in other states than ready."""
    clip = make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4")
    failed = run(site, MAKE_FAILED.format(name=names[0])).strip()
    return {"failed": failed, "processing": run(site, MAKE_HELD_BACK.format(clip=str(clip))).strip()}


WINDOWS: dict[str, dict[str, Any]] = {"phone": PHONE, "desktop": DESKTOP}


@pytest.fixture(params=[(window, scheme) for window in WINDOWS for scheme in ("light", "dark")], ids="-".join)
def walk(request: pytest.FixtureRequest, chromium: Browser, site: LiveSite) -> Iterator[Walk]:
    window, scheme = request.param
    context = chromium.new_context(
        color_scheme=scheme, reduced_motion="reduce", permissions=["camera", "microphone"], **WINDOWS[window]
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    walk = Walk(page, site, f"{window}-{scheme}")
    yield walk
    context.close()
    assert not walk.faults, "\n".join(walk.faults)


def test_what_strangers_see(walk: Walk, names: list[str]) -> None:
    walk.visit("feed", "/")
    walk.page.evaluate("document.querySelector('[data-action=comments]').click()")
    walk.examine("feed-comments-stranger")
    walk.visit("watch-stranger", f"/playvideo/{names[0]}")
    walk.visit("person", "/@alice")
    walk.visit("log-in", "/login")
    walk.page.fill("[name=username]", "alice")
    walk.page.fill("[name=password]", "wrong")
    walk.page.press("[name=password]", "Enter")
    expect(walk.page.locator(".errorlist")).to_be_visible()
    walk.examine("log-in-refused")
    walk.visit("sign-up", "/signup")
    walk.visit("forgotten-password", "/login/forgotten")
    walk.visit("nothing-here", "/no-such-page")
    walk.visit("no-such-video", "/playvideo/Nosuchvideo1")


def test_what_people_see_of_videos(walk: Walk, names: list[str], special: dict[str, str]) -> None:
    page = walk.page
    log_in(page, walk.site, "/playallsnap")
    walk.examine("feed-own")
    for action in ("comments", "replies", "help"):
        page.evaluate(f"document.querySelector('[data-action={action}]').click()")
        walk.examine(f"feed-{action}")
        page.keyboard.press("Escape")
    walk.visit("watch", f"/playvideo/{names[0]}")
    page.locator(".comment-delete").first.click()
    page.locator("[data-correct]").first.click()
    walk.examine("watch-asking-and-correcting")
    page.get_by_role("button", name="Keys").press("Enter")  # on phones it is there for the keyboard only
    walk.examine("watch-keys")
    page.keyboard.press("Escape")
    page.context.clear_cookies()
    page.locator("[data-like]").click()
    expect(page.get_by_role("dialog", name="Log in to go on")).to_be_visible()
    walk.examine("watch-log-in")
    log_in(page, walk.site, "/playallsnap")
    for state, name in special.items():
        walk.visit(f"watch-{state}", f"/playvideo/{name}")
    walk.visit("edit", f"/playvideo/{names[0]}/edit")
    page.locator("details.danger summary").click()
    walk.examine("edit-delete")
    walk.visit("profile", "/profile")
    walk.visit("account", "/account")
    walk.visit("change-password", "/account/password")
    walk.visit("choose-cut", "/cutvideo")
    walk.visit("cut", f"/cutvideo/{names[0]}")


def _show(page: Page, stage: str) -> None:
    expect(page.locator("#capture")).to_have_attribute("data-stage", stage, timeout=20_000)


def _without_camera(page: Page) -> None:
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError') }"
    )


def test_what_people_see_while_they_record(walk: Walk, names: list[str]) -> None:
    page = walk.page
    log_in(page, walk.site, "/playallsnap")
    page.goto(f"{walk.site.url}/captureevent?reply_to={names[0]}")
    _show(page, "previewing")
    walk.examine("capture-previewing")
    page.get_by_role("button", name="Start recording").click()
    _show(page, "recording")
    page.wait_for_timeout(1500)
    walk.examine("capture-recording")
    page.get_by_role("button", name="Stop recording").click()
    _show(page, "reviewing")
    walk.examine("capture-reviewing")
    page.get_by_role("button", name="Retake").click()
    _show(page, "previewing")
    walk.examine("capture-after-retake")
    page.get_by_role("button", name="Back to the last one").click()
    _show(page, "reviewing")
    page.route("**/api/uploads/**", lambda route: route.fulfill(status=507, body="{}"))
    page.route("**/api/uploads/", lambda route: route.fulfill(status=507, body="{}"))
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("[data-part=problem]")).to_be_visible()
    walk.examine("capture-not-sent")
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    _show(page, "processing")
    expect(page.get_by_role("link", name="Watch")).to_be_visible(timeout=60_000)
    walk.examine("capture-processing")
    _without_camera(page)
    page.goto(f"{walk.site.url}/captureevent")
    _show(page, "unavailable")
    walk.examine("capture-unavailable")


@pytest.mark.usefixtures("names")
def test_what_people_are_asked_before_the_camera(walk: Walk) -> None:
    walk.page.add_init_script("navigator.permissions.query = async () => ({ state: 'prompt' })")
    log_in(walk.page, walk.site, "/playallsnap")
    walk.page.goto(f"{walk.site.url}/captureevent")
    _show(walk.page, "asking")
    walk.examine("capture-asking")
