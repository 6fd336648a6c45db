from __future__ import annotations

import fcntl
import os
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from social.models import Counts
from streaming import cache
from streaming.demand import make_playable
from tests.factories import make_clip, published, uploaded
from tests.live_site import wait_for
from videos import files
from videos.models import ProcessingStep, Video
from videos.work import worker

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = 10_000
DAY_S = 24 * 3600


def packaged(owner: User, *, used_days_ago: float, size: int = SIZE, visibility: str = "public") -> Video:
    """A video with a package of that size, last read from the disk that long ago."""
    video = published(owner, visibility=visibility)
    version = files.hls_folder(video) / "0a1b2c"
    version.mkdir(parents=True)
    (version / "seg_00000.m4s").write_bytes(bytes(size))
    playlist = files.playlist_path(video)
    playlist.write_text("#EXTM3U\n")
    key = files.stored_path(files.media_key(video, files.VIDEO_FILE))
    key.parent.mkdir(parents=True)
    key.write_bytes(b"video")
    use(video, time.time() - used_days_ago * DAY_S)
    return video


def use(video: Video, at_s: float) -> None:
    for path in (files.playlist_path(video), files.hls_folder(video)):
        if path.exists():
            os.utime(path, (at_s, at_s))


def is_offered(video: Video) -> bool:
    return files.playlist_path(video).exists()


def has_segments(video: Video) -> bool:
    return files.hls_folder(video).exists()


def trim(max_bytes: int) -> cache.Trimmed:
    done = cache.trim(max_bytes)
    assert done is not None
    return done


def test_what_fits_stays(alice: User) -> None:
    video = packaged(alice, used_days_ago=300)

    done = trim(SIZE)

    assert (done.unpublished, done.published_bytes, is_offered(video)) == (0, SIZE, True)


def test_the_least_recently_watched_go_first(alice: User) -> None:
    oldest, newest, middle = (packaged(alice, used_days_ago=days) for days in (30, 10, 20))

    trim(int(SIZE * 2.5))

    assert [is_offered(video) for video in (oldest, middle, newest)] == [False, True, True]


def test_a_view_that_only_the_player_told_counts(alice: User) -> None:
    told, untold = packaged(alice, used_days_ago=30), packaged(alice, used_days_ago=20)
    Counts.objects.create(video=told, last_viewed_at=timezone.now() - timedelta(days=1))

    trim(int(SIZE * 1.5))

    assert (is_offered(told), is_offered(untold)) == (True, False)


def test_a_reading_that_only_the_disk_notes_counts_and_the_next_one_is_noted_again(alice: User) -> None:
    read, unread = packaged(alice, used_days_ago=30), packaged(alice, used_days_ago=20)
    playlist = files.playlist_path(read)
    os.utime(playlist, (time.time() - DAY_S, playlist.stat().st_mtime))

    trim(int(SIZE * 1.5))

    assert (is_offered(read), is_offered(unread)) == (True, False)
    facts = playlist.stat()
    assert facts.st_atime <= facts.st_mtime, "a disk mounted with relatime notes the next reading"


@pytest.mark.parametrize("minutes_ago", [0, 9])
def test_nothing_watched_lately_is_dropped(alice: User, minutes_ago: int) -> None:
    video = packaged(alice, used_days_ago=30)
    Counts.objects.create(video=video, last_viewed_at=timezone.now() - timedelta(minutes=minutes_ago))

    done = trim(1)

    assert (done.unpublished, is_offered(video)) == (0, True)


def test_a_long_video_may_be_watched_to_its_end(alice: User) -> None:
    video = packaged(alice, used_days_ago=30)
    Video.objects.filter(pk=video.pk).update(duration_ms=3_600_000)
    Counts.objects.create(video=video, last_viewed_at=timezone.now() - timedelta(minutes=65))

    trim(1)

    assert is_offered(video)


@pytest.mark.parametrize("state", [ProcessingStep.State.WAITING, ProcessingStep.State.RUNNING])
def test_what_is_being_made_stays(alice: User, state: str) -> None:
    video = packaged(alice, used_days_ago=30)
    video.steps.filter(kind="package").update(state=state)

    trim(1)

    assert is_offered(video)


def test_what_could_not_be_made_again_stays(alice: User) -> None:
    video = packaged(alice, used_days_ago=30)
    files.stored_path(files.media_key(video, files.VIDEO_FILE)).unlink()

    trim(1)

    assert is_offered(video)


def test_segments_stay_until_nobody_can_be_watching(alice: User) -> None:
    video = packaged(alice, used_days_ago=30)

    first, second = trim(1), trim(1)
    assert (first.unpublished, second.removed, has_segments(video)) == (1, 0, True)

    use(video, time.time() - cache.WATCHED_LATELY_S - 5)
    third = trim(1)
    assert (third.removed, third.removed_bytes, has_segments(video)) == (1, SIZE, False)


