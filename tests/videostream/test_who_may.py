"""Every address of the site, asked by everybody: from one table, to which a new address must be added.

Alice owns; Bob has an account; the stranger has none; Steve is staff without any permission. Each asks about a public
and a private video of Alice's, about a name that nobody has, and about what is no name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from capture.models import Upload
from social.models import Comment, Like, Share, View
from social.services import comment
from tests.factories import published
from tests.speech import cues_of_lines
from transcribe.services import store_transcript
from videos import files
from videos.models import Video
from videostream.api import api

pytestmark = pytest.mark.django_db
ASKERS = ("owner", "other", "stranger", "staff")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

# What somebody is told. DONE: it is carried out, or what was sent is refused for what it says (409, 422, 302 ...).
DONE, LOG_IN, NOT_YOURS, ABSENT = "done", "log in", "not yours", "absent"
Told = tuple[str, str, str, str]  # in the order of ASKERS
ALL: Told = (DONE, DONE, DONE, DONE)
ACCOUNT: Told = (DONE, DONE, LOG_IN, DONE)
OWNER_ALONE: Told = (DONE, NOT_YOURS, LOG_IN, NOT_YOURS)
HIDDEN: Told = (DONE, ABSENT, ABSENT, ABSENT)
HIDDEN_ACCOUNT: Told = (DONE, ABSENT, LOG_IN, ABSENT)
NOBODY: Told = (ABSENT, ABSENT, ABSENT, ABSENT)
NOBODY_ACCOUNT: Told = (ABSENT, ABSENT, LOG_IN, ABSENT)
NO_STAFF: Told = (LOG_IN, LOG_IN, LOG_IN, NOT_YOURS)


@dataclass(frozen=True)
class Rule:
    """Who is told what about a public video and about a private one."""

    public: Told
    private: Told

    def of(self, case: str) -> Told:
        if case in {"public", "private"}:
            return self.public if case == "public" else self.private
        return NOBODY_ACCOUNT if LOG_IN in self.private else NOBODY


SEE = Rule(ALL, HIDDEN)
REACT = Rule(ACCOUNT, HIDDEN_ACCOUNT)
CHANGE = Rule(OWNER_ALONE, HIDDEN_ACCOUNT)


@dataclass(frozen=True)
class Row:
    """An address, with {} for what it is about, and the rule of each method; every other method does nothing."""

    path: str
    rules: dict[str, Rule | Told]
    body: dict[str, Any] | None = None  # sent as JSON; without one as an empty form


def page(path: str, rule: Rule | Told, *methods: str) -> Row:
    return Row(path, dict.fromkeys(methods or ("GET",), rule))


# By the name of the address, or by its pattern where it has none.
ROWS = {
    "feed": page("/", ALL),
    "watch": page("/playvideo/{}", SEE),
    "edit_video": page("/playvideo/{}/edit", CHANGE, "GET", "POST"),
    "delete_video": page("/playvideo/{}/delete", CHANGE, "POST"),
    "add_comment": page("/playvideo/{}/comment", REACT, "POST"),
    "toggle_like": page("/playvideo/{}/like", REACT, "POST"),
    "profile": page("/profile", ACCOUNT),
    "person": page("/@alice", ALL),
    "playlist": page("/hls/playlist_{}.m3u8", SEE),
    "hls/NAME/VERSION/FILE": page("/hls/{}/0a/init.mp4", SEE),
    "media/videos/NAME/FILE": page("/media/videos/{}/video.mp4", SEE),
    "capture": page("/captureevent", ACCOUNT),
    "catpureevent": page("/catpureevent", ALL),
    "choose_cut": page("/cutvideo", ACCOUNT),
    "cut": page("/cutvideo/{}", REACT, "GET", "POST"),
    "sign_up": page("/signup", ALL, "GET", "POST"),
    "login": page("/login", ALL, "GET", "POST"),
    "logout": page("/logout", ALL, "POST"),
    "account": page("/account", ACCOUNT),
    "change_mail": page("/account/mail", ACCOUNT, "POST"),
    "change_password": page("/account/password", ACCOUNT, "GET", "POST"),
    "delete_account": page("/account/delete", ACCOUNT, "GET", "POST"),
    "end_other_sessions": page("/account/sessions/end", ACCOUNT, "POST"),
    "make_token": page("/account/tokens", ACCOUNT, "POST"),
    "token_made": page("/account/tokens/made", ACCOUNT),
    "set_cutting": page("/account/cutting", ACCOUNT, "POST"),
    "revoke_token": page("/account/tokens/1/revoke", NOBODY_ACCOUNT, "POST"),
    "forgotten_password": page("/login/forgotten", ALL, "GET", "POST"),
    "password_sent": page("/login/forgotten/sent", ALL),
    "new_password": page("/login/new/MQ/abc-def", ALL, "GET", "POST"),
    "healthz": page("/healthz", ALL),
    "readyz": page("/readyz", ALL),
    "staff_password": page("/admin/password_change/", ALL, "GET", "POST"),
    "doctor": page("/admin/doctor/", NO_STAFF),
    "uploads": Row("/api/uploads/", {"POST": ACCOUNT}),
    "api:api-root": page("/api/", NOBODY),
    "api:openapi-json": page("/api/openapi.json", ALL),
    "api:openapi-view": page("/api/docs", ALL),
    "/api/session/": page("/api/session/", ALL),
    "/api/videos/": page("/api/videos/", ALL),
    "/api/videos/{name}/": Row("/api/videos/{}/", {"GET": SEE, "PATCH": CHANGE, "DELETE": CHANGE}, {"title": "x"}),
    "/api/videos/{name}/replies/": page("/api/videos/{}/replies/", SEE),
    "/api/streamoriginalvideo/{key}/": page("/api/streamoriginalvideo/{}/", SEE),
    "/api/streamcutvideo/{key}/": page("/api/streamcutvideo/{}/", NOBODY),
    "/api/streamreplyvideo/{key}/": page("/api/streamreplyvideo/{}/", NOBODY),
    "/api/videos/{name}/like/": Row("/api/videos/{}/like/", {"POST": REACT, "DELETE": REACT}, {}),
    "/api/videos/{name}/comments/": Row("/api/videos/{}/comments/", {"GET": SEE, "POST": REACT}, {"text": "x"}),
    "/api/videos/{name}/comments/{comment_id}/": Row("/api/videos/{}/comments/COMMENT/", {"DELETE": CHANGE}, {}),
    "/api/videos/{name}/shares/": Row("/api/videos/{}/shares/", {"POST": SEE}, {}),
    "/api/videos/{name}/views/": Row("/api/videos/{}/views/", {"POST": SEE}, {}),
    "/api/videos/{name}/transcript/": Row("/api/videos/{}/transcript/", {"GET": SEE, "PATCH": CHANGE}, {"cues": []}),
    "/api/videos/{name}/captions.vtt": page("/api/videos/{}/captions.vtt", SEE),
    "/api/videos/{name}/captions.srt": page("/api/videos/{}/captions.srt", SEE),
    "/api/videos/{name}/cut-draft/": Row(
        "/api/videos/{}/cut-draft/",
        {"PUT": REACT, "DELETE": REACT},
        {"removed": [1], "from_ms": 0, "to_ms": 900, "title": "", "visibility": "public", "digest": "0"},
    ),
    "/api/videos/{name}/cuts/": Row("/api/videos/{}/cuts/", {"POST": REACT}, {"keep": [[0, 1000]]}),
}
# Tests of their own below: what they are about is no video.
ELSEWHERE = {"upload"}


def patterns(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    """Name and pattern of every address but Django's own of the admin."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            if inner != "admin:":
                yield from patterns(entry, prefix + str(entry.pattern), inner)
        else:
            assert isinstance(entry, URLPattern)
            yield namespace + (entry.name or ""), prefix + str(entry.pattern)


