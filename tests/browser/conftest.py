"""A whole site with strict headers and hashed file names, and browsers that must not complain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.pages import DESKTOP, LOOK_FOR_WORK, MAKE_VIDEOS, PHONE, VIDEOS, open_page, run
from tests.conftest import PASSWORD
from tests.factories import make_clip
from tests.live_site import LiveSite


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with LiveSite(tmp_path_factory.mktemp("site")) as site:
        yield site


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


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    yield from open_page(chromium, **PHONE)


@pytest.fixture
def desktop(chromium: Browser) -> Iterator[Page]:
    yield from open_page(chromium, **DESKTOP)


@pytest.fixture
def plain(chromium: Browser) -> Iterator[Page]:
    """A browser without JavaScript."""
    yield from open_page(chromium, java_script_enabled=False, **DESKTOP)
