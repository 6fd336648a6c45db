from __future__ import annotations

import base64
import errno
import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from capture import parts
from capture.models import Upload
from tests.capture.conftest import CHUNK_TYPE, TUS, WEBM, Tus, error_code, part_of, row_of
from tests.factories import published
from videos import services
from videos.models import Video

pytestmark = pytest.mark.django_db
MIB = 1024 * 1024


def checksum(algorithm: str, body: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, body).digest()).decode()}"


def test_the_last_byte_makes_the_video(tus_alice: Tus, alice: User) -> None:
    url = tus_alice.begin(len(WEBM), title="  A\n walk ", visibility="private", language="pl", filename="evil.exe")

    first = tus_alice.patch(url, 0, WEBM[:40])
    last = tus_alice.patch(url + "/", 40, WEBM[40:])

    assert (first.status_code, first["Upload-Offset"], "Video-Name" in first) == (204, "40", False)
    assert (last.status_code, last["Upload-Offset"]) == (204, str(len(WEBM)))
    video = Video.objects.get(name=last["Video-Name"])
    assert (video.owner, video.title, video.visibility, video.kind) == (alice, "A walk", "private", "original")
    assert (video.language, video.size_bytes) == ("pl", len(WEBM))
    assert video.original_file == f"originals/{video.name}/original.webm"
    assert Path(default_storage.path(video.original_file)).read_bytes() == WEBM
    assert {step.state for step in video.steps.all()} == {"waiting"}
    assert not part_of(url).exists()


def test_a_reply_becomes_a_reply(tus_bob: Tus, alice: User) -> None:
    target = published(alice)
    name = tus_bob.patch(tus_bob.begin(len(WEBM), reply_to=target.name), 0, WEBM)["Video-Name"]

    assert (video := Video.objects.get(name=name)).reply_to == target
    assert video.kind == "reply"


def test_a_reply_is_not_lost_when_its_video_is_deleted_meanwhile(tus_bob: Tus, alice: User) -> None:
    target = published(alice)
    url = tus_bob.begin(len(WEBM), reply_to=target.name)
    services.delete_video(target)

    video = Video.objects.get(name=tus_bob.patch(url, 0, WEBM)["Video-Name"])
    assert (video.kind, video.reply_to) == ("reply", None)


@pytest.mark.parametrize("offset", [8, 6, 0, 10**17])
def test_it_refuses_a_chunk_with_a_gap_or_an_overlap(tus_alice: Tus, offset: int) -> None:
    url = tus_alice.begin(len(WEBM))
    tus_alice.patch(url, 0, WEBM[:7])

    answer = tus_alice.patch(url, offset, WEBM[7:9])

    assert error_code(answer) == (409, "offset_mismatch")
    assert answer["Upload-Offset"] == "7"
    assert part_of(url).read_bytes() == WEBM[:7]


@pytest.mark.parametrize("value", ["", "-1", "1e3", "0x0", "9" * 19])
def test_it_refuses_an_offset_that_is_not_one(tus_alice: Tus, value: str) -> None:
    answer = tus_alice.patch(tus_alice.begin(5), 0, b"12", Upload_Offset=value)

    assert error_code(answer) == (400, "invalid_header")


def test_it_takes_the_biggest_chunk_and_refuses_one_byte_more(tus_alice: Tus) -> None:
    limit = settings.UPLOAD_CHUNK_MAX_BYTES
    url = tus_alice.begin(3 * limit)

    assert error_code(tus_alice.patch(url, 0, b"\0" * (limit + 1))) == (413, "chunk_too_large")
    assert tus_alice.head(url)["Upload-Offset"] == "0"
    assert tus_alice.patch(url, 0, b"\0" * limit)["Upload-Offset"] == str(limit) == str(10 * MIB)


def test_it_refuses_bytes_beyond_the_declared_length(tus_alice: Tus) -> None:
    url = tus_alice.begin(5)

    assert error_code(tus_alice.patch(url, 0, b"123456")) == (413, "beyond_length")
    assert part_of(url).read_bytes() == b""


