from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import ApiToken, User
from capture.models import Allowance, Upload
from cutting.models import Draft
from operations import archive, backup, rows
from operations.restore import CannotRestore, restore
from social.models import Like
from social.services import comment, like, share, view
from tests.factories import published
from tests.live_site import REPOSITORY
from tests.postgres_server import PostgresServer
from transcribe.models import Cue, Transcript
from videos import files, services
from videos.models import ProcessingStep, Video, Worker
from videos.work.claims import sweep
from videos.work.table import MAX_ATTEMPTS
from videos.work.workers import say_alive

pytestmark = pytest.mark.django_db(transaction=True)


def quiet(_line: str) -> None:
    """Tells nobody."""


def fill(owner: User, viewer: User) -> None:
    """One of everything that a site may hold."""
    for visibility in ("public", "private"):
        video = published(owner, visibility=visibility, title=f"“{visibility}” – 視頻\u2028x")
        key = files.original_key(video.name, "webm")
        Video.objects.filter(pk=video.pk).update(original_file=key)
        for place, content in (
            (key, os.urandom(3_000_000)),
            (files.media_key(video, files.VIDEO_FILE), os.urandom(1_500_000)),
            (files.media_key(video, files.POSTER_FILE), b"jpg"),
        ):
            path = files.stored_path(place)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        like(video=video, user=viewer)
        comment(video=video, user=viewer, text='Schön ✓\n"quoted"')
        share(video=video, user=None)
        view(video=video, viewer="digest")
    transcript = Transcript.objects.create(video=video, language="en", engine="test")
    words = [[0, 500, "Ask"], [500, 900, " not"]]
    Cue.objects.create(transcript=transcript, start_ms=0, end_ms=900, text="Ask not", words=words)
    services.create_video(owner=viewer, kind="reply", reply_to=video)
    Draft.objects.create(user=owner, video=video, removed=[1, 2], from_ms=0, to_ms=900, visibility="public")
    Upload.objects.create(owner=owner, length_bytes=2**40, metadata={"filename": "ü.webm"})
    Allowance.objects.create(person=owner, stored_max_gb=100)
    ApiToken.make(user=owner, label="phone")
    group = Group.objects.create(name="helpers")
    group.permissions.add(*Permission.objects.filter(codename__startswith="view_")[:3])
    owner.groups.add(group)
    video_type = ContentType.objects.get_for_model(Video)
    LogEntry.objects.create(
        user=owner, content_type=video_type, object_id=str(video.pk), object_repr="x", action_flag=2
    )
    say_alive()


def everything() -> dict[str, list[dict[str, Any]]]:
    return {label: list(model._base_manager.order_by("pk").values()) for label, model in rows.kept_models().items()}


