"""What changes uploads: begin, receive a chunk, cancel, and tidy up after those who never came back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from capture import parts, quota
from capture.chunks import Chunk, a_reader
from capture.completion import complete, refresh, take_up_again
from capture.errors import (
    AlreadyComplete,
    BeyondLength,
    EmptyUpload,
    LengthIsFixed,
    OffsetMismatch,
    TooManyUploads,
    UploadBusy,
    UploadNotFound,
    UploadTooLarge,
)
from capture.models import Upload
from capture.parts import Part
from limits import spending
from videos.access import get_video
from videos.errors import InvalidDetails, VideoNotFound
from videos.models import Video
from videos.services import clean_title, clean_visibility

# An upload that has been silent for so long gives way when its owner begins one too many.
ABANDONED_AFTER = timedelta(minutes=5)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")


def begin_upload(*, owner: User, length_bytes: int | None, metadata: Mapping[str, str]) -> Upload:
    """A new upload without bytes.

    Raises EmptyUpload, UploadTooLarge, TooManyUploads, TooOften, NoRoomLeft, DiskFull, and InvalidDetails if the
    metadata ask for a video that cannot be.
    """
    _check_length(length_bytes)
    spending.spend(spending.limit_of("upload"), spending.person(owner.pk))
    upload = Upload(owner=owner, length_bytes=length_bytes, metadata=dict(metadata))
    upload.title = clean_title(metadata.get("title", ""))
    upload.visibility = clean_visibility(metadata.get("visibility") or Video.Visibility.PUBLIC)
    upload.language = _clean_language(metadata.get("language", ""))
    if metadata.get("reply_to"):
        upload.kind = Video.Kind.REPLY
        upload.reply_to = _video_to_answer(owner, metadata["reply_to"])
    _retire_abandoned(owner)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=owner.pk)  # two requests at once must not both find the last place
        _check_room(owner)
        quota.check_room(owner, length_bytes or 0)
        parts.create(upload.id, (length_bytes or 0) + quota.bytes_to_come())
        upload.save()
    return upload


def _check_length(length_bytes: int | None) -> None:
    if length_bytes == 0:
        raise EmptyUpload
    if length_bytes is not None and length_bytes > settings.UPLOAD_MAX_BYTES:
        raise UploadTooLarge(settings.UPLOAD_MAX_BYTES)


def _clean_language(language: str) -> str:
    if language and not _LANGUAGE.fullmatch(language):
        raise InvalidDetails("A language must be a code such as en or pt-BR, or nothing to have it recognised.")
    return language


def _video_to_answer(user: User, name: str) -> Video:
    try:
        return get_video(user, name)
    except VideoNotFound:
        raise InvalidDetails("The video you reply to is not there any more, or it is private.") from None


def _retire_abandoned(owner: User) -> None:
    """If the person has too many uploads, the one that has been silent longest gives way, unless it was just active."""
    under_way = list(_under_way(owner))
    if len(under_way) >= settings.UPLOAD_OPEN_MAX and _free_in(under_way[0]) <= timedelta(0):
        with suppress(UploadBusy):
            retire(under_way[0])


def _check_room(owner: User) -> None:
    under_way = list(_under_way(owner))
    if len(under_way) >= settings.UPLOAD_OPEN_MAX:
        raise TooManyUploads(len(under_way), max(1, int(_free_in(under_way[0]).total_seconds()) + 1))


def _under_way(owner: User) -> QuerySet[Upload]:
    return Upload.objects.under_way().filter(owner=owner).order_by("active_at")


def _free_in(upload: Upload) -> timedelta:
    return upload.active_at + ABANDONED_AFTER - timezone.now()


def receive_chunk(*, upload: Upload, chunk: Chunk) -> int:
    """Append a chunk, declare the length if it comes with one, and make the video if this was the last byte.

    1. Nobody else writes, and the offset is right: the body is not touched before.
    2. One of the places for reading is free.
    3. The body is read.

    Returns the new offset in bytes. Without a checksum, what arrived before a connection broke is kept.
    Raises UploadBusy, OffsetMismatch, UploadRush, ChunkTooLarge, LengthIsFixed, BeyondLength, UploadTooLarge,
    EmptyUpload, NoRoomLeft, TooOften, ChecksumMismatch, ConnectionBroke, TooSlow, DiskFull, UploadNotFound.
    """
    try:
        with parts.hold(upload.id) as part:
            refresh(upload)
            _check_offset(part.size_bytes, chunk)
            with a_reader():
                _measure(upload, chunk)
                quota.check_room(upload.owner, _length_after(upload, chunk), besides=upload)
                _declare_length(upload, chunk)
                _append(upload, part, chunk)
            if part.size_bytes == upload.length_bytes:
                complete(upload, part)
            refresh(upload)
            return part.size_bytes
    except parts.PartMissing:
        take_up_again(upload)
        offset_bytes = upload.length_bytes or 0
        _check_offset(offset_bytes, chunk)
        with a_reader():
            _measure(upload, chunk)
        return offset_bytes


def _append(upload: Upload, part: Part, chunk: Chunk) -> None:
    """Raises TooOften if it is more than the person may send in a day; what does not arrive does not count."""
    day, who = quota.bytes_a_day(upload.owner), spending.person(upload.owner_id)
    announced = chunk.end_bytes - part.size_bytes
    spending.spend(day, who, announced, quota.TOO_MUCH_TODAY)
    try:
        with closing(chunk.pieces()) as pieces:
            part.append(pieces)
    finally:
        if missing := chunk.end_bytes - part.size_bytes:
            spending.give_back(day, who, missing)
        Upload.objects.filter(pk=upload.pk).update(active_at=timezone.now())


def _length_after(upload: Upload, chunk: Chunk) -> int:
    """What is known of the upload's length with this chunk."""
    return upload.length_bytes or chunk.length_bytes or chunk.end_bytes


def _check_offset(size_bytes: int, chunk: Chunk) -> None:
    if chunk.offset_bytes != size_bytes:
        raise OffsetMismatch(size_bytes)


def _measure(upload: Upload, chunk: Chunk) -> None:
    chunk.measure(settings.UPLOAD_CHUNK_MAX_BYTES)
    declared = chunk.length_bytes
    if declared is not None:
        _check_length(declared)
        if upload.length_bytes not in {None, declared}:
            raise LengthIsFixed
    length_bytes = upload.length_bytes if declared is None else declared
    if length_bytes is not None and chunk.end_bytes > length_bytes:
        raise BeyondLength
    if chunk.end_bytes > settings.UPLOAD_MAX_BYTES:
        raise UploadTooLarge(settings.UPLOAD_MAX_BYTES)


def _declare_length(upload: Upload, chunk: Chunk) -> None:
    if chunk.length_bytes is not None and upload.length_bytes is None:
        upload.length_bytes = chunk.length_bytes
        upload.save(update_fields=["length_bytes"])


def cancel_upload(upload: Upload) -> None:
    """Forget an upload and its bytes. Raises AlreadyComplete, UploadBusy."""
    retire(upload)
    if upload.is_complete:
        raise AlreadyComplete


def retire(upload: Upload) -> None:
    """Remove an upload with its bytes, unless every byte is there: then it becomes its video. Raises UploadBusy."""
    try:
        with parts.hold(upload.id) as part:
            refresh(upload)
            if part.size_bytes == upload.length_bytes:
                complete(upload, part)
                return
            part.path.unlink()
    except parts.PartMissing:
        with suppress(UploadNotFound):
            take_up_again(upload)
            return
    upload.delete()
