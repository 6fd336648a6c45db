"""What can go wrong with an upload, in words for people; the statuses are those of tus 1.0.0."""

from __future__ import annotations

from http import HTTPStatus

from problems.errors import NotFound, Problem

VERSION = "1.0.0"


class UploadNotFound(NotFound):
    """Only when it is really gone: clients answer this by sending everything again."""

    code = "upload_not_found"
    message = "There is no such upload. It was cancelled, or it is not yours."


class UploadExpired(Problem):
    code = "upload_expired"
    status = HTTPStatus.GONE
    message = "This upload was not continued in time and is gone. Upload the file again."


class MethodNotAllowed(Problem):
    code = "method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED

    def __init__(self, method: str, allowed: str) -> None:
        self.headers = {"Allow": allowed}
        super().__init__(f"{method} does nothing at this address; use {allowed}.")


class VersionNotSupported(Problem):
    code = "version_not_supported"
    status = HTTPStatus.PRECONDITION_FAILED
    message = f"Send the header 'Tus-Resumable: {VERSION}': this server speaks no other version of tus."
    headers = {"Tus-Version": VERSION}


class InvalidHeader(Problem):
    code = "invalid_header"


class InvalidMetadata(Problem):
    code = "invalid_metadata"


class EmptyUpload(Problem):
    code = "empty_upload"
    message = "This file is empty: there is nothing to upload."


class LengthRequired(Problem):
    code = "length_required"
    status = HTTPStatus.LENGTH_REQUIRED
    message = "Send the size of this chunk as Content-Length."


class LengthIsFixed(Problem):
    code = "length_is_fixed"
    status = HTTPStatus.CONFLICT
    message = "The length of this upload was declared before and cannot change."


class OffsetMismatch(Problem):
    code = "offset_mismatch"
    status = HTTPStatus.CONFLICT

    def __init__(self, offset_bytes: int) -> None:
        self.headers = {"Upload-Offset": str(offset_bytes)}
        super().__init__(f"{offset_bytes} bytes have arrived so far: continue there.")


class AlreadyComplete(Problem):
    code = "already_complete"
    status = HTTPStatus.CONFLICT
    message = "This upload has become a video already. Delete the video instead."


class ChunkTooLarge(Problem):
    code = "chunk_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"A chunk may have at most {limit_bytes} bytes ({limit_bytes // 1024**2} MiB).")


class UploadTooLarge(Problem):
    code = "upload_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"This file is too large: at most {limit_bytes // 1024**2} MiB can be uploaded.")


class BeyondLength(Problem):
    code = "beyond_length"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = "This chunk goes beyond the length that was declared for the upload."


class WrongContentType(Problem):
    code = "wrong_content_type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    message = "Send chunks with 'Content-Type: application/offset+octet-stream'."


class UploadBusy(Problem):
    code = "upload_busy"
    status = HTTPStatus.LOCKED
    message = "Another request is writing to this upload. Try again in a moment."
    headers = {"Retry-After": "1"}


class TooManyUploads(Problem):
    code = "too_many_uploads"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, count: int, retry_after_s: int) -> None:
        self.headers = {"Retry-After": str(retry_after_s)}
        super().__init__(f"You have {count} uploads under way already. Let one finish, or cancel one, then try again.")


class ChecksumMismatch(Problem):
    code = "checksum_mismatch"
    status = 460  # of the checksum extension; unknown to HTTPStatus
    message = "This chunk was damaged on the way and was not kept. Send it again."


class ConnectionBroke(Problem):
    code = "connection_broke"
    message = "The connection broke before the chunk was complete. Ask for the offset and continue there."


class NoRoomLeft(Problem):
    """Of what the person may store; RFC 4331, section 6, has the same status for that."""

    code = "no_room_left"
    status = HTTPStatus.INSUFFICIENT_STORAGE


class UploadRush(Problem):
    code = "upload_rush"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = "Many people are uploading at the moment. Try again in a few seconds: nothing is lost."
    headers = {"Retry-After": "3"}


class TooSlow(Problem):
    """Not 408: clients of tus go on by themselves after a 5xx, and what arrived was kept."""

    code = "too_slow"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = "Your connection is too slow at the moment. What arrived was kept: continue there."
    headers = {"Retry-After": "1"}


class DiskFull(Problem):
    code = "disk_full"
    status = HTTPStatus.INSUFFICIENT_STORAGE
    message = "The server has no room for more at the moment. What arrived is kept: try again later."
