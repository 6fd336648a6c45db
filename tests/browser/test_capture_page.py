"""The page that records, in a real Chromium with a fake camera and a real voice, against the real site."""

from __future__ import annotations

import hashlib
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Dialog, Locator, Page, Playwright, Route, expect, sync_playwright

from tests.conftest import MEDIA_DIR, PASSWORD
from tests.live_site import LiveSite, wait_for

pytestmark = pytest.mark.browser

MIB = 1024 * 1024
MAKE_PEOPLE = f"""
from accounts.models import User
for name in ("alice", "bob"):
    User.objects.create_user(name, password={PASSWORD!r})
"""
ORIGINALS = "SELECT name, original_file, kind, title, visibility FROM videos_video ORDER BY id"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with LiveSite(tmp_path_factory.mktemp("site")) as site:
        site.manage("shell", "--no-imports", "-c", MAKE_PEOPLE)
        yield site


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Chromium's fake microphone plays WAV files only."""
    path = tmp_path_factory.mktemp("voice") / "talk.wav"
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(MEDIA_DIR / "talk.flac"), str(path)], check=True)
    return path


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


def launch(playwright: Playwright, voice: Path, cameras: int) -> Browser:
    arguments = [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        f"--use-fake-device-for-media-stream=device-count={cameras}",
        f"--use-file-for-fake-audio-capture={voice}",
    ]
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, voice: Path) -> Iterator[Browser]:
    browser = launch(playwright, voice, cameras=1)
    yield browser
    browser.close()


def log_in(page: Page, site: LiveSite, name: str = "alice") -> None:
    page.goto(f"{site.url}/login")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Log in").click()
    page.wait_for_url(re.compile(r"/(playallsnap)?$"))


