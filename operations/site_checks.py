"""The doctor's checks of how the site is reached: its address, nginx in front, settings that matter for safety."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from operations import nginx_revision
from operations.findings import Finding, broken, ok, warning
from operations.site_probe import NoAnswer, address, ask, certificate_fault
from videos import files

MIB = 1024**2
# nginx lets this much more through than a chunk may have, so that Django itself says what is wrong.
ROOM_BYTES = MIB
UPLOADS = "/api/uploads/"
# An upload that nobody has: Django refuses a chunk of it before it reads the body.
CHUNK = UPLOADS + 32 * "0"
# Every answer of the upload protocol has it, whatever the status; nginx' own answers do not.
FROM_DJANGO = "Tus-Resumable"
# What docker-compose.yml says where no server in front is named.
NO_PROXY = frozenset({"", "127.0.0.1/32"})
# https://w3c.github.io/webappsec-secure-contexts/: browsers give a camera to these without HTTPS.
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def check_public_url() -> Finding:
    if not settings.PUBLIC_URL:
        return warning(
            "PUBLIC_URL is not set, so only this machine can use the site: set it to the address people type."
        )
    return ok(f"PUBLIC_URL is {settings.PUBLIC_URL}.")


def check_camera() -> Finding:
    """Whether browsers will offer the camera."""
    public = urlsplit(settings.PUBLIC_URL or "http://localhost")
    if public.scheme == "https" or public.hostname in LOCAL_NAMES or str(public.hostname).endswith(".localhost"):
        return ok("Browsers allow the camera at this address.")
    return broken(
        f"Browsers refuse the camera at {settings.PUBLIC_URL}: serve the site by HTTPS and change PUBLIC_URL."
    )


def check_https() -> Finding:
    """Where PUBLIC_URL is https, somebody ends HTTPS, and what they say of the request is believed.

    Otherwise nobody can log in: the cookies are for HTTPS only, and Django takes each form for one from elsewhere.
    """
    if urlsplit(settings.PUBLIC_URL).scheme != "https":
        return ok("PUBLIC_URL is not https: no certificate is needed.")
    if not settings.NGINX_SENDS_FILES:
        return ok("There is no nginx of this site's in front: whoever ends HTTPS has to set X-Forwarded-Proto.")
    if urlsplit(address()).scheme != "https":
        return _check_proxy()
    try:
        fault = certificate_fault()
    except NoAnswer as error:
        return broken(f"{error}: does nginx serve HTTPS (docker-compose.tls.yml)?")
    if fault:
        return broken(f"Browsers do not trust nginx's certificate for {settings.PUBLIC_URL}: {fault}. Renew it.")
    return ok("nginx ends HTTPS with a certificate that browsers trust.")


def _check_proxy() -> Finding:
    if settings.NGINX_TRUSTED_PROXY in NO_PROXY:
        return broken(
            f"PUBLIC_URL is {settings.PUBLIC_URL}, but nothing here ends HTTPS, so nobody can log in: set "
            "NGINX_TRUSTED_PROXY to the network of the server in front that does, or let nginx do it "
            "(docker-compose.tls.yml)."
        )
    return ok(f"nginx believes what a server in {settings.NGINX_TRUSTED_PROXY} says about HTTPS.")


def check_safety() -> Finding:
    """DEBUG and SECRET_KEY."""
    if len(set(settings.SECRET_KEY)) < 10 or settings.SECRET_KEY.startswith("django-insecure"):
        return broken("SECRET_KEY can be guessed: set it to 50 random characters.")
    if settings.DEBUG and settings.PUBLIC_URL:
        return broken("DEBUG is on and shows strangers the inside of the site: remove DEBUG.")
    if settings.DEBUG:
        return warning("DEBUG is on: remove it before others use the site.")
    return ok("SECRET_KEY is long enough and DEBUG is off.")


def through_nginx(check: Callable[[], Finding]) -> Callable[[], Finding]:
    """For checks that ask nginx: there must be one, and it must answer."""

    @functools.wraps(check)
    def wrapped() -> Finding:
        if not settings.NGINX_SENDS_FILES:
            return ok("There is no nginx in front (NGINX_SENDS_FILES is not set): Django sends files itself.")
        if not address():
            return warning("nginx cannot be asked: set PUBLIC_URL, or NGINX_URL to its address in the inside network.")
        try:
            return check()
        except NoAnswer as error:
            return broken(f"{error}: is nginx running, and does this name lead to it?")

    return wrapped


@through_nginx
def check_nginx_revision() -> Finding:
    """That nginx runs with the configuration of this version."""
    told = ask("GET", nginx_revision.ADDRESS)
    if told.status == HTTPStatus.OK and told.body.decode(errors="replace") == nginx_revision.expected():
        return ok("nginx runs with the configuration of this version.")
    return broken(
        "nginx runs with the configuration of another version: build its image and start it anew "
        "(docker compose up -d --build nginx), or fill in nginx/site.conf.template again."
    )


@through_nginx
def check_upload_limit() -> Finding:
    """nginx takes what Django takes, hands it on at once, and refuses what is larger."""
    chunk_bytes = settings.UPLOAD_CHUNK_MAX_BYTES
    try:
        chunk = ask("PATCH", CHUNK, claimed_body_bytes=chunk_bytes)
    except NoAnswer:
        ask("PATCH", CHUNK)
        return broken(f"nginx collects uploads before it hands them on: set proxy_request_buffering off for {CHUNK}.")
    too_large = ask("PATCH", CHUNK, claimed_body_bytes=chunk_bytes + ROOM_BYTES + 1)
    if chunk.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        wanted = (chunk_bytes + ROOM_BYTES) // MIB
        return broken(f"nginx refuses chunks of uploads: set client_max_body_size {wanted}m for {UPLOADS} there.")
    if FROM_DJANGO not in chunk.headers:
        return broken(f"{address()}{UPLOADS} answers {chunk.status}, and not from this site: is it the right address?")
    if too_large.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE or FROM_DJANGO in too_large.headers:
        return warning(f"nginx lets more through than a chunk may have: lower client_max_body_size for {UPLOADS}.")
    return ok(f"nginx takes chunks of {chunk_bytes // MIB} MiB, as Django does, and refuses larger ones.")


@through_nginx
def check_shared_folder() -> Finding:
    """That nginx sees what Django writes to HLS_ROOT, and does not give away what is private."""
    with _probe_file(files.hls_root(is_private=False)) as probe:
        public = ask("GET", settings.HLS_URL + probe.name)
        is_shared = public.body == probe.read_bytes()
    with _probe_file(files.hls_root(is_private=True)) as probe:
        private = ask("GET", f"{settings.HLS_URL}{files.PRIVATE}/{probe.name}")
        is_given_away = private.body == probe.read_bytes()
    if not is_shared:
        return broken(f"nginx does not see what is in HLS_ROOT ({public.status}): mount the same volume in both.")
    if is_given_away:
        return broken("nginx gives away private files: use the site's own template (nginx/site.conf.template).")
    return ok("nginx sends what Django puts into HLS_ROOT, but not what is private.")


@contextmanager
def _probe_file(root: Path) -> Iterator[Path]:
    path = root / f"doctor-{secrets.token_hex(8)}.m3u8"
    root.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#EXTM3U\n# {secrets.token_hex(16)}\n", encoding="utf-8")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
