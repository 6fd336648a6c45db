"""What the tests in a real Chromium share: windows, people, videos and what they do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.conftest import PASSWORD
from tests.live_site import LiveSite

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
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
LOOK_FOR_WORK = "from videos.work.tasks import look_for_work; look_for_work()"
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
from videos.work.tasks import look_for_work
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


def run(site: LiveSite, code: str) -> str:
    """What the code prints when the site's own Django runs it."""
    return site.manage("shell", "--no-imports", "-c", code)


def open_page(chromium: Browser, **options: Any) -> Iterator[Page]:
    """A page that must not complain: no error, no refused resource, no breach of the content security policy."""
    context = chromium.new_context(**options)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert not faults


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