@pytest.fixture
def page(chromium: Browser, site: LiveSite) -> Iterator[Page]:
    """Alice's phone, which has allowed the camera before."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, permissions=["camera", "microphone"])
    page = context.new_page()
    page.set_default_timeout(15_000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    log_in(page, site)
    yield page
    assert not faults
    context.close()


def stage(page: Page, name: str) -> None:
    expect(page.locator("#capture")).to_have_attribute("data-stage", name, timeout=20_000)


def record(page: Page, seconds: float) -> None:
    stage(page, "previewing")
    page.get_by_role("button", name="Start recording").click()
    stage(page, "recording")
    page.wait_for_timeout(seconds * 1000)
    page.get_by_role("button", name="Stop recording").click()
    stage(page, "reviewing")


def originals(site: LiveSite) -> list[tuple[str, ...]]:
    return site.query(ORIGINALS)


def sha256_of_take(page: Page) -> str:
    """Of the recording that is in the page, as the person may save it."""
    more = page.locator("details.capture-more")
    more.evaluate("details => { details.open = true }")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save to this device").click()
    assert re.fullmatch(r"recording-[0-9-]{19}\.mp4", download.value.suggested_filename)
    return hashlib.sha256(download.value.path().read_bytes()).hexdigest()


def test_a_recording_is_looked_at_published_and_watched_becoming_playable(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.url}/captureevent")
    record(page, 4)
    expect(page.get_by_label("Title")).to_be_visible()
    playback = page.locator("[data-part=playback]")
    length_s = playback.evaluate("video => video.duration")
    assert 3.5 < length_s < 6
    page.get_by_label("Title").fill("Słońce")
    page.get_by_label("Unlisted").check()
    in_page = sha256_of_take(page)
    page.get_by_role("button", name="Publish").click()

    stage(page, "processing")
    steps = page.locator("[data-part=steps] li")
    expect(steps).to_have_count(4)
    watch = page.get_by_role("link", name="Watch")
    expect(watch).to_be_visible(timeout=60_000)
    expect(page.get_by_role("link", name="Cut", exact=True)).to_be_visible()

    name, original, kind, title, visibility = originals(site)[-1]
    assert (kind, title, visibility) == ("original", "Słońce", "unlisted")
    stored = (site.folder / "media" / original).read_bytes()
    assert hashlib.sha256(stored).hexdigest() == in_page
    assert watch.get_attribute("href") == f"/playvideo/{name}#play"
    key_frames = subprocess.run(
        [
            *("ffprobe", "-v", "error", "-select_streams", "v", "-skip_frame", "nokey", "-show_entries"),
            *("frame=pts_time", "-of", "csv=p=0", str(site.folder / "media" / original)),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    times = [float(time.strip(",")) for time in key_frames]
    assert len(times) >= 2
    assert max(after - before for before, after in zip(times, times[1:], strict=False)) < 4


def test_nothing_leaves_the_device_before_the_tick(page: Page, site: LiveSite) -> None:
    sent: list[str] = []
    page.goto("about:blank")  # the feed, where people are after logging in, may still ask for its videos
    page.on("request", lambda request: sent.append(request.method) if "/api/" in request.url else None)
    page.goto(f"{site.url}/captureevent")
    record(page, 1.5)
    page.get_by_role("button", name="Retake").click()
    record(page, 1.5)

    assert sent == []


def test_the_preview_is_mirrored_and_the_recording_is_not(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.url}/captureevent")
    stage(page, "previewing")
    flip = "element => new DOMMatrix(getComputedStyle(element).transform).a"
    assert page.locator("[data-part=preview]").evaluate(flip) == -1
    record(page, 1)
    assert page.locator("[data-part=playback]").evaluate(flip) == 1


@pytest.mark.parametrize(("cameras", "is_shown"), [(1, False), (2, True)])
def test_the_flip_icon_is_there_only_with_two_cameras(
    playwright: Playwright, voice: Path, site: LiveSite, cameras: int, is_shown: bool
) -> None:
    browser = launch(playwright, voice, cameras)
    page = browser.new_context(permissions=["camera", "microphone"]).new_page()
    log_in(page, site)
    page.goto(f"{site.url}/captureevent")
    stage(page, "previewing")
    flip = page.get_by_role("button", name="Use the other camera")

    expect(flip).to_be_visible(visible=is_shown)
    if is_shown:
        device = "video => video.srcObject.getVideoTracks()[0].getSettings().deviceId"
        preview = page.locator("[data-part=preview]")
        before = preview.evaluate(device)
        flip.click()
        page.wait_for_function(
            "before => document.querySelector('[data-part=preview]').srcObject"
            "?.getVideoTracks()[0].getSettings().deviceId !== before",
            arg=before,
        )
        page.get_by_role("button", name="Start recording").click()
        expect(flip).to_be_hidden()
    browser.close()


NO_CAMERA = {
    "denied": (
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError') }",
        "may not use the camera",
    ),
    "none": (
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError') }",
        "No camera was found",
    ),
    "busy": (
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotReadableError') }",
        "another program may have it",
    ),
    "no recorder": ("delete window.MediaRecorder", "cannot record videos"),
    "no devices": ("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})", "does not let pages use"),
    "not secure": ("Object.defineProperty(window, 'isSecureContext', {value: false})", "secure address"),
}


@pytest.mark.parametrize("case", NO_CAMERA)
def test_without_a_camera_it_says_why_and_takes_a_file(page: Page, site: LiveSite, case: str) -> None:
    script, reason = NO_CAMERA[case]
    page.add_init_script(script)
    page.goto(f"{site.url}/captureevent")

    stage(page, "unavailable")
    expect(page.locator("[data-part=reason]")).to_contain_text(reason)
    page.locator("[data-part=file]").set_input_files(MEDIA_DIR / "chromium-mp4-avc1-opus.mp4")
    stage(page, "reviewing")
    page.get_by_role("button", name="Publish").click()
    stage(page, "processing")
    stored = site.folder / "media" / originals(site)[-1][1]
    assert stored.read_bytes() == (MEDIA_DIR / "chromium-mp4-avc1-opus.mp4").read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [("a.txt", b"text", "not a video"), ("a.mp4", b"", "empty")],
)
def test_a_file_that_cannot_be_a_video_is_refused_at_once(
    page: Page, site: LiveSite, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    page.goto(f"{site.url}/captureevent")
    stage(page, "previewing")
    page.locator(".capture-controls input").set_input_files(file)

    stage(page, "unavailable")
    expect(page.locator("[data-part=reason]")).to_contain_text(reason)


def test_a_camera_that_is_unplugged_leaves_what_was_recorded(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.url}/captureevent")
    stage(page, "previewing")
    page.get_by_role("button", name="Start recording").click()
    page.wait_for_timeout(1500)
    page.locator("[data-part=preview]").evaluate(
        "video => video.srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
    )

    stage(page, "reviewing")
    expect(page.locator("[data-part=note]")).to_contain_text("disconnected")
    assert page.locator("[data-part=playback]").evaluate("video => video.duration") > 1


def shortened(limit_ms: int) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        response = route.fetch()
        body = re.sub(r'data-duration-max-ms="\d+"', f'data-duration-max-ms="{limit_ms}"', response.text())
        route.fulfill(response=response, body=body)

    return answer


def test_a_recording_ends_at_the_limit(page: Page, site: LiveSite) -> None:
    page.route("**/captureevent", shortened(3000))
    page.goto(f"{site.url}/captureevent")
    stage(page, "previewing")
    page.get_by_role("button", name="Start recording").click()

    stage(page, "reviewing")
    expect(page.locator("[data-part=note]")).to_contain_text("as long as a video may be")
    assert 1.5 < page.locator("[data-part=playback]").evaluate("video => video.duration") <= 3


def test_a_file_beyond_the_limit_cannot_be_published(page: Page, site: LiveSite) -> None:
    page.route("**/captureevent", shortened(3000))
    page.goto(f"{site.url}/captureevent")
    stage(page, "previewing")
    page.locator(".capture-controls input").set_input_files(MEDIA_DIR / "chromium-mp4-avc1-opus.mp4")

    expect(page.locator("[data-part=note]")).to_contain_text("0:03 at most")
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()


@pytest.fixture
def big_file(tmp_path: Path) -> Path:
    """A real recording and 25 MiB behind it: three chunks."""
    path = tmp_path / "big.mp4"
    path.write_bytes((MEDIA_DIR / "chromium-mp4-avc1-opus.mp4").read_bytes() + bytes(25 * MIB))
    return path


def send_slowly(page: Page, site: LiveSite, file: Path, bytes_per_second: int) -> CDPSession:
    page.goto(f"{site.url}/captureevent")
    stage(page, "previewing")
    page.locator(".capture-controls input").set_input_files(file)
    stage(page, "reviewing")
    network = page.context.new_cdp_session(page)
    throttle(network, bytes_per_second)
    page.get_by_role("button", name="Publish").click()
    stage(page, "sending")
    return network


def throttle(network: CDPSession, bytes_per_second: int, *, is_offline: bool = False) -> None:
    """Only what one session asks for counts, so each test keeps to its own."""
    conditions = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_second, "offline": is_offline}
    network.send("Network.emulateNetworkConditions", conditions)


def wait_for_percent(page: Page, percent: int) -> None:
    page.wait_for_function(
        "percent => document.querySelector('[data-part=sent]').value >= percent", arg=percent, timeout=30_000
    )


def is_closed(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def is_stored(site: LiveSite, file: Path) -> bool:
    return (site.folder / "media" / originals(site)[-1][1]).read_bytes() == file.read_bytes()


def test_it_goes_on_by_itself_after_the_network_was_away(page: Page, site: LiveSite, big_file: Path) -> None:
    network = send_slowly(page, site, big_file, 8 * MIB)
    wait_for_percent(page, 50)
    before = len(originals(site))
    throttle(network, 8 * MIB, is_offline=True)
    expect(page.locator("[data-part=problem]")).to_contain_text("You are offline")
    expect(page.locator("[data-part=save]")).to_be_visible()
    throttle(network, -1)

    stage(page, "processing")
    assert len(originals(site)) == before + 1
    assert is_stored(site, big_file)


def test_it_goes_on_by_itself_after_the_site_was_restarted(page: Page, site: LiveSite, big_file: Path) -> None:
    send_slowly(page, site, big_file, 8 * MIB)
    wait_for_percent(page, 50)
    before = len(originals(site))
    site.kill("web", signal.SIGKILL)
    # A process of gunicorn whose parent died finishes what it is at, for graceful_timeout at most.
    wait_for(lambda: is_closed(site.port), 60, "every process of the site to end")
    site.start_web()

    stage(page, "processing")
    assert len(originals(site)) == before + 1
    assert is_stored(site, big_file)


def log_in_at_once(page: Page, name: str = "alice") -> None:
    """In the dialog of a page that noticed that nobody is logged in any more."""
    dialog = page.get_by_role("dialog", name="Log in to go on")
    dialog.get_by_label("Username").fill(name)
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Log in").click()


def test_who_was_logged_out_logs_in_on_the_page_and_the_upload_goes_on(
    page: Page, site: LiveSite, big_file: Path
) -> None:
    send_slowly(page, site, big_file, 8 * MIB)
    wait_for_percent(page, 50)
    requests: list[str] = []
    page.context.on("request", lambda request: requests.append(request.method) if "/uploads" in request.url else None)
    page.context.clear_cookies()
    expect(page.locator("[data-part=problem]")).to_contain_text("logged out")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Log in", exact=True).click()
    log_in_at_once(page)

    stage(page, "processing")
    assert is_stored(site, big_file)
    assert "POST" not in requests, "it went on where it was"


def test_who_logged_out_in_another_tab_publishes_after_logging_in_on_the_page(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.url}/captureevent")
    record(page, 1.5)
    in_page = sha256_of_take(page)
    page.context.clear_cookies()
    page.get_by_role("button", name="Publish").click()
    log_in_at_once(page)

    stage(page, "processing")
    stored = (site.folder / "media" / originals(site)[-1][1]).read_bytes()
    assert hashlib.sha256(stored).hexdigest() == in_page


def press_twice(page: Page, button: Locator) -> None:
    """As an unsteady finger does: the second time wherever the first was, whatever lies there by then."""
    box = button.bounding_box()
    assert box
    for _ in range(2):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(150)


@pytest.mark.parametrize("window", [(390, 844), (320, 568), (844, 390)])
def test_publish_pressed_twice_does_not_cancel_the_upload(
    page: Page, site: LiveSite, big_file: Path, window: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": window[0], "height": window[1]})
    page.goto(f"{site.url}/captureevent")
    stage(page, "previewing")
    page.locator(".capture-controls input").set_input_files(big_file)
    stage(page, "reviewing")
    throttle(page.context.new_cdp_session(page), 8 * MIB)
    page.wait_for_timeout(1000)
    press_twice(page, page.get_by_role("button", name="Publish"))
    page.wait_for_timeout(1000)

    assert page.locator("#capture").get_attribute("data-stage") == "sending"
    stage(page, "processing")


@pytest.mark.parametrize("press", ["finger", "Enter"])
def test_record_pressed_twice_records(page: Page, site: LiveSite, press: str) -> None:
    page.goto(f"{site.url}/captureevent")
    stage(page, "previewing")
    page.wait_for_timeout(1000)
    button = page.locator("[data-part=record]")
    if press == "finger":
        press_twice(page, button)
    else:
        button.focus()
        page.keyboard.press(press)
        page.keyboard.press(press)
    page.wait_for_timeout(1000)

    assert page.locator("#capture").get_attribute("data-stage") == "recording"


def test_stop_pressed_twice_publishes_nothing_unseen(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.url}/captureevent")
    stage(page, "previewing")
    page.get_by_role("button", name="Start recording").click()
    stage(page, "recording")
    page.wait_for_timeout(1000)
    press_twice(page, page.get_by_role("button", name="Stop recording"))
    page.wait_for_timeout(1000)

    assert page.locator("#capture").get_attribute("data-stage") == "reviewing"


def test_after_retake_the_recording_is_still_there(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.url}/captureevent")
    record(page, 1.5)
    before = sha256_of_take(page)
    page.get_by_role("button", name="Retake").click()
    stage(page, "previewing")
    page.get_by_role("button", name="Back to the last one").click()
    stage(page, "reviewing")

    assert sha256_of_take(page) == before
    assert page.locator("[data-part=preview]").evaluate("video => video.srcObject") is None, "the camera is off"
    page.get_by_role("button", name="Retake").click()
    record(page, 2.5)
    assert page.locator("[data-part=playback]").evaluate("video => video.duration") > 2


def test_the_keyboard_keeps_its_place_from_stop_to_published(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.url}/captureevent")
    stage(page, "previewing")
    page.get_by_role("button", name="Start recording").focus()
    page.keyboard.press("Enter")
    stage(page, "recording")
    page.wait_for_timeout(1500)
    page.keyboard.press("Enter")
    stage(page, "reviewing")
    expect(page.get_by_role("heading", name="Look at it, then publish it")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Title")).to_be_focused()
    page.get_by_role("button", name="Publish").focus()
    page.keyboard.press("Enter")
    stage(page, "processing")
    expect(page.locator("[data-part=processing-title]")).to_be_focused()


def test_no_button_lies_over_what_is_said_of_the_room_used(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.url}/captureevent")
    record(page, 1)
    words = page.get_by_text("You have used")
    page.wait_for_timeout(1000)
    assert words.evaluate(
        """(words) => {
          const box = words.getBoundingClientRect();
          return [box.top + 2, box.bottom - 2].every((y) => document.elementFromPoint(box.left + 20, y) === words);
        }"""
    )


def test_on_a_phone_held_sideways_the_way_back_is_not_behind_the_question(page: Page, site: LiveSite) -> None:
    page.set_viewport_size({"width": 844, "height": 390})
    page.goto(f"{site.url}/captureevent")
    record(page, 1)
    page.evaluate("navigator.permissions.query = async () => ({ state: 'prompt' })")
    page.get_by_role("button", name="Retake").click()
    stage(page, "asking")
    page.wait_for_timeout(1000)
    back = page.get_by_role("button", name="Back to the last one").bounding_box()
    panel = page.locator(".capture-panel").bounding_box()
    assert back
    assert panel
    assert back["x"] + back["width"] <= panel["x"]


def test_leaving_after_retake_asks_first(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.url}/captureevent")
    record(page, 1)
    page.get_by_role("button", name="Retake").click()
    stage(page, "previewing")

    assert asked_on_leaving(page, site) == ["beforeunload"]


def test_a_cancelled_upload_is_gone_and_the_recording_is_not(page: Page, site: LiveSite, big_file: Path) -> None:
    before = originals(site)
    network = send_slowly(page, site, big_file, 4 * MIB)
    wait_for_percent(page, 20)
    page.get_by_role("button", name="Cancel").click()

    stage(page, "reviewing")
    assert originals(site) == before
    assert site.query("SELECT id FROM capture_upload WHERE completed_at IS NULL") == []
    assert not list((site.folder / "media" / "uploads").iterdir())
    throttle(network, -1)
    page.get_by_role("button", name="Publish").click()
    stage(page, "processing")
    assert is_stored(site, big_file)


def asked_on_leaving(page: Page, site: LiveSite) -> list[str]:
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto(f"{site.url}/playallsnap")
    return asked


def test_leaving_with_an_unsaved_recording_asks_first(page: Page, site: LiveSite) -> None:
    page.goto(f"{site.url}/captureevent")
    record(page, 1)
    assert asked_on_leaving(page, site) == ["beforeunload"]


def test_a_reply_belongs_to_the_video_it_answers(page: Page, site: LiveSite, chromium: Browser) -> None:
    token = site.manage("create_token", "bob").strip()
    target = site.upload(MEDIA_DIR / "chromium-mp4-avc1-opus.mp4", token)
    page.goto(f"{site.url}/catpureevent/?reply_to={target}")
    assert page.url.endswith(f"/captureevent?reply_to={target}")
    expect(page.get_by_text("Reply to A video by bob", exact=True)).to_be_visible()
    record(page, 1.5)
    page.get_by_role("button", name="Publish").click()
    stage(page, "processing")

    rows = site.query(
        "SELECT reply.kind, target.name FROM videos_video reply"
        " JOIN videos_video target ON target.id = reply.reply_to_id"
    )
    assert rows == [("reply", target)]


def test_the_camera_is_asked_for_with_the_reason(chromium: Browser, site: LiveSite) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script("navigator.permissions.query = async () => ({ state: 'prompt' })")
    log_in(page, site)
    page.goto(f"{site.url}/captureevent")
    stage(page, "asking")
    expect(page.get_by_text("Nothing leaves this device before you press Publish")).to_be_visible()
    page.get_by_role("button", name="Turn on the camera").click()
    stage(page, "previewing")
    expect(page.get_by_role("button", name="Start recording")).to_be_focused()
    context.close()


def test_a_stranger_logs_in_and_comes_back(chromium: Browser, site: LiveSite) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{site.url}/captureevent/?reply_to=Nosuchvideo1")
    assert "/login?next=/captureevent/%3Freply_to%3DNosuchvideo1" in page.url
    context.close()
