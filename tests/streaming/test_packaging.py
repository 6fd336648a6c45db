"""Publishing a package: what a viewer finds, also when it is stopped in between."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from accounts.models import User
from streaming import packaging
from tests.factories import published
from tests.videos.test_files import Killed, kill_at
from videos import files
from videos.models import Video

pytestmark = pytest.mark.django_db


def publish(video: Video, version: str, *, made_at_s: float | None = None) -> None:
    folder = files.hls_root(is_private=True) / ".staging-test" / version
    folder.mkdir(parents=True)
    (folder / "seg.m4s").write_text(version)
    if made_at_s is not None:
        os.utime(folder, (made_at_s, made_at_s))
    packaging.publish(video, folder, version, f"#EXTM3U\n{video.name}/{version}/stream.m3u8\n")


def offered(video: Video) -> Path | None:
    """The segments that the playlist leads to."""
    try:
        text = files.playlist_path(video).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    found = re.search(r"^(.+)/stream\.m3u8$", text, re.MULTILINE)
    assert found is not None
    return files.playlist_path(video).parent / found[1] / "seg.m4s"


@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("is_first", [True, False])
def test_killed_while_it_is_published_the_playlist_leads_to_segments(
    alice: User, monkeypatch: pytest.MonkeyPatch, is_first: bool, step: int
) -> None:
    video = published(alice)
    if not is_first:
        publish(video, "before")

    with monkeypatch.context() as patched, pytest.raises(Killed):
        kill_at(step, patched)
        publish(video, "after")

    segment = offered(video)
    assert (segment is None) == is_first
    assert segment is None or segment.read_text() == "before"


def test_who_watches_the_version_before_goes_on_and_older_ones_go(alice: User) -> None:
    video = published(alice)

    for version in ("first", "second", "third"):
        publish(video, version)

    assert {path.name for path in files.hls_folder(video).iterdir()} == {"second", "third"}
    segment = offered(video)
    assert segment is not None and segment.read_text() == "third"


def test_a_version_that_took_long_to_make_is_not_removed_as_it_is_published(alice: User) -> None:
    """Its files are older than those of two that were begun after it."""
    video = published(alice)
    publish(video, "first")
    publish(video, "second")

    publish(video, "slow", made_at_s=1000)

    segment = offered(video)
    assert segment is not None and segment.read_text() == "slow"
