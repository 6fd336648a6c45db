"""Sends files: nginx does it where it is in front, Django itself otherwise, with ranges (RFC 9110, section 14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import http_date

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


def send_file(request: HttpRequest, path: Path, *, cache_control: str) -> HttpResponseBase:
    """The file, or the part of it that was asked for. Raises NotFound if it is not there."""
    if not path.is_file():
        raise NotFound
    response = _hand_over(path) if settings.NGINX_SENDS_FILES else _send(request, path)
    response["Content-Type"] = CONTENT_TYPES[path.suffix]
    response["Cache-Control"] = cache_control
    return response


def send_stored(request: HttpRequest, key: str, *, cache_control: str) -> HttpResponseBase:
    """A file of the storage: from the disk as above, or passed on from the bucket piece by piece."""
    if files.is_on_disk():
        return send_file(request, files.stored_path(key), cache_control=cache_control)
    wanted = request.headers.get("Range", "")
    try:
        part = files.bucket().read_part(key, wanted if _RANGE.fullmatch(wanted) else "")
    except FileNotFoundError:
        raise NotFound from None
    except ValueError:
        return HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    response = StreamingHttpResponse(
        part.blocks, status=HTTPStatus.PARTIAL_CONTENT if part.content_range else HTTPStatus.OK
    )
    if part.content_range:
        response["Content-Range"] = part.content_range
    response["Content-Length"] = str(part.length)
    response["Accept-Ranges"] = "bytes"
    response["Content-Type"] = CONTENT_TYPES[PurePosixPath(key).suffix]
    response["Cache-Control"] = cache_control
    return response


def _hand_over(path: Path) -> HttpResponse:
    """Let nginx send it: https://nginx.org/en/docs/http/ngx_http_proxy_module.html (X-Accel-Redirect)"""
    for root, address in ((settings.HLS_ROOT, "/internal/hls/"), (settings.MEDIA_ROOT, "/internal/media/")):
        if path.is_relative_to(root):
            return HttpResponse(headers={"X-Accel-Redirect": address + path.relative_to(root).as_posix()})
    raise NotFound


def _send(request: HttpRequest, path: Path) -> HttpResponseBase:
    size = path.stat().st_size
    wanted = _RANGE.fullmatch(request.headers.get("Range", ""))
    if wanted is None:
        response: HttpResponseBase = FileResponse(path.open("rb"))
    else:
        start, end = _span(wanted, size)
        if start >= size or end < start:
            return HttpResponse(
                status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{size}"}
            )
        response = StreamingHttpResponse(_blocks(path, start, end), status=HTTPStatus.PARTIAL_CONTENT)
        response["Content-Range"] = f"bytes {start}-{end}/{size}"
        response["Content-Length"] = str(end - start + 1)
    response["Accept-Ranges"] = "bytes"
    response["Last-Modified"] = http_date(path.stat().st_mtime)
    return response


def _span(wanted: re.Match[str], size: int) -> tuple[int, int]:
    """First and last byte; `bytes=-500` means the last 500."""
    first, last = wanted.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if last and int(last) else (size, 0)
    return int(first), min(int(last), size - 1) if last else size - 1


def _blocks(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = end - start + 1
        while left > 0 and (block := file.read(min(BLOCK_BYTES, left))):
            left -= len(block)
            yield block