def checksums(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def full(alice: User, bob: User) -> None:
    fill(alice, bob)


@pytest.fixture
def saved(full: None, tmp_path: Path) -> Path:
    path = tmp_path / "backup.tar"
    call_command("backup", str(path))
    return path


@pytest.fixture
def empty(tmp_path: Path, settings: LazySettings) -> Iterator[Any]:
    """Call it to have a new installation."""

    def start_anew() -> Path:
        call_command("flush", interactive=False, verbosity=0)
        # In a new installation the numbers of these need not be the same.
        shift = ContentType.objects.create(app_label="shift", model="shift")
        Permission.objects.all().delete()
        ContentType.objects.exclude(pk=shift.pk).delete()
        root = tmp_path / "new_media"
        root.mkdir()
        settings.MEDIA_ROOT = root
        return root

    yield start_anew


def restored_from(path: Path) -> backup.Saved:
    with path.open("rb") as file:
        return restore(file, quiet)


def test_a_new_installation_is_the_same_as_the_old_one(saved: Path, empty: Any, settings: LazySettings) -> None:
    before = everything()
    files_before = checksums(Path(settings.MEDIA_ROOT))
    without_rows = {label for label, rows in before.items() if not rows}
    assert without_rows <= {"accounts.user_user_permissions"}, "every table has rows: the comparison means something"
    new_root = empty()

    done = restored_from(saved)

    assert everything() == before
    assert checksums(new_root) == files_before
    assert (done.files, len(files_before)) == (6, 6)
    assert any(name.startswith("private/videos/") for name in files_before)


def test_new_rows_get_numbers_after_the_restored_ones(saved: Path, empty: Any) -> None:
    last = Like.objects.latest("pk").pk
    empty()
    restored_from(saved)

    made = Like.objects.create(video=Video.objects.earliest("pk"), user=User.objects.get(username="alice"))

    assert made.pk > last


def test_people_can_log_in_and_work_goes_on(saved: Path, empty: Any, client: Any) -> None:
    empty()
    restored_from(saved)

    assert client.login(username="alice", password="a long enough password")
    assert not Worker.objects.exists(), "the old installation's workers are not here"
    assert ProcessingStep.objects.filter(state="waiting").exists()


def test_a_video_that_was_worked_on_is_finished_and_not_failed(full: None, tmp_path: Path, empty: Any) -> None:
    """Its last attempt was under way when the backup was made."""
    step = ProcessingStep.objects.filter(state="waiting", kind="prepare").earliest("pk")
    long_ago = timezone.now() - timedelta(days=1)
    ProcessingStep.objects.filter(pk=step.pk).update(
        state="running", attempts=MAX_ATTEMPTS, worker="there:1", claim="x", heartbeat_at=long_ago, progress=50
    )
    path = tmp_path / "running.tar"
    call_command("backup", str(path))
    empty()

    restored_from(path)

    sweep()
    step.refresh_from_db()
    assert (step.state, step.attempts, step.worker, step.claim, step.progress) == ("waiting", 0, "", "", 0)
    assert (step.heartbeat_at, step.started_at) == (None, None)


def test_only_its_owner_may_read_the_file(saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600


def test_only_its_owner_may_read_a_file_that_a_shell_made(tmp_path: Path) -> None:
    data, target = tmp_path / "data", tmp_path / "redirected.tar"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "POSTGRES_"))}
    environment = {**inherited, "DATA_DIR": str(data)}
    with target.open("wb") as output:
        target.chmod(0o644)
        for words in (("migrate", "-v0"), ("backup", "-")):
            command = [sys.executable, "manage.py", *words]
            subprocess.run(
                command, cwd=REPOSITORY, env=environment, check=True, stdout=output, stderr=subprocess.DEVNULL
            )

    assert target.stat().st_mode & 0o777 == 0o600


def test_sha256sum_can_check_it_as_well(saved: Path, tmp_path: Path) -> None:
    with tarfile.open(saved) as tar:
        tar.extractall(tmp_path / "out", filter="data")
    sums = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*.sha256"))

    done = subprocess.run(
        ["sha256sum", "-c", "--quiet"], check=False, input=sums, cwd=tmp_path / "out", capture_output=True
    )

    assert (done.returncode, done.stdout) == (0, b"")
    assert sums.count(b"\n") > 20


def test_it_does_not_replace_an_older_backup(saved: Path) -> None:
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(saved))