def test_every_address_has_a_row() -> None:
    api_paths = set(api.get_openapi_schema()["paths"])
    named = {name for name, _pattern in patterns(get_resolver()) if name}
    of_the_api = {name for name in named if name.startswith("api:")} - set(ROWS)
    unnamed = [pattern for name, pattern in patterns(get_resolver()) if not name]

    assert named - of_the_api - set(ROWS) - ELSEWHERE == set()
    assert api_paths - set(ROWS) == set()
    assert len(unnamed) == len({"catpureevent", "hls/NAME/VERSION/FILE", "media/videos/NAME/FILE"}), unnamed


def test_every_method_of_the_api_has_a_rule() -> None:
    for path, operations in api.get_openapi_schema()["paths"].items():
        assert {method.upper() for method in operations} == set(ROWS[path].rules), path


@pytest.fixture
def clients(alice: User, bob: User) -> dict[str, Client]:
    people = dict(zip(ASKERS, (alice, bob, None, User.objects.create_user("steve", is_staff=True)), strict=True))
    clients = {asker: Client() for asker in ASKERS}
    for asker, person in people.items():
        if person is not None:
            clients[asker].force_login(person)
    return clients


def watchable(owner: User, visibility: str) -> Video:
    """A video with words and a comment, and something at the address of each of its files."""
    video = published(owner, visibility=visibility)
    store_transcript(video=video, language="en", engine="a test", cues=cues_of_lines(["one two"]))
    comment(video=video, user=owner, text="mine")
    default_storage.save(files.media_key(video, files.VIDEO_FILE), ContentFile(b"mp4"))
    for path in (files.playlist_path(video), files.hls_folder(video) / "0a" / "init.mp4"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"#EXTM3U\n")
    return video


