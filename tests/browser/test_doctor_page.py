"""The doctor's page in a real Chromium, of a site with a real worker."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.conftest import PASSWORD
from tests.live_site import LiveSite, wait_for

pytestmark = pytest.mark.browser


# What the site is told of its own address, beside the one it is open at.
PUBLIC_URLS = {"another": "http://elsewhere.example", "right": "http://127.0.0.1:{port}"}


@pytest.fixture(scope="module", params=PUBLIC_URLS)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    site = LiveSite(tmp_path_factory.mktemp("site"))
    site.environment["PUBLIC_URL"] = PUBLIC_URLS[request.param].format(port=site.port)
    with site:
        code = f"from accounts.models import User; User.objects.create_superuser('staff', password={PASSWORD!r})"
        site.manage("shell", "--no-imports", "-c", code)
        yield site


def test_staff_see_what_works_and_only_a_wrong_address_as_wrong(site: LiveSite) -> None:
    wait_for(lambda: site.query("SELECT name FROM videos_worker"), 30, "the worker to say that it lives")
    public_url = site.environment["PUBLIC_URL"]
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        # Django's admin names no icon, so that Chromium looks for one in vain.
        page.on("console", lambda said: faults.append(said.text) if "Security Policy" in said.text else None)
        page.goto(f"{site.url}/admin/")
        page.fill("[name=username]", "staff")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.click("text=Doctor")

        expect(page.locator("li.success", has_text="Workers:")).to_have_text(re.compile("1 worker with 2 threads live"))
        address = page.locator("li.error", has_text="Address:")
        if public_url == "http://elsewhere.example":
            expect(address).to_contain_text(f"this page is open at {site.url}, but PUBLIC_URL is {public_url}")
            expect(page.locator("li.error", has_text="Camera:")).to_be_visible()
        else:
            expect(address).to_have_count(0)
        browser.close()
    assert not faults
