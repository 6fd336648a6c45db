"""Files of videos: in which order they move, and what is left when a process is killed in between."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import transaction

from accounts.models import User
from tests.factories import published
from videos import files, services
from videos.models import Video

pytestmark = pytest.mark.django_db(transaction=True)
VISIBILITIES = ("public", "private")


class Killed(BaseException):
    """Nothing in the product catches this: the process is gone."""


def parts_of(video: Video, *, is_private: bool) -> list[Path]:
    """Playlist, segments, video.mp4 in one of the trees."""
    media = files.stored_path("private" if is_private else "")
    root = files.hls_root(is_private=is_private)
    return [
        root / files.playlist_name(video.name),
        root / video.name / "1" / "seg.m4s",
        media / "videos" / video.name / files.VIDEO_FILE,
    ]


def with_files(owner: User, visibility: str) -> Video:
    video = published(owner, visibility=visibility)
    for path in parts_of(video, is_private=video.is_private):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name)
    return video


def kill_at(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies when it would rename for that time, counted from 1."""
    real, count = os.replace, 0

    def replace(source: Path, target: Path) -> None:
        nonlocal count
        count += 1
        if count == number:
            raise Killed
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)


def test_a_video_made_private_is_out_of_reach_before_anybody_is_told_so(alice: User) -> None:
    """Killed at the commit, it is harder to reach, never public by mistake."""
    video = with_files(alice, "public")

    with transaction.atomic():
        services.change_details(video=video, visibility="private")

        assert not any(path.exists() for path in parts_of(video, is_private=False))


def test_a_video_made_public_enters_the_public_tree_only_when_that_is_certain(alice: User) -> None:
    video = with_files(alice, "private")

    with transaction.atomic():
        services.change_details(video=video, visibility="public")

        assert not any(path.exists() for path in parts_of(video, is_private=False))
    assert all(path.exists() for path in parts_of(video, is_private=False))


@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("before", VISIBILITIES)
def test_killed_while_it_moves_nobody_is_led_to_what_is_not_there(
    alice: User, monkeypatch: pytest.MonkeyPatch, before: str, step: int
) -> None:
    video = with_files(alice, before)

    with monkeypatch.context() as patched, pytest.raises(Killed):
        kill_at(step, patched)
        files.move_to_tree(video.name, is_private=before == "public")

    playlist, *rest = parts_of(video, is_private=False)
    assert not playlist.exists() or all(path.exists() for path in rest)
    is_moved = [path.exists() for path in parts_of(video, is_private=before == "public")]
    assert is_moved.count(True) == step - 1, "it was killed in between"
    files.move_to_tree(video.name, is_private=before == "public")
    assert all(path.exists() for path in parts_of(video, is_private=before == "public"))


def test_killed_while_it_is_dropped_no_playlist_leads_to_nothing(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    video = with_files(alice, "public")

    with monkeypatch.context() as patched, pytest.raises(Killed):
        kill_at(2, patched)
        files.set_hls_aside(video.name)

    playlist, segment, _ = parts_of(video, is_private=False)
    assert (playlist.exists(), segment.exists()) == (False, True)


def test_a_deleted_video_is_out_of_reach_though_somebody_tidies_at_that_moment(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder that its files go to is taken away before each of them arrives."""
    video = with_files(alice, "public")
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        monkeypatch.setattr(os, "replace", real)
        files.remove_set_aside_hls()
        try:
            real(source, target)
        finally:
            monkeypatch.setattr(os, "replace", real)

    monkeypatch.setattr(os, "replace", replace)

    services.delete_video(video)

    for is_private in (False, True):
        assert not any(path.exists() for path in parts_of(video, is_private=is_private))
    assert not (files.hls_root(is_private=False) / video.name).exists()