def test_a_deleted_video_does_not_stop_it(full: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deleted between the rows and its files, and a video whose poster is not made yet."""
    first, second = Video.objects.filter(title__contains="“").order_by("pk")
    real = rows.snapshot

    class Snapshot:
        def __enter__(self) -> None:
            self._real = real()
            self._real.__enter__()

        def __exit__(self, *args: Any) -> None:
            self._real.__exit__(*args)
            services.delete_video(first)
            files.stored_path(files.media_key(second, files.POSTER_FILE)).unlink()

    monkeypatch.setattr(rows, "snapshot", Snapshot)

    saved = backup.back_up(io.BytesIO(), quiet)

    assert saved.files == 2


def test_a_bit_that_flipped_is_found_and_nothing_is_restored(saved: Path, empty: Any) -> None:
    content = bytearray(saved.read_bytes())
    content[len(content) - 400_000] ^= 1
    saved.write_bytes(content)
    empty()

    with pytest.raises(CannotRestore, match="is damaged in this backup"):
        restored_from(saved)

    assert not rows.has_rows()


@pytest.mark.parametrize("kept", [0.001, 0.4, 0.9, 0.99])
def test_a_backup_that_is_cut_off_is_refused(saved: Path, empty: Any, kept: float) -> None:
    with saved.open("r+b") as file:
        file.truncate(int(saved.stat().st_size * kept))
    empty()

    with pytest.raises(CannotRestore, match="backup"):
        restored_from(saved)

    assert not rows.has_rows()


def test_without_its_last_member_it_is_cut_off(saved: Path) -> None:
    shorter = io.BytesIO()
    with tarfile.open(saved) as tar, tarfile.open(fileobj=shorter, mode="w") as target:
        for info in tar.getmembers()[:-2]:
            target.addfile(info, tar.extractfile(info))
    shorter.seek(0)

    with pytest.raises(archive.BadArchive, match="cut off"):
        backup.verify(shorter)


def test_any_other_file_is_refused(empty: Any, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"text" * 1000)
    empty()

    with pytest.raises(CommandError, match="not a whole backup"):
        call_command("restore", str(tmp_path / "other"))


def test_a_member_that_no_row_names_is_put_nowhere(saved: Path, empty: Any, tmp_path: Path) -> None:
    evil = io.BytesIO()
    writer = archive.Writer(evil)
    writer.add_json("manifest.json", {"format": 1, "migrations": rows.applied_migrations()})
    writer.add("media/videos/../../evil", io.BytesIO(b"evil"), 4)
    writer.finish()
    evil.seek(0)
    root = empty()

    with pytest.raises(CannotRestore, match="belongs to no video"):
        restore(evil, quiet)

    assert checksums(root) == {}


def rewritten(saved: Path, table: str, change: Callable[[dict[str, Any]], None], stolen: str | Path = "") -> io.BytesIO:
    """The backup as somebody hands it on who has put other values into its rows, and perhaps a file for that path."""
    changed = io.BytesIO()
    writer = archive.Writer(changed)
    with saved.open("rb") as file:
        for member in archive.read_members(file):
            content = member.stream.read()
            if member.name == f"database/{table}.jsonl":
                lines = [json.loads(line) for line in content.splitlines()]
                for line in lines:
                    change(line)
                content = "".join(json.dumps(line) + "\n" for line in lines).encode()
            writer.add(member.name, io.BytesIO(content), len(content))
            if member.name == f"database/{table}.jsonl" and stolen:
                writer.add(f"media/{stolen}", io.BytesIO(b"evil"), 4)
    writer.finish()
    changed.seek(0)
    return changed


def test_a_hostile_backup_writes_no_file_of_its_choice(saved: Path, empty: Any, tmp_path: Path) -> None:
    stolen = tmp_path / "stolen"

    def change(row: dict[str, Any]) -> None:
        if row["fields"]["visibility"] == "private":
            row["fields"].update(name=stolen.parts[1], original_file=str(stolen))

    evil = rewritten(saved, "videos.video", change, stolen)
    empty()

    with pytest.raises(CannotRestore):
        restore(evil, quiet)

    assert not stolen.exists()


@pytest.mark.parametrize(
    ("table", "field", "value"),
    [
        ("videos.video", "original_file", "/tmp/stolen"),
        ("videos.video", "original_file", "originals/../../stolen/original.webm"),
        ("videos.video", "original_file", "originals/aaaaaaaaaaaa/original.webm"),
        ("videos.video", "name", "../../stolen"),
        ("capture.upload", "pk", "../../../stolen"),
        ("capture.upload", "video_name", "../../stolen"),
        ("capture.upload", "original_file", "/tmp/stolen"),
    ],
)
def test_no_row_of_a_backup_chooses_a_path(saved: Path, empty: Any, table: str, field: str, value: str) -> None:
    def change(row: dict[str, Any]) -> None:
        (row if field == "pk" else row["fields"])[field] = value

    evil = rewritten(saved, table, change)
    root = empty()

    with pytest.raises(CannotRestore, match="names files that are not those of a video"):
        restore(evil, quiet)

    assert (checksums(root), rows.has_rows()) == ({}, False)


def test_a_row_without_an_end_does_not_take_all_memory(
    saved: Path, empty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty()
    monkeypatch.setattr(rows, "ROW_MAX", 50)

    with pytest.raises(CannotRestore, match="more than 50 characters"):
        restored_from(saved)


def header(kind: bytes, size_bytes: int = 0, pax: dict[str, str] | None = None) -> io.BytesIO:
    info = tarfile.TarInfo("manifest.json")
    info.type, info.size, info.linkname, info.pax_headers = kind, size_bytes, "/etc/passwd", pax or {}
    return io.BytesIO(info.tobuf(tarfile.PAX_FORMAT))


@pytest.mark.parametrize(
    "member",
    [
        *(header(kind) for kind in (tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE)),
        *(header(kind) for kind in (tarfile.FIFOTYPE, tarfile.DIRTYPE)),
        *(header(kind, 2**32) for kind in (tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_SPARSE)),
        header(tarfile.REGTYPE, pax={"GNU.sparse.size": str(2**50)}),
    ],
)
def test_a_member_that_is_no_plain_file_is_refused(member: io.BytesIO, empty: Any) -> None:
    empty()

    with pytest.raises(CannotRestore, match="plain file"):
        restore(member, quiet)


def test_a_member_of_less_than_no_bytes_is_refused(empty: Any) -> None:
    empty()

    # Newer versions of Python look at the size by themselves, and take it for the end.
    with pytest.raises(CannotRestore, match="plain file|cut off"):
        restore(header(tarfile.REGTYPE, pax={"size": "-5"}), quiet)


def test_an_installation_in_use_is_refused(saved: Path) -> None:
    before = everything()

    with pytest.raises(CannotRestore, match="not empty"):
        restored_from(saved)

    assert everything() == before


def test_another_version_of_the_tables_is_refused(saved: Path, empty: Any) -> None:
    empty()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('videos', '0099_later', %s)", [timezone.now()]
        )

    try:
        with pytest.raises(CannotRestore, match="videos.0099_later"):
            restored_from(saved)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '0099_later'")


def test_writers_go_on_while_rows_are_of_one_moment(full: None) -> None:
    before = Like.objects.count()
    seen = []

    def write() -> None:
        try:
            Like.objects.all().delete()
        finally:
            connection.close()

    with rows.snapshot():
        seen.append(Like.objects.count())
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(15)
        assert not writer.is_alive(), "it did not wait for the backup"
        seen.append(Like.objects.count())

    assert (seen, Like.objects.count()) == ([before, before], 0)


@pytest.mark.media
def test_from_sqlite_to_postgres_and_back(tmp_path: Path, full: None, settings: LazySettings) -> None:
    """Through the commands, as people use them: each backup holds the same rows and files as the one before."""
    first = tmp_path / "first.tar"
    call_command("backup", str(first))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "POSTGRES_"))}

    def manage(
        data: Path, *words: str, variables: Mapping[str, str] | None = None, given: Path = Path(os.devnull)
    ) -> Path:
        """A file with what the command wrote to its standard output."""
        output = tmp_path / f"{data.name}-{words[0]}.out"
        environment = {**inherited, "DATA_DIR": str(data), **(variables or {})}
        command = [sys.executable, "manage.py", *words]
        with given.open("rb") as stdin, output.open("wb") as stdout, (tmp_path / "said").open("w+") as stderr:
            done = subprocess.run(
                command, cwd=REPOSITORY, env=environment, check=False, stdin=stdin, stdout=stdout, stderr=stderr
            )
            stderr.seek(0)
            assert done.returncode == 0, stderr.read()
        return output

    with PostgresServer() as postgres:
        manage(tmp_path / "b", "prepare_site", variables=postgres.environment)
        manage(tmp_path / "b", "restore", str(first), variables=postgres.environment)
        second = manage(tmp_path / "b", "backup", "-", variables=postgres.environment)
    manage(tmp_path / "c", "prepare_site")
    manage(tmp_path / "c", "restore", "-", given=second)
    third = tmp_path / "third.tar"
    manage(tmp_path / "c", "backup", str(third))

    def content(path: Path) -> dict[str, bytes]:
        with tarfile.open(path) as tar:
            found = {info.name: tar.extractfile(info) for info in tar if not info.name.startswith("manifest")}
            return {name: file.read() for name, file in found.items() if file}

    assert content(first).keys() == content(second).keys()
    assert content(first) == content(second) == content(third)
    with sqlite3.connect(tmp_path / "c" / "db.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM social_like").fetchone() == (2,)
    database.close()