def test_private_packages_are_trimmed_in_their_own_tree(alice: User) -> None:
    video = packaged(alice, used_days_ago=30, visibility="private")
    assert files.PRIVATE in files.playlist_path(video).parts

    trim(1)

    assert not is_offered(video)


def test_what_belongs_to_no_video_is_removed(alice: User) -> None:
    video = packaged(alice, used_days_ago=30)
    Video.objects.filter(pk=video.pk).delete()

    trim(1)

    assert not has_segments(video)


def test_what_a_killed_process_left_is_removed(settings: LazySettings) -> None:
    private = Path(settings.HLS_ROOT) / "private"
    (private / ".dropped-0a1b2c" / "public-x").mkdir(parents=True)
    old, new = private / ".staging-old", private / ".staging-new"
    for folder in (old, new):
        folder.mkdir()
    os.utime(old, (0, 0))

    trim(0)

    assert sorted(path.name for path in private.iterdir()) == [".staging-new", ".trim.lock"]


def test_only_what_is_new_is_walked(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large site is not read from end to end every ten minutes."""
    old, replaced = packaged(alice, used_days_ago=30), packaged(alice, used_days_ago=30)
    before = trim(0).published_bytes
    walked: list[str] = []
    real = os.walk

    def listen(folder: str) -> Iterator[tuple[str, list[str], list[str]]]:
        walked.append(folder)
        return real(folder)

    monkeypatch.setattr(os, "walk", listen)
    new = packaged(alice, used_days_ago=30, size=300)
    shutil.rmtree(files.hls_folder(replaced) / "0a1b2c")
    version = files.hls_folder(replaced) / "3d4e5f"
    version.mkdir()
    (version / "seg_00000.m4s").write_bytes(bytes(70))

    after = trim(0).published_bytes

    assert (before, after) == (2 * SIZE, SIZE + 300 + 70)
    assert sorted(walked) == sorted(str(folder) for folder in (version, files.hls_folder(new) / "0a1b2c"))
    assert str(files.hls_folder(old)) not in str(walked)


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"x": "y"}'])
def test_sizes_that_cannot_be_read_are_measured_again(alice: User, settings: LazySettings, content: str) -> None:
    packaged(alice, used_days_ago=30)
    trim(0)
    (Path(settings.HLS_ROOT) / "private" / ".sizes.json").write_text(content)

    assert trim(0).published_bytes == SIZE


def test_two_runs_do_not_meet(alice: User, settings: LazySettings) -> None:
    video = packaged(alice, used_days_ago=30)
    lock = Path(settings.HLS_ROOT) / "private" / ".trim.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert cache.trim(1) is None
    assert is_offered(video)


def test_after_packaging_it_runs_once_in_a_while(alice: User) -> None:
    assert cache.is_due()
    trim(SIZE)
    assert not cache.is_due()


def test_the_command_says_what_it_did(alice: User, capsys: pytest.CaptureFixture[str]) -> None:
    packaged(alice, used_days_ago=30)

    call_command("trim_hls_cache", max_gb=0.000001)

    assert "1 packages are no longer offered" in capsys.readouterr().out
    with pytest.raises(CommandError, match="HLS_CACHE_MAX_GB"):
        call_command("trim_hls_cache")


def test_two_people_who_want_a_dropped_package_get_one(alice: User, tmp_path: Path, settings: LazySettings) -> None:
    """It is packaged once more for both, while the segments of the version before are still there."""
    settings.HLS_CACHE_MAX_BYTES = 1
    video = uploaded(alice, make_clip(tmp_path / "clip.mp4"))
    assert make_playable(video)
    worker.work_until_idle(announce=lambda: None)
    video.refresh_from_db()
    before = list(files.hls_folder(video).iterdir())
    use(video, time.time() - 2 * DAY_S)
    assert trim(1).unpublished == 1
    assert not is_offered(video)
    answers = []

    def want() -> None:
        try:
            answers.append(make_playable(Video.objects.get(pk=video.pk)))
        finally:
            connection.close()

    viewers = [threading.Thread(target=want) for _ in range(2)]
    for viewer in viewers:
        viewer.start()
    for viewer in viewers:
        viewer.join()

    assert answers == [True, True]
    assert is_offered(video)
    versions = set(files.hls_folder(video).iterdir())
    assert set(before) < versions and len(versions) == 2
    # The files come a moment before the row says so.
    wait_for(lambda: video.steps.get(kind="package").state == ProcessingStep.State.DONE, 30, "the step to be done")
