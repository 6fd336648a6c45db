"""What a killed process left half done is put right, and nothing else is touched."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from accounts.models import User
from capture.models import Upload
from operations import integrity
from social.models import Comment, Counts, Like
from social.services import comment, like
from tests.factories import published
from tests.s3_server import Bucket
from videos import files, inventory, services
from videos.models import ProcessingStep, Video
from videos.names import new_name

pytestmark = pytest.mark.django_db(transaction=True)
HOUR_S = 3600


class Killed(BaseException):
    """Nothing in the product catches this: the process is gone."""


def with_files(owner: User, *, kind: str = Video.Kind.ORIGINAL, visibility: str = "public", **details: Video) -> Video:
    """A video with all its files, an hour old."""
    video = published(owner, kind=kind, visibility=visibility, **details)
    if kind == Video.Kind.ORIGINAL:
        video.original_file = files.original_key(video.name, "webm")
        video.save(update_fields=["original_file"])
    for path in paths_of(video):
        write(path)
    return video


def paths_of(video: Video) -> list[Path]:
    made = [files.stored_path(files.media_key(video, name)) for name in (files.VIDEO_FILE, files.POSTER_FILE)]
    paths = [files.playlist_path(video), files.hls_folder(video) / "1" / "seg.m4s", *made]
    return [*paths, files.stored_path(video.original_file)] if video.original_file else paths


def write(path: Path, *, age_s: float = HOUR_S) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(path.name)
    for touched in (path, path.parent, path.parent.parent):
        os.utime(touched, (time.time() - age_s,) * 2)


def all_files(settings: LazySettings) -> set[Path]:
    roots = (Path(settings.MEDIA_ROOT), Path(settings.HLS_ROOT))
    return {path for root in roots for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("visibility", ["public", "private"])
def test_a_deleted_video_does_not_stay_public_after_a_kill(
    alice: User, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, visibility: str
) -> None:
    """Killed between the commit and the removal of its files."""
    kept = paths_of(with_files(alice))
    video = with_files(alice, visibility=visibility)
    with monkeypatch.context() as patched, pytest.raises(Killed):

        def killed(_video: Video) -> None:
            raise Killed

        patched.setattr(files, "delete_all", killed)
        services.delete_video(video)
    assert all(path.exists() for path in paths_of(video)), "the fault is there"

    integrity.repair_nightly()

    assert all_files(settings) == set(kept)


def test_a_deleted_video_does_not_stay_because_its_upload_is_remembered(alice: User) -> None:
    with_files(alice)
    video = with_files(alice)
    Upload.objects.create(owner=alice, video_name=video.name, video=video, completed_at=video.created_at)
    Video.objects.filter(pk=video.pk).delete()

    integrity.repair_nightly()

    assert not any(path.exists() for path in paths_of(video))


def test_what_is_being_made_is_never_removed(alice: User, settings: LazySettings) -> None:
    """An upload whose original is in its place before its video is, parts, scratch, and what is being packaged."""
    with_files(alice)
    upload = Upload.objects.create(owner=alice, length_bytes=8)
    video = services.create_video(owner=alice, kind=Video.Kind.ORIGINAL)
    media, hls = Path(settings.MEDIA_ROOT), Path(settings.HLS_ROOT)
    for path in (
        media / files.original_key(upload.video_name, "webm"),
        media / "uploads" / f"{upload.pk}.part",
        media / "scratch" / "tmpx" / "video.mp4",
        hls / "private" / ".staging-x" / "package" / "seg.m4s",
        files.stored_path(files.media_key(video, files.VIDEO_FILE)),
    ):
        write(path)
    before = all_files(settings)

    integrity.repair_nightly()

    assert all_files(settings) == before


def test_a_video_whose_row_is_written_while_files_are_looked_at_is_no_stray(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its upload is under way when the uploads are read, or its video is there when the videos are read."""
    with_files(alice)
    upload = Upload.objects.create(owner=alice, length_bytes=8)
    path = files.stored_path(files.original_key(upload.video_name, "webm"))
    real = inventory.take_inventory

    def complete_first() -> object:
        write(path)
        found = real()
        video = services.create_video(owner=alice, kind=Video.Kind.ORIGINAL, name=upload.video_name)
        upload.video, upload.completed_at = video, video.created_at
        upload.save(update_fields=["video", "completed_at"])
        return found

    monkeypatch.setattr(integrity, "take_inventory", complete_first)

    integrity.repair_nightly()

    assert path.exists()


def test_what_has_just_lost_its_row_is_left_to_who_deletes_it(alice: User) -> None:
    with_files(alice)
    path = files.stored_path(files.original_key(new_name(), "webm"))
    write(path, age_s=5)

    integrity.repair_nightly()

    assert path.exists()


def test_a_new_database_before_old_files_removes_nothing(alice: User, settings: LazySettings) -> None:
    """While a backup is restored, and where somebody points the site at a wrong database."""
    for _ in range(3):
        write(files.stored_path(files.original_key(new_name(), "webm")))
    before = all_files(settings)
    User.objects.all().delete()

    integrity.repair_nightly()

    assert all_files(settings) == before


