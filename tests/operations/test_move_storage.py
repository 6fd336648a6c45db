from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from accounts.models import User
from operations import transfer
from operations.places import Bucket as BucketPlace
from operations.places import Content, Disk
from tests.factories import published
from tests.live_site import LiveSite, wait_for
from tests.s3_server import Bucket, S3Server
from videos import files, services, stores_in
from videos.models import ProcessingStep, Video

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.media]


@pytest.fixture
def other_bucket(s3_server: S3Server, settings: LazySettings) -> Bucket:
    """An empty bucket that the settings name, while the site stores on the disk."""
    bucket = s3_server.new_bucket()
    settings.BUCKET_OPTIONS = bucket.options
    settings.HAS_BUCKET = True
    return bucket


@pytest.fixture
def videos(alice: User) -> list[Video]:
    """A public and a private one with files on the disk, and one that is not prepared yet."""
    made: list[Video] = []
    for visibility in ("public", "private", "public"):
        video = published(alice, visibility=visibility)
        video.original_file = files.original_key(video.name, "webm")
        video.save(update_fields=["original_file"])
        names = [video.original_file, *(files.media_key(video, name) for name in ("video.mp4", "poster.jpg"))]
        for place in names if len(made) < 2 else names[:1]:
            path = files.stored_path(place)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"{place} of {video.name}".encode() * 1000)
        made.append(video)
    return made


def move(to: str) -> str:
    output = io.StringIO()
    call_command("move_storage", to=to, stdout=output)
    return output.getvalue()


def on_disk() -> dict[str, bytes]:
    root = files.stored_path("")
    found = (path for path in root.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(root)): path.read_bytes() for path in found}