def told(answer: Any) -> str:
    location = answer.headers.get("Location", "")
    if answer.status_code == 401 or "/login" in location:
        return LOG_IN
    if answer.status_code in {403, 404}:
        return NOT_YOURS if answer.status_code == 403 else ABSENT
    # 503 is what /readyz says where something is missing.
    assert answer.status_code < 500 or answer.status_code == 503, answer.content
    assert answer.status_code != 405
    return DONE


def send(client: Client, method: str, path: str, row: Row) -> Any:
    client.raise_request_exception = False
    if row.body is None or method == "GET":
        answer = client.generic(method, path, b"", content_type="application/x-www-form-urlencoded")
    else:
        answer = client.generic(method, path, json.dumps(row.body), content_type="application/json")
    if answer.streaming:
        list(answer)  # which closes the file
    return answer


CASES = [pytest.param(row, method, id=f"{method} {name}") for name, row in ROWS.items() for method in row.rules]
# Of Alice's videos; then names that nobody has, and what is no name.
ABOUT = ("public", "private", "Placeholder1", "no-name", "%00")


@pytest.mark.parametrize(("row", "method"), CASES)
def test_everybody_gets_what_is_theirs(row: Row, method: str, alice: User, clients: dict[str, Client]) -> None:
    rule = row.rules[method]
    for case in ABOUT if "{}" in row.path else ("",):
        for asker, wanted in zip(ASKERS, rule.of(case) if isinstance(rule, Rule) else rule, strict=True):
            video = watchable(alice, case) if case in {"public", "private"} else None
            answer = send(clients[asker], method, path_of(row, video, case), row)

            got = told(answer)
            # Where there is no address, nobody is asked to log in either.
            is_fine = got == wanted or (wanted == LOG_IN and case in ABOUT[2:] and got == ABSENT)
            assert is_fine, f"{asker} was told {got} ({answer.status_code}) instead of {wanted} about {case}"
            if case != "public":
                assert_kept_nowhere(answer)
            if video is not None and got != DONE:
                assert Video.objects.filter(pk=video.pk, title="").exists(), "it is as it was"


def path_of(row: Row, video: Video | None, case: str) -> str:
    path = row.path.format(video.name if video else case)
    return path.replace("COMMENT", str(Comment.objects.get(video=video).pk) if video else "1")


def assert_kept_nowhere(answer: Any) -> None:
    kept = answer.headers.get("Cache-Control", "")
    is_for_everybody = kept.startswith("public") or kept == "no-cache"
    assert is_for_everybody or "no-store" in kept, kept


@pytest.mark.parametrize(("name", "row"), ROWS.items(), ids=ROWS)
def test_other_methods_do_nothing(name: str, row: Row, alice: User, clients: dict[str, Client]) -> None:
    video = watchable(alice, "public")
    path = path_of(row, video, "")
    before = rows()
    for method in METHODS:
        if method not in row.rules:
            answer = send(clients["owner"], method, path, row)
            assert answer.status_code < 500
            assert answer.status_code not in {201, 202, 204}
    assert rows() == before, name


def rows() -> list[object]:
    """What is in the database, but for sessions."""
    return [list(model.objects.order_by("pk").values()) for model in (Video, Comment, Like, Share, View, Upload, User)]


@pytest.mark.parametrize("asker", ASKERS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PATCH", "DELETE"])
def test_an_upload_is_its_owner_s_alone(asker: str, method: str, alice: User, clients: dict[str, Client]) -> None:
    upload = Upload.objects.create(owner=alice, length_bytes=3)
    path = settings.MEDIA_ROOT / "uploads" / f"{upload.pk}.part"
    path.parent.mkdir()
    path.write_bytes(b"")
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}

    answer = clients[asker].generic(method, f"/api/uploads/{upload.pk}", b"", headers=headers)

    wanted = {"owner": {200, 204}, "stranger": {401}}.get(asker, {404})
    assert answer.status_code in wanted
    assert "no-store" in answer.headers["Cache-Control"]
    assert asker == "owner" or path.exists()


@pytest.mark.parametrize("asker", ["owner", "other", "stranger"])
def test_the_admin_is_for_staff(asker: str, clients: dict[str, Client]) -> None:
    index: Callable[[str], Any] = clients[asker].get
    for path in ("/admin/", "/admin/videos/video/", "/admin/accounts/user/", "/admin/limits/"):
        answer = index(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/admin/login/")