@pytest.mark.parametrize("known", [0, 2])
def test_a_small_site_before_a_wrong_database_loses_no_video(
    alice: User, settings: LazySettings, caplog: pytest.LogCaptureFixture, known: int
) -> None:
    """The other database has people, and here and there a video."""
    for _ in range(known):
        with_files(alice)
    names = sorted(new_name() for _ in range(known + 1))
    for name in names:
        write(files.stored_path(files.original_key(name, "webm")))
    write(files.stored_path(files.original_key(new_name(), "webm")), age_s=5)  # without a row, but too young
    before = all_files(settings)

    integrity.repair_nightly()

    assert all_files(settings) == before
    (record,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert "is this the right database?" in record.getMessage()
    assert ", ".join(names) in record.getMessage()


def test_a_private_video_does_not_stay_public_because_strays_are_left(alice: User) -> None:
    """Only what cannot be taken back waits for a person."""
    video = with_files(alice)
    public = paths_of(video)[:4]
    Video.objects.filter(pk=video.pk).update(visibility="private")
    for _ in range(2):
        write(files.stored_path(files.original_key(new_name(), "webm")))

    integrity.repair_nightly()

    assert not any(path.exists() for path in public)


def test_no_night_removes_a_great_part_of_the_site(
    alice: User, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(integrity.STRAYS_A_NIGHT + 1):
        with_files(alice)
        write(files.stored_path(files.original_key(new_name(), "webm")))
    before = all_files(settings)

    integrity.repair_nightly()

    assert all_files(settings) == before
    assert "is this the right database?" in caplog.text
    call_command("check_integrity", repair=True)
    assert len(all_files(settings)) == 5 * (integrity.STRAYS_A_NIGHT + 1)


@pytest.mark.parametrize("visibility", ["public", "private"])
def test_files_in_the_tree_of_the_other_visibility_are_moved(alice: User, visibility: str) -> None:
    """Killed between the move and the commit, or the commit and the move."""
    video = with_files(alice, visibility="private" if visibility == "public" else "public")
    before = paths_of(video)
    Video.objects.filter(pk=video.pk).update(visibility=visibility)
    video.refresh_from_db()

    integrity.repair_nightly()

    assert all(path.exists() for path in paths_of(video))
    assert not any(path.exists() for path in before[:4])


def state(video: Video, kind: str) -> str:
    return video.steps.get(kind=kind).state


def test_a_video_that_lost_its_file_is_made_again_from_what_is_left(alice: User) -> None:
    source, whole = with_files(alice), with_files(alice)
    cut = with_files(alice, kind=Video.Kind.CUT, cut_from=whole)
    for video in (source, cut):
        files.stored_path(files.media_key(video, files.VIDEO_FILE)).unlink()

    integrity.repair_nightly()

    assert state(source, ProcessingStep.Kind.PREPARE) == "waiting"
    assert state(cut, ProcessingStep.Kind.RENDER) == "waiting"
    assert state(whole, ProcessingStep.Kind.PREPARE) == "done"


def test_what_cannot_be_made_again_is_named_and_left(alice: User, capsys: pytest.CaptureFixture[str]) -> None:
    video = with_files(alice)
    for path in paths_of(video)[2:]:
        path.unlink()

    with pytest.raises(SystemExit):
        call_command("check_integrity", repair=True)

    assert f"{video.name}: video.mp4 is gone, and so is what it was made from" in capsys.readouterr().out
    assert state(video, ProcessingStep.Kind.PREPARE) == "done"


def test_without_repair_it_only_tells(alice: User, settings: LazySettings, capsys: pytest.CaptureFixture[str]) -> None:
    with_files(alice)
    name = new_name()
    write(files.stored_path(files.original_key(name, "webm")))
    before = all_files(settings)

    with pytest.raises(SystemExit):
        call_command("check_integrity")

    assert f"{name}: files without a row" in capsys.readouterr().out
    assert all_files(settings) == before
    call_command("check_integrity", repair=True)
    call_command("check_integrity")
    assert "Rows and files fit together." in capsys.readouterr().out


def test_counts_that_drifted_are_put_right(alice: User, bob: User, capsys: pytest.CaptureFixture[str]) -> None:
    video, right = with_files(alice), with_files(alice)
    for each in (video, right):
        like(video=each, user=bob)
        comment(video=each, user=alice, text="hers")
    comment(video=video, user=bob, text="his")
    Like.objects.filter(video=video).delete()
    Comment.objects.filter(video=video, user=bob).delete()

    call_command("check_integrity", repair=True)

    assert "counts of 1 videos corrected" in capsys.readouterr().out
    for each, likes in ((video, 0), (right, 1)):
        counts = Counts.objects.get(video=each)
        assert (counts.likes, counts.comments) == (likes, 1)


@pytest.mark.media
def test_a_deleted_video_does_not_stay_in_the_bucket(alice: User, bucket: Bucket, settings: LazySettings) -> None:
    video = published(alice)
    name = new_name()
    for key in (f"videos/{video.name}/video.mp4", f"originals/{name}/original.webm", f"videos/{name}/video.mp4"):
        bucket.write(key, b"x")
    bucket.write("others/thing", b"x")

    findings = integrity.examine()
    assert findings.strays == [], "written a moment ago"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(integrity, "STRAY_AFTER_S", -5)
        integrity.repair_nightly()

    assert bucket.listing() == {f"videos/{video.name}/video.mp4", "others/thing"}
