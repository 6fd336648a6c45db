"""Postgres, gunicorn, the worker and nginx together: what nginx serves, and what it must not."""

from __future__ import annotations

import json
import signal
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live_site import LiveSite
from tests.production_site import production_site

pytestmark = [pytest.mark.media, pytest.mark.nginx]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with production_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def alice(site: LiveSite) -> str:
    return site.token("alice")


@pytest.fixture(scope="module")
def video(site: LiveSite, alice: str, media_dir: Path) -> str:
    """A public video that was uploaded through nginx."""
    name = site.upload(media_dir / "chromium-mp4-avc1-opus.mp4", alice)
    site.wait_for_state(name, alice, "ready")
    return name


def files_of(site: LiveSite, name: str) -> list[str]:
    """The addresses of everything that playing needs, read from the playlists on the disk."""
    found = [f"/hls/playlist_{name}.m3u8", f"/media/videos/{name}/video.mp4", f"/media/videos/{name}/poster.jpg"]
    for root in (site.folder / "hls", site.folder / "hls" / "private"):
        found += [f"/hls/{path.relative_to(root).as_posix()}" for path in (root / name).rglob("*") if path.is_file()]
    return found


def status(site: LiveSite, path: str, token: str = "") -> int:
    try:
        with site.call("GET", path, token) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code


def set_visibility(site: LiveSite, name: str, token: str, visibility: str) -> None:
    body = json.dumps({"visibility": visibility}).encode()
    with site.call("PATCH", f"/api/videos/{name}/", token, body, Content_Type="application/json") as answer:
        assert answer.status == 200


def test_public_files_never_reach_django(site: LiveSite, video: str) -> None:
    addresses = files_of(site, video)
    assert len(addresses) > 15
    site.kill("web", signal.SIGTERM)
    try:
        assert {status(site, address) for address in addresses} == {200}
    finally:
        site.start_web()


def test_a_private_video_is_absent_for_strangers_down_to_its_last_file(site: LiveSite, video: str, alice: str) -> None:
    before = files_of(site, video)
    set_visibility(site, video, alice, "private")
    try:
        addresses = {*before, *files_of(site, video)}
        bob = site.token("bob")
        for address in addresses:
            assert status(site, address) == 404, address
            assert status(site, address, bob) == 404, address
            assert status(site, address, alice) == 200, address
    finally:
        set_visibility(site, video, alice, "public")
    assert {status(site, address) for address in files_of(site, video)} == {200}


def test_a_private_segment_comes_from_nginx_with_ranges(site: LiveSite, video: str, alice: str) -> None:
    set_visibility(site, video, alice, "private")
    try:
        with site.call("GET", f"/media/videos/{video}/video.mp4", alice, Range="bytes=4-7") as answer:
            assert (answer.status, answer.read()) == (206, b"ftyp")
            assert "no-store" in answer.headers["Cache-Control"]
    finally:
        set_visibility(site, video, alice, "public")


def test_a_missing_package_is_made_at_the_request(site: LiveSite, video: str) -> None:
    (site.folder / "hls" / f"playlist_{video}.m3u8").unlink()
    assert status(site, f"/hls/playlist_{video}.m3u8") == 200
    assert (site.folder / "hls" / f"playlist_{video}.m3u8").exists()


def test_pages_and_their_static_files_arrive(site: LiveSite) -> None:
    with site.call("GET", "/") as answer:
        page = answer.read().decode()
    addresses = {part.split('"')[0] for part in page.split('"/static/')[1:]}
    assert addresses
    for address in addresses:
        with site.call("GET", f"/static/{address}") as answer:
            assert "immutable" in answer.headers["Cache-Control"], address


def test_what_is_served_can_be_read_by_another_user(site: LiveSite, video: str) -> None:
    """nginx may run as somebody else than Django: every folder and file on the way is open to reading."""
    for root in (site.folder / "hls" / video, site.folder / "media" / "videos" / video):
        for path in (root, *root.rglob("*")):
            needed = 0o005 if path.is_dir() else 0o004
            assert path.stat().st_mode & needed == needed, path


@pytest.mark.parametrize("path", ["/", "/login", "/api/videos/", "/api/session/", "/api/uploads/0"])
def test_what_depends_on_who_asks_is_kept_nowhere(site: LiveSite, path: str) -> None:
    try:
        answer = site.call("GET", path)
    except urllib.error.HTTPError as refusal:
        answer = refusal
    with answer:
        assert "no-store" in answer.headers["Cache-Control"]