def test_it_refuses_to_grow_beyond_the_limit_without_a_length(tus_alice: Tus, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 10
    url = tus_alice.begin()
    tus_alice.patch(url, 0, b"1234567")

    assert error_code(tus_alice.patch(url, 7, b"89ab")) == (413, "upload_too_large")
    assert error_code(tus_alice.patch(url, 7, b"", Upload_Length="11")) == (413, "upload_too_large")


def test_an_empty_chunk_may_declare_the_length(tus_alice: Tus) -> None:
    url = tus_alice.begin()
    tus_alice.patch(url, 0, WEBM)

    answer = tus_alice.patch(url, len(WEBM), b"", Upload_Length=str(len(WEBM)))

    assert (answer.status_code, answer["Upload-Offset"]) == (204, str(len(WEBM)))
    assert Video.objects.get(name=answer["Video-Name"]).size_bytes == len(WEBM)


def test_the_length_may_come_with_any_chunk(tus_alice: Tus) -> None:
    url = tus_alice.begin()

    tus_alice.patch(url, 0, WEBM[:5], Upload_Length=str(len(WEBM)))

    assert tus_alice.head(url)["Upload-Length"] == str(len(WEBM))
    assert "Video-Name" in tus_alice.patch(url, 5, WEBM[5:], Upload_Length=str(len(WEBM)))


def test_a_declared_length_cannot_change(tus_alice: Tus) -> None:
    url = tus_alice.begin(9)

    assert error_code(tus_alice.patch(url, 0, b"1", Upload_Length="8")) == (409, "length_is_fixed")
    assert tus_alice.patch(url, 0, b"1", Upload_Length="9").status_code == 204


def test_it_refuses_a_length_below_what_has_arrived(tus_alice: Tus) -> None:
    url = tus_alice.begin()
    tus_alice.patch(url, 0, b"12345")

    assert error_code(tus_alice.patch(url, 5, b"", Upload_Length="4")) == (413, "beyond_length")
    assert row_of(url).length_bytes is None


def test_it_refuses_to_declare_an_upload_empty(tus_alice: Tus) -> None:
    assert error_code(tus_alice.patch(tus_alice.begin(), 0, b"", Upload_Length="0")) == (400, "empty_upload")


@pytest.mark.parametrize("content_type", ["application/octet-stream", "", "multipart/form-data; boundary=x"])
def test_it_refuses_another_content_type(tus_alice: Tus, content_type: str) -> None:
    url = tus_alice.begin(5)
    answer = tus_alice.client.patch(url, b"12", content_type=content_type, headers={**TUS, "Upload-Offset": "0"})

    assert error_code(answer) == (415, "wrong_content_type")


def test_it_refuses_a_body_of_unknown_size(tus_alice: Tus) -> None:
    answer = tus_alice.patch(tus_alice.begin(5), 0, b"", Transfer_Encoding="chunked")

    assert error_code(answer) == (411, "length_required")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_chunk_that_fits_its_checksum_is_kept(tus_alice: Tus, algorithm: str) -> None:
    url = tus_alice.begin(len(WEBM))

    answer = tus_alice.patch(url, 0, WEBM[:9], Upload_Checksum=checksum(algorithm, WEBM[:9]))

    assert answer["Upload-Offset"] == "9"


def test_a_chunk_that_does_not_fit_its_checksum_is_dropped_whole(tus_alice: Tus) -> None:
    url = tus_alice.begin(len(WEBM))
    tus_alice.patch(url, 0, WEBM[:5])

    answer = tus_alice.patch(url, 5, WEBM[5:], Upload_Checksum=checksum("sha1", b"something else"))

    assert error_code(answer) == (460, "checksum_mismatch")
    assert part_of(url).read_bytes() == WEBM[:5]
    assert "Video-Name" in tus_alice.patch(url, 5, WEBM[5:], Upload_Checksum=checksum("sha1", WEBM[5:]))


@pytest.mark.parametrize("header", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1", "sha1 QQ==", "sha1 !!!!", ""])
def test_it_refuses_a_checksum_it_cannot_check(tus_alice: Tus, header: str) -> None:
    answer = tus_alice.patch(tus_alice.begin(5), 0, b"12", Upload_Checksum=header)

    assert error_code(answer) == (400, "invalid_header")


def test_a_repeated_last_chunk_finds_the_video_that_is_there(tus_alice: Tus) -> None:
    url = tus_alice.begin(len(WEBM))
    name = tus_alice.patch(url, 0, WEBM)["Video-Name"]

    assert tus_alice.patch(url, len(WEBM), b"")["Video-Name"] == name
    assert error_code(tus_alice.patch(url, 0, WEBM)) == (409, "offset_mismatch")
    assert error_code(tus_alice.patch(url, len(WEBM), b"more")) == (413, "beyond_length")
    assert Video.objects.count() == 1


def test_one_request_writes_at_a_time(tus_alice: Tus) -> None:
    url = tus_alice.begin(5)

    with parts.hold(row_of(url).id):
        answer = tus_alice.patch(url, 0, b"12")

    assert error_code(answer) == (423, "upload_busy")
    assert part_of(url).read_bytes() == b""


def test_bytes_that_arrive_put_the_expiry_off(tus_alice: Tus) -> None:
    url = tus_alice.begin(5)
    Upload.objects.update(active_at=timezone.now() - timedelta(hours=23))

    tus_alice.patch(url, 0, b"12")

    assert row_of(url).expires_at > timezone.now() + timedelta(hours=23)


def test_a_full_disk_is_told_and_what_was_written_stays(tus_alice: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    url = tus_alice.begin(200_000)
    written: list[int] = []
    write = os.write

    def half(descriptor: int, piece: memoryview) -> int:
        if written:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(write(descriptor, piece[:1000]))
        return written[0]

    with monkeypatch.context() as patched:
        patched.setattr("os.write", half)
        answer = tus_alice.patch(url, 0, b"\0" * 200_000)

    assert error_code(answer) == (507, "disk_full")
    assert tus_alice.head(url)["Upload-Offset"] == "1000"


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "HEAD"])
def test_a_post_may_stand_for_a_method_that_a_proxy_forbids(tus_alice: Tus, method: str) -> None:
    url = tus_alice.begin(5)
    headers = {**TUS, "X-HTTP-Method-Override": method, "Upload-Offset": "0"}
    answer = tus_alice.client.post(url, b"12", content_type=CHUNK_TYPE, headers=headers)

    assert answer.status_code == (200 if method == "HEAD" else 204)
    assert part_of(url).exists() == (method != "DELETE")


def test_a_get_never_stands_for_another_method(tus_alice: Tus) -> None:
    url = tus_alice.begin(5)

    assert tus_alice.client.get(url, headers={**TUS, "X-HTTP-Method-Override": "DELETE"}).status_code == 200
    assert part_of(url).exists()


def test_another_persons_upload_looks_absent(tus_alice: Tus, tus_bob: Tus) -> None:
    url = tus_alice.begin(5)

    assert error_code(tus_bob.patch(url, 0, b"12")) == (404, "upload_not_found")
    assert part_of(url).read_bytes() == b""


def test_a_stranger_is_told_to_log_in(tus_alice: Tus, tus_stranger: Tus) -> None:
    assert error_code(tus_stranger.patch(tus_alice.begin(5), 0, b"12")) == (401, "not_signed_in")


def test_an_expired_upload_is_gone(tus_alice: Tus) -> None:
    url = tus_alice.begin(5)
    Upload.objects.update(active_at=timezone.now() - timedelta(hours=25))

    assert error_code(tus_alice.patch(url, 0, b"12")) == (410, "upload_expired")
