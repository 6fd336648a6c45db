"""Sends files: nginx does it where it is in front, Django itself otherwise, with ranges and preconditions.

RFC 9110, sections 13 (If-None-Match, If-Modified-Since, If-Range) and 14 (Range, which only GET knows).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date_safe

from problems.errors import NotFound
from videos import files

BLOCK_BYTES = 64 * 1024
CONTENT_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
NOT_KEPT = "private, no-store"
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


@dataclass(frozen=True)
class Edition:
    """What tells one content of a file from another: an entity tag, and the second of its last change."""

    etag: str
    changed_at_s: int

    def unchanged_answer(self, request: HttpRequest) -> HttpResponseBase | None:
        """304 or 412 where the request's preconditions ask for it, else None."""
        answer = get_conditional_response(request, self.etag, self.changed_at_s)
        return self.named_in(answer) if answer is not None else None

    def named_in(self, response: HttpResponseBase) -> HttpResponseBase:
        response["Accept-Ranges"] = "bytes"
        response["ETag"] = self.etag
        response["Last-Modified"] = http_date(self.changed_at_s)
        return response

    def is_meant_by(self, if_range: str) -> bool:
        """Whether a part of this edition fits what the client has: without If-Range it says so by asking."""
        if not if_range or if_range == self.etag:
            return True
        return parse_http_date_safe(if_range) == self.changed_at_s


def send_file(request: HttpRequest, path: Path, *, cache_control: str) -> HttpResponseBase:
    """The file, or the part of it that was asked for. Raises NotFound if it is not there."""
    if not path.is_file():
        raise NotFound
    response = _hand_over(path) if settings.NGINX_SENDS_FILES else _send(request, path)
    return _described(response, path.suffix, cache_control)


def send_stored(request: HttpRequest, key: str, *, cache_control: str) -> HttpResponseBase:
    """A file of the storage: from the disk as above, or passed on from the bucket piece by piece."""
    if files.is_on_disk():
        return send_file(request, files.stored_path(key), cache_control=cache_control)
    try:
        response = _pass_on(request, key)
    except FileNotFoundError:
        raise NotFound from None
    return _described(response, PurePosixPath(key).suffix, cache_control)


def _described(response: HttpResponseBase, suffix: str, cache_control: str) -> HttpResponseBase:
    if response.status_code != HTTPStatus.NOT_MODIFIED:
        response["Content-Type"] = CONTENT_TYPES[suffix]
    response["Cache-Control"] = cache_control
    return response


def _range_of(request: HttpRequest, edition: Edition) -> str:
    """The Range header, or nothing where it does not count."""
    wanted = request.headers.get("Range", "") if request.method == "GET" else ""
    return wanted if _is_valid(wanted) and edition.is_meant_by(request.headers.get("If-Range", "")) else ""


def _is_valid(wanted: str) -> bool:
    """RFC 9110, section 14.1.1: a range that names no byte, or ends before it begins, is none."""
    found = _RANGE.fullmatch(wanted)
    if found is None:
        return False
    first, last = found.groups()
    return int(first) <= int(last) if first and last else bool(first or last)


def _pass_on(request: HttpRequest, key: str) -> HttpResponseBase:
    """The bucket's answer. Raises FileNotFoundError."""
    bucket = files.bucket()
    facts = bucket.facts(key)
    edition = Edition(facts.etag, facts.changed_at_s)
    unchanged = edition.unchanged_answer(request)
    if unchanged is not None:
        return unchanged
    try:
        part = bucket.read_part(key, _range_of(request, edition))
    except ValueError:
        return _not_there(facts.size_bytes)
    response = StreamingHttpResponse(
        part.blocks, status=HTTPStatus.PARTIAL_CONTENT if part.content_range else HTTPStatus.OK
    )
    if part.content_range:
        response["Content-Range"] = part.content_range
    response["Content-Length"] = str(part.length)
    return edition.named_in(response)


def _not_there(size_bytes: int) -> HttpResponse:
    """No byte of what was asked for exists."""
    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    return HttpResponse(status=status, headers={"Content-Range": f"bytes */{size_bytes}"})


def _hand_over(path: Path) -> HttpResponse:
    """Let nginx send it: https://nginx.org/en/docs/http/ngx_http_proxy_module.html (X-Accel-Redirect)"""
    for root, address in ((settings.HLS_ROOT, "/internal/hls/"), (settings.MEDIA_ROOT, "/internal/media/")):
        if path.is_relative_to(root):
            return HttpResponse(headers={"X-Accel-Redirect": address + path.relative_to(root).as_posix()})
    raise NotFound


def _send(request: HttpRequest, path: Path) -> HttpResponseBase:
    facts = path.stat()
    # nginx makes entity tags in the same way, so that a player may be answered by both.
    edition = Edition(f'"{int(facts.st_mtime):x}-{facts.st_size:x}"', int(facts.st_mtime))
    unchanged = edition.unchanged_answer(request)
    if unchanged is not None:
        return unchanged
    wanted = _RANGE.fullmatch(_range_of(request, edition))
    if wanted is None:
        return edition.named_in(FileResponse(path.open("rb")))
    start, end = _span(wanted, facts.st_size)
    if start >= facts.st_size:
        return _not_there(facts.st_size)
    response = StreamingHttpResponse(_blocks(path, start, end), status=HTTPStatus.PARTIAL_CONTENT)
    response["Content-Range"] = f"bytes {start}-{end}/{facts.st_size}"
    response["Content-Length"] = str(end - start + 1)
    return edition.named_in(response)


def _span(wanted: re.Match[str], size: int) -> tuple[int, int]:
    """First and last byte; `bytes=-500` means the last 500."""
    first, last = wanted.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else (size, 0)
    return int(first), min(int(last), size - 1) if last else size - 1


def _blocks(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = end - start + 1
        while left > 0 and (block := file.read(min(BLOCK_BYTES, left))):
            left -= len(block)
            yield block