def without_private(disk: dict[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix("private/"): content for name, content in disk.items()}


def in_bucket(bucket: Bucket) -> dict[str, bytes]:
    return {key: bucket.read(key) for key in bucket.listing()}


def test_everything_goes_to_the_bucket_and_the_disk_stays_as_it_is(videos: list[Video], other_bucket: Bucket) -> None:
    before = on_disk()

    told = move("s3")

    assert in_bucket(other_bucket) == without_private(before)
    assert on_disk() == before
    assert "7 files copied, 0 were there already" in told
    assert "2 are not in the source" in told
    assert "STORAGE=s3" in told


def test_it_comes_back_into_the_right_trees(videos: list[Video], other_bucket: Bucket) -> None:
    before = on_disk()
    move("s3")
    for path in before:
        files.stored_path(path).unlink()

    told = move("local")

    assert on_disk() == before
    assert any(path.startswith("private/") for path in before)
    assert "STORAGE=local" in told


def test_a_second_time_compares_and_copies_nothing(videos: list[Video], other_bucket: Bucket) -> None:
    move("s3")

    assert "0 files copied, 7 were there already" in move("s3")


def test_what_differs_is_copied_again(videos: list[Video], other_bucket: Bucket) -> None:
    move("s3")
    key = f"videos/{videos[0].name}/video.mp4"
    right = other_bucket.read(key)
    other_bucket.write(key, right[:-1] + b"x")
    other_bucket.write(videos[1].original_file, b"cut off")

    assert "2 files copied, 5 were there already" in move("s3")
    assert other_bucket.read(key) == right


def test_after_an_interruption_it_goes_on_where_it_was(
    videos: list[Video], other_bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = BucketPlace.take
    uploads: list[str] = []

    def take(self: Any, video: Video, key: str, path: Path) -> None:
        if len(uploads) == 4:
            raise ConnectionError("The network is gone")
        uploads.append(key)
        real(self, video, key, path)

    monkeypatch.setattr(BucketPlace, "take", take)
    with pytest.raises(CommandError, match="The network is gone. Run the same command again"):
        move("s3")
    monkeypatch.setattr(BucketPlace, "take", real)
    read: list[str] = []
    real_read = Disk.read

    def listen(self: Disk, video: Video, key: str) -> Content:
        read.append(key)
        return real_read(self, video, key)

    monkeypatch.setattr(Disk, "read", listen)

    assert "3 files copied, 4 were there already" in move("s3")
    assert set(read).isdisjoint(uploads), "what was verified is not read once more"


def test_a_copy_that_arrives_damaged_is_not_kept(
    videos: list[Video], other_bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = BucketPlace.take

    def damage(self: Any, video: Video, key: str, path: Path) -> None:
        path.write_bytes(b"x" + path.read_bytes()[1:])
        real(self, video, key, path)

    monkeypatch.setattr(BucketPlace, "take", damage)

    with pytest.raises(CommandError, match="arrived damaged"):
        move("s3")

    assert other_bucket.listing() == set()


def test_a_video_that_is_deleted_meanwhile_leaves_nothing(
    videos: list[Video], other_bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = transfer._copy

    def delete_first(video: Video, *rest: Any) -> None:
        if video.pk == videos[0].pk:
            Video.objects.filter(pk=video.pk).delete()
        real(video, *rest)

    monkeypatch.setattr(transfer, "_copy", delete_first)

    move("s3")

    assert not [key for key in other_bucket.listing() if videos[0].name in key]


def test_a_video_that_becomes_private_before_the_switch_is_private_after_it(
    videos: list[Video], bucket: Bucket, settings: LazySettings
) -> None:
    """Copied to the disk while the site is on the bucket; then its visibility changes before the site is switched."""
    settings.HAS_BUCKET = True
    video = videos[0]
    bucket.write(f"videos/{video.name}/video.mp4", b"video")
    move("local")

    services.change_details(video=video, visibility="private")

    assert not (Path(settings.MEDIA_ROOT) / "videos" / video.name).exists()
    assert (Path(settings.MEDIA_ROOT) / "private" / "videos" / video.name / "video.mp4").read_bytes() == b"video"


@pytest.fixture
def serve(settings: LazySettings) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Start a process that holds what a web server or worker with that storage holds."""
    running: list[subprocess.Popen[bytes]] = []

    def start(place: str) -> subprocess.Popen[bytes]:
        lock = Path(settings.MEDIA_ROOT) / f".stores-in-{place}"
        process = subprocess.Popen(["flock", "--shared", "--no-fork", str(lock), "sleep", "60"])
        running.append(process)
        wait_for(lambda: stores_in.is_used(place), 10, "the service")
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def test_nobody_is_told_to_remove_files_that_a_service_still_writes(
    videos: list[Video], other_bucket: Bucket, serve: Callable[[str], subprocess.Popen[bytes]]
) -> None:
    """Restarted without its environment being read again, a service goes on storing in the old place."""
    assert "Remove nothing yet" in move("s3"), "nothing runs"
    web, worker = serve("local"), serve("local")
    assert "Remove nothing yet" in move("s3"), "nothing is switched"
    end(web)
    serve("s3")
    told = move("s3")
    assert "Remove nothing yet" in told, "the worker is not switched"
    assert "docker compose up -d" in told

    end(worker)

    assert "remove them when you are content" in move("s3")


@pytest.mark.parametrize("state", ["waiting", "running", "failed"])
def test_nobody_is_told_to_remove_originals_that_are_not_in_the_bucket_yet(
    videos: list[Video], other_bucket: Bucket, serve: Callable[[str], subprocess.Popen[bytes]], state: str
) -> None:
    serve("s3")
    ProcessingStep.objects.update_or_create(video=videos[0], kind="store", defaults={"state": state})

    assert "Remove nothing yet: 1 originals" in move("s3")

    ProcessingStep.objects.filter(kind="store").update(state="done")
    assert "remove them when you are content" in move("s3")


def test_files_that_came_before_the_switch_are_fetched_by_one_more_run(
    videos: list[Video],
    other_bucket: Bucket,
    serve: Callable[[str], subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Switched while a run goes on: what came before into the old place may not be copied yet."""
    worker = serve("local")
    real = transfer._transfer_one

    def switch_first(*arguments: Any) -> Any:
        end(worker)
        if not stores_in.is_used("s3"):
            serve("s3")
        return real(*arguments)

    monkeypatch.setattr(transfer, "_transfer_one", switch_first)

    assert "Remove nothing yet" in move("s3")
    assert "remove them when you are content" in move("s3")


def test_services_say_where_they_store(settings: LazySettings, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    with LiveSite(folder) as site:
        settings.MEDIA_ROOT = folder / "media"
        wait_for(lambda: stores_in.is_used("local"), 30, "the services")
        site.kill("web")
        wait_for(lambda: stores_in.is_used("local"), 30, "the worker")
        site.kill("worker")
        wait_for(lambda: not stores_in.is_used("local"), 30, "the end of both")
        assert not stores_in.is_used("s3")


def test_without_keys_it_says_what_to_set(db: None) -> None:
    with pytest.raises(CommandError, match="S3_BUCKET"):
        move("s3")
