"""The site on a real S3 service: STORAGE=s3."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.models import User
from operations.backup import back_up
from operations.service_checks import check_bucket
from tests.factories import make_clip, published, uploaded
from tests.live_site import LiveSite
from tests.s3_server import Bucket, S3Server
from transcribe.brought import brought_words
from videos import files, originals, services
from videos.errors import RetryLater
from videos.models import Video
from videos.storage import BucketStorage
from videos.work import claims, worker
from videos.work.table import Lane

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.media]
TUS = {"Tus-Resumable": "1.0.0"}
OFFSETS = "application/offset+octet-stream"


def work() -> None:
    worker.work_until_idle(announce=lambda: None)


def media(video: Video, file_name: str = "video.mp4") -> str:
    return f"/media/videos/{video.name}/{file_name}"


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.fixture
def video(bucket: Bucket, alice: User, tmp_path: Path) -> Video:
    """A finished video whose files are in the bucket."""
    video = uploaded(alice, make_clip(tmp_path / "clip.mp4", audio=False))
    work()
    video.refresh_from_db()
    assert video.is_playable
    return video


def test_an_upload_ends_in_the_bucket_and_can_be_watched(
    as_alice: Client, stranger: Client, bucket: Bucket, clip: bytes, settings: LazySettings
) -> None:
    video = upload(as_alice, clip)
    work()

    assert bucket.listing() == {
        f"originals/{video.name}/original.mp4",
        f"videos/{video.name}/video.mp4",
        f"videos/{video.name}/poster.jpg",
    }
    assert bucket.read(video.original_file) == clip
    left_on_disk = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert left_on_disk == []
    assert b"#EXT-X-STREAM-INF" in content(stranger.get(f"/hls/playlist_{video.name}.m3u8"))
    assert content(stranger.get(media(video, "poster.jpg"))).startswith(b"\xff\xd8")


def upload(client: Client, clip: bytes) -> Video:
    """Through the tus API, to its last byte."""
    address = client.post("/api/uploads/", headers={**TUS, "Upload-Length": str(len(clip))})["Location"]
    answer = client.patch(
        address, clip, content_type=OFFSETS, headers={**TUS, "Upload-Offset": "0", "Content-Type": OFFSETS}
    )
    assert answer.status_code == 204, answer.content
    video: Video = Video.objects.get(name=answer["Video-Name"])
    return video


@pytest.fixture
def clip(tmp_path: Path) -> bytes:
    return make_clip(tmp_path / "clip.mp4", audio=False).read_bytes()


def test_nobody_waits_for_a_bucket_that_does_not_answer_and_nothing_is_lost(
    as_alice: Client, bucket: Bucket, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last byte is answered at once, the original lies on the disk until the bucket has it."""

    def away(*_arguments: object) -> None:
        raise OSError("The object storage does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(BucketStorage, "upload", away)
        video = upload(as_alice, clip)
        step = claims.claim_next(Lane.LONG)
        assert step is not None
        worker.run(step, lambda: None)
    arrived = originals.arrived_path(video.original_file)
    step = video.steps.get(kind="store")
    assert (step.state, step.attempts, arrived.read_bytes()) == ("waiting", 0, clip)
    saved = io.BytesIO()
    assert back_up(saved, lambda _line: None).files == 1, "a backup holds it as well"

    video.steps.update(not_before=None)
    work()

    assert (bucket.read(video.original_file), arrived.exists()) == (clip, False)


@pytest.mark.parametrize("reached", ["nothing", "upload"])
def test_killed_while_it_is_stored_an_original_is_in_one_place_at_least(
    as_alice: Client, bucket: Bucket, clip: bytes, monkeypatch: pytest.MonkeyPatch, reached: str
) -> None:
    class Killed(BaseException):
        """Nothing in the product catches this: the process is gone."""

    video = upload(as_alice, clip)
    real = BucketStorage.upload

    def die(storage: BucketStorage, source: Path, key: str) -> None:
        if reached == "upload":
            real(storage, source, key)
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(BucketStorage, "upload", die)
        originals.store(video)
    with originals.local_original(video.original_file) as copy:
        assert copy.read_bytes() == clip

    work()

    assert bucket.read(video.original_file) == clip
    assert not originals.arrived_path(video.original_file).exists()
    video.refresh_from_db()
    assert video.is_playable


def test_an_original_that_waits_for_the_bucket_is_read_where_the_disk_has_no_second_names(
    as_alice: Client, bucket: Bucket, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = upload(as_alice, clip)

    def refuse(*_paths: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)

    with originals.local_original(video.original_file) as copy:
        assert copy.read_bytes() == clip


@pytest.fixture
def with_subtitles(bucket: Bucket, alice: User, clip: bytes, tmp_path: Path) -> Video:
    """Prepared, with an original that brings subtitles and is not in the bucket yet."""
    (tmp_path / "lines.srt").write_text("1\n00:00:00,100 --> 00:00:00,900\nwritten by hand\n")
    original = tmp_path / "original.mp4"
    words = ["-i", str(tmp_path / "clip.mp4"), "-i", str(tmp_path / "lines.srt"), "-c", "copy", "-c:s", "mov_text"]
    subprocess.run(["ffmpeg", "-y", "-v", "error", *words, str(original)], check=True)
    video = published(alice)
    key = files.original_key(video.name, "mp4")
    originals.arrive(original, key)
    Video.objects.filter(pk=video.pk).update(original_file=key)
    video.refresh_from_db()
    return video


def test_subtitles_are_read_before_and_after_their_file_is_in_the_bucket(with_subtitles: Video, bucket: Bucket) -> None:
    assert bucket.listing() == set()
    before = brought_words(with_subtitles)
    originals.store(with_subtitles)

    assert before is not None
    assert [cue.text for cue in before[1]] == ["written by hand"]
    assert brought_words(with_subtitles) == before


def test_a_bucket_that_is_away_for_a_moment_loses_no_subtitles(
    with_subtitles: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    originals.store(with_subtitles)

    def away(*_arguments: object) -> None:
        raise OSError("The object storage does not answer")

    monkeypatch.setattr(BucketStorage, "download", away)

    with pytest.raises(RetryLater):
        brought_words(with_subtitles)


def test_a_video_that_is_deleted_while_its_original_is_stored_leaves_nothing(
    as_alice: Client, bucket: Bucket, clip: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = upload(as_alice, clip)
    real = BucketStorage.upload

    def delete_first(storage: BucketStorage, source: Path, key: str) -> None:
        real(storage, source, key)
        services.delete_video(Video.objects.get(pk=video.pk))
        # The request in flight arrives after the deletion.
        late = tmp_path / "late"
        late.write_bytes(clip)
        real(storage, late, key)

    monkeypatch.setattr(BucketStorage, "upload", delete_first)

    with pytest.raises(Video.DoesNotExist):
        originals.store(video)

    assert bucket.listing() == set()
    assert not originals.arrived_path(video.original_file).exists()


def test_the_plain_video_is_passed_on_in_parts(video: Video, bucket: Bucket, stranger: Client) -> None:
    whole = bucket.read(f"videos/{video.name}/video.mp4")
    size = len(whole)

    answer = stranger.get(media(video))
    assert (answer.status_code, content(answer), answer["Content-Length"]) == (200, whole, str(size))

    part = stranger.get(media(video), headers={"Range": "bytes=1000-1999"})
    assert (part.status_code, content(part)) == (206, whole[1000:2000])
    assert part["Content-Range"] == f"bytes 1000-1999/{size}"

    last = stranger.get(media(video), headers={"Range": "bytes=-500"})
    assert (last.status_code, content(last)) == (206, whole[-500:])

    assert stranger.get(media(video), headers={"Range": f"bytes={size}-"}).status_code == 416
    assert stranger.head(media(video))["Content-Length"] == str(size)


def test_a_download_from_the_bucket_taken_up_again_never_mixes_two_contents(
    video: Video, bucket: Bucket, stranger: Client
) -> None:
    seen = stranger.get(media(video), headers={"Range": "bytes=0-9"})
    content(seen)
    assert stranger.get(media(video), headers={"If-None-Match": seen["ETag"]}).status_code == 304
    bucket.write(f"videos/{video.name}/video.mp4", b"another content")

    whole = stranger.get(media(video), headers={"Range": "bytes=5-", "If-Range": seen["ETag"]})

    assert (whole.status_code, content(whole)) == (200, b"another content")


def test_a_private_video_is_there_for_its_owner_only(video: Video, as_alice: Client, stranger: Client) -> None:
    services.change_details(video=video, visibility="private")

    for address in (media(video), media(video, "poster.jpg"), f"/hls/playlist_{video.name}.m3u8"):
        assert stranger.get(address).status_code == 404
        answer = as_alice.get(address)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
        content(answer)


def test_a_dropped_package_is_made_again_from_the_bucket(
    video: Video, stranger: Client, settings: LazySettings
) -> None:
    shutil.rmtree(settings.HLS_ROOT)

    answer = stranger.get(f"/hls/playlist_{video.name}.m3u8")

    assert answer.status_code == 200
    assert b"#EXT-X-STREAM-INF" in content(answer)
    assert len(list(files.hls_folder(video).rglob("*.m4s"))) >= 1


def test_deleting_leaves_nothing(video: Video, bucket: Bucket, settings: LazySettings) -> None:
    bucket.write("videos/another/video.mp4", b"of somebody else")

    services.delete_video(video)

    assert bucket.listing() == {"videos/another/video.mp4"}
    assert not files.hls_folder(video).exists()


def test_an_original_that_is_gone_is_said(video: Video, bucket: Bucket) -> None:
    """What was published would stand without it."""
    Video.objects.filter(pk=video.pk).update(published_at=None)
    services.process_again(video)
    files.bucket().delete(video.original_file)

    work()

    assert video.steps.get(kind="prepare").error_code == "original_missing"


def test_the_doctor_is_content_with_a_bucket_that_allows_all(bucket: Bucket) -> None:
    assert check_bucket().severity == "ok"
    assert bucket.listing() == set()


@pytest.mark.parametrize("action", ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"])
def test_the_doctor_names_the_right_that_a_bucket_refuses(bucket: Bucket, action: str) -> None:
    bucket.deny(action)

    finding = check_bucket()

    assert (finding.severity, f"lack {action}" in finding.sentence) == ("broken", True)


def test_the_doctor_names_a_bucket_that_is_not_there(bucket: Bucket) -> None:
    files.bucket().bucket_name = "nowhere"

    finding = check_bucket()

    assert (finding.severity, "NoSuchBucket" in finding.sentence) == ("broken", True)


def test_the_doctor_names_a_service_that_does_not_answer(bucket: Bucket, settings: LazySettings) -> None:
    options = {**bucket.options, "endpoint_url": "http://127.0.0.1:9"}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": options}}

    finding = check_bucket()

    assert (finding.severity, "does not answer" in finding.sentence) == ("broken", True)


def peak_bytes() -> int:
    """The largest resident memory of this process since `forget_peak`."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def forget_peak() -> None:
    """https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html"""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def test_a_large_original_streams_without_growing_memory(bucket: Bucket, tmp_path: Path) -> None:
    """320 MB there and back, in both ways that the site reads. The rest is the library's own: parts under way, which do
    not grow with the file (20 MB were measured, 83 MB on a busy machine)."""
    size = 320 * 1024**2
    source = tmp_path / "large.webm"
    digest = hashlib.sha256()
    with source.open("wb") as file:
        for _ in range(size // 1024**2):
            block = os.urandom(1024**2)
            digest.update(block)
            file.write(block)
    files.bucket().missing_rights()  # so that the library's own modules are loaded
    forget_peak()
    before = peak_bytes()

    files.put(source, "originals/large/original.webm")
    with originals.local_original("originals/large/original.webm") as copy, copy.open("rb") as file:
        downloaded = hashlib.file_digest(file, "sha256")
    streamed = hashlib.sha256()
    for block in files.bucket().read_part("originals/large/original.webm").blocks:
        streamed.update(block)

    grown = peak_bytes() - before
    assert downloaded.digest() == streamed.digest() == digest.digest()
    assert grown < size / 3, f"{grown / 1024**2:.0f} MB"


def test_a_whole_site_lives_on_a_bucket(s3_server: S3Server, tmp_path: Path, media_dir: Path) -> None:
    """gunicorn and a worker as processes, set up by the environment alone, with a real recording and its words."""
    bucket = s3_server.new_bucket()
    with LiveSite(tmp_path, bucket.environment) as site:
        token = site.token("alice")
        name = site.upload(media_dir / "chromium-mp4-avc1-opus.mp4", token)
        video = site.wait_for_state(name, token, "ready")
        assert [step["state"] for step in video["steps"]] == ["done"] * 5
        assert f"videos/{name}/video.mp4" in bucket.listing()

        shutil.rmtree(tmp_path / "hls")
        with site.call("GET", video["playlist"]) as answer:
            assert b"#EXT-X-STREAM-INF" in answer.read()
        with site.call("GET", video["fallback"], Range="bytes=0-99") as answer:
            assert (answer.status, len(answer.read())) == (206, 100)
        site.call("DELETE", f"/api/videos/{name}/", token).close()
        assert bucket.listing() == set()
