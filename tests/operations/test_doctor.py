from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.utils import timezone

from accounts.models import User
from mediatools.capabilities import Capabilities
from mediatools.errors import ProgramMissing
from operations import disk, doctor, machine_checks, service_checks, site_checks
from operations.findings import Finding, Severity, broken, ok
from operations.queue import QueueUnreachable
from tests.factories import published
from videos import services
from videos.models import ProcessingStep
from videos.work.workers import say_alive

OK, WARNING, BROKEN = Severity
GIB = 1024**3


@pytest.fixture
def weights(tmp_path: Path, settings: LazySettings) -> Path:
    """A named model as set-up leaves it, with its checksum noted."""
    path = tmp_path / "tiny.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/data.pkl", b"weights")
    record = {
        "name": "tiny",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "size_bytes": path.stat().st_size,
        "source": "test",
    }
    (tmp_path / "tiny.pt.json").write_text(json.dumps(record))
    settings.WHISPER_MODEL = "tiny"
    settings.WHISPER_WEIGHTS_DIR = tmp_path
    return path


def test_whole_weights_are_right(weights: Path) -> None:
    assert machine_checks.check_weights() == ok("The Whisper model tiny is there and its checksum is right.")


def test_damaged_weights_are_named(weights: Path) -> None:
    content = bytearray(weights.read_bytes())
    content[40] ^= 1
    weights.write_bytes(content)

    finding = machine_checks.check_weights()
    assert (finding.severity, "tiny.pt are damaged" in finding.sentence) == (BROKEN, True)


def test_missing_weights_are_named(weights: Path) -> None:
    weights.unlink()

    assert machine_checks.check_weights().severity is BROKEN


def test_a_file_that_is_no_checkpoint_is_named(tmp_path: Path, settings: LazySettings) -> None:
    path = tmp_path / "other.pt"
    path.write_text("an error page")
    settings.WHISPER_MODEL = str(path)

    assert "not a Whisper checkpoint" in machine_checks.check_weights().sentence


@pytest.mark.parametrize(("free", "severity"), [(GIB // 2, BROKEN), (5 * GIB, WARNING), (50 * GIB, OK)])
def test_the_fullest_disk_decides(free: int, severity: Severity, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [disk.Disk("MEDIA_ROOT", 100 * GIB, 200 * GIB), disk.Disk("HLS_ROOT", free, 200 * GIB)]
    monkeypatch.setattr(machine_checks, "disks", lambda: found)

    finding = machine_checks.check_disk()
    assert (finding.severity, "HLS_ROOT" in finding.sentence) == (severity, True)


def test_a_disk_on_which_work_waits_is_named(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    monkeypatch.setattr(machine_checks, "disks", lambda: [disk.Disk("HLS_ROOT", settings.DISK_RESERVE_BYTES - 1, GIB)])

    finding = machine_checks.check_disk()
    assert (finding.severity, "work on videos waits" in finding.sentence) == (BROKEN, True)


def test_a_folder_that_cannot_be_written_is_named(settings: LazySettings, tmp_path: Path) -> None:
    assert machine_checks.check_folders().severity is OK
    (tmp_path / "file").touch()
    settings.HLS_ROOT = tmp_path / "file" / "below"

    finding = machine_checks.check_folders()
    assert (finding.severity, "HLS_ROOT" in finding.sentence) == (BROKEN, True)
    assert "MEDIA_ROOT" not in finding.sentence


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Capabilities("7.1", ("encoder libx264",), is_isolated=True), "lacks encoder libx264"),
        (ProgramMissing("ffmpeg is not installed."), "ffmpeg is not installed."),
    ],
)
def test_an_ffmpeg_that_is_not_enough_is_named(
    answer: Capabilities | ProgramMissing, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read() -> Capabilities:
        if isinstance(answer, ProgramMissing):
            raise answer
        return answer

    monkeypatch.setattr(machine_checks, "read_capabilities", read)

    finding = machine_checks.check_ffmpeg()
    assert (finding.severity, words in finding.sentence) == (BROKEN, True)


@pytest.mark.django_db
def test_migrations_that_are_not_applied_are_named() -> None:
    assert service_checks.check_database().severity is OK
    [(_, newest)] = MigrationLoader(connection).graph.leaf_nodes("videos")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'videos' AND name = %s", [newest])

    assert f"videos.{newest}" in service_checks.check_database().sentence


def test_a_queue_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise QueueUnreachable("The queue does not answer: refused")

    assert service_checks.check_queue() == ok("The queue answers; 0 messages waiting.")
    monkeypatch.setattr(service_checks, "messages_waiting", refuse)
    assert service_checks.check_queue().severity is BROKEN


@pytest.mark.django_db
def test_no_worker_is_broken() -> None:
    assert service_checks.check_workers().severity is BROKEN
    say_alive()
    assert service_checks.check_workers() == ok("1 worker with 2 threads live.")


def test_a_video_that_waits_for_long_is_a_warning(alice: User) -> None:
    services.create_video(owner=alice, kind="original")
    assert service_checks.check_waiting().severity is OK

    ProcessingStep.objects.update(created_at=timezone.now() - timedelta(minutes=7))

    assert "waits for 7 minutes to be made playable" in service_checks.check_waiting().sentence


def test_steps_that_failed_lately_are_a_warning(alice: User) -> None:
    now = timezone.now()
    video = published(alice)
    video.steps.filter(kind="poster").update(state="failed", started_at=now, finished_at=now)

    assert "1 step failed within the last hour (poster)" in service_checks.check_waiting().sentence


@pytest.mark.parametrize(
    ("public_url", "address", "camera"),
    [
        ("", WARNING, OK),
        ("http://localhost:8000", OK, OK),
        ("https://videos.example.org", OK, OK),
        ("http://videos.example.org", OK, BROKEN),
    ],
)
def test_browsers_give_a_camera_to_safe_addresses_only(
    settings: LazySettings, public_url: str, address: Severity, camera: Severity
) -> None:
    settings.PUBLIC_URL = public_url

    assert site_checks.check_public_url().severity is address
    assert site_checks.check_camera().severity is camera


@pytest.mark.parametrize(
    ("values", "severity"),
    [
        ({"DEBUG": False}, OK),
        ({"DEBUG": True, "PUBLIC_URL": ""}, WARNING),
        ({"DEBUG": True, "PUBLIC_URL": "https://a.example"}, BROKEN),
        ({"DEBUG": False, "SECRET_KEY": "a" * 50}, BROKEN),
        ({"DEBUG": False, "SECRET_KEY": "django-insecure-0123456789abcdefghijklmnopq"}, BROKEN),
    ],
)
def test_unsafe_settings_are_named(settings: LazySettings, values: dict[str, object], severity: Severity) -> None:
    settings.SECRET_KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
    for name, value in values.items():
        setattr(settings, name, value)

    assert site_checks.check_safety().severity is severity


def test_without_nginx_there_is_nothing_to_ask() -> None:
    assert site_checks.check_upload_limit().severity is OK
    assert site_checks.check_shared_folder().severity is OK


def test_nginx_needs_an_address_to_be_asked(settings: LazySettings) -> None:
    settings.NGINX_SENDS_FILES = True
    assert "NGINX_URL" in site_checks.check_upload_limit().sentence

    settings.NGINX_URL = "http://127.0.0.1:9"
    finding = site_checks.check_shared_folder()
    assert (finding.severity, "http://127.0.0.1:9 cannot be reached" in finding.sentence) == (BROKEN, True)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replaces all checks."""

    def replace(**checks: Callable[[], Finding]) -> None:
        monkeypatch.setattr(doctor, "CHECKS", checks)

    return replace


def test_a_link_that_cannot_be_asked_is_broken(only: Callable[..., None]) -> None:
    def fail() -> Finding:
        raise OperationalError("connection refused")

    only(First=fail, Second=lambda: ok("Well."))

    first, second = doctor.examine()
    assert (first.severity, first.sentence) == (BROKEN, "This could not be looked at: connection refused")
    assert second == doctor.Line("Second", OK, "Well.")


def test_the_command_ends_with_1_if_something_is_broken(
    only: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    only(First=lambda: ok("Well."))
    call_command("doctor", no_color=True)
    assert capsys.readouterr().out == "ok       First: Well.\n"

    only(First=lambda: broken("Ill."))
    with pytest.raises(SystemExit, match="1"):
        call_command("doctor", no_color=True)
    assert "broken   First: Ill." in capsys.readouterr().out


@pytest.fixture
def as_staff(alice: User, as_alice: Client) -> Client:
    alice.is_staff = alice.is_superuser = True
    alice.save(update_fields=["is_staff", "is_superuser"])
    return as_alice


def test_staff_see_the_findings_and_find_the_page(
    as_staff: Client, only: Callable[..., None], settings: LazySettings
) -> None:
    only(First=lambda: broken("Ill & <pale>."))
    settings.PUBLIC_URL = "https://videos.example.org"

    page = as_staff.get("/admin/doctor/").text

    assert "<strong>First:</strong> Ill &amp; &lt;pale&gt;." in page
    assert "You came by http://testserver, but PUBLIC_URL is https://videos.example.org" in page
    assert '"/admin/doctor/"' in as_staff.get("/admin/").text


def test_the_page_agrees_where_the_address_is_right(
    as_staff: Client, only: Callable[..., None], settings: LazySettings
) -> None:
    only()
    settings.PUBLIC_URL = "http://testserver"

    assert "as PUBLIC_URL says" in as_staff.get("/admin/doctor/").text


def test_staff_who_may_see_workers_see_it_and_no_others(
    alice: User, as_alice: Client, only: Callable[..., None]
) -> None:
    only()
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    assert as_alice.get("/admin/doctor/").status_code == 403
    assert "/admin/doctor/" not in as_alice.get("/admin/").text

    alice.user_permissions.set(Permission.objects.filter(codename="view_worker"))

    assert as_alice.get("/admin/doctor/").status_code == 200
    assert '"/admin/doctor/"' in as_alice.get("/admin/").text


def test_others_do_not_see_it(as_bob: Client, stranger: Client) -> None:
    for browser in (as_bob, stranger):
        answer = browser.get("/admin/doctor/")
        assert (answer.status_code, answer["Location"]) == (302, "/admin/login/?next=/admin/doctor/")


@pytest.mark.parametrize("nobody", ["", "127.0.0.1/32"])
def test_an_https_address_that_nobody_ends_is_named(settings: LazySettings, nobody: str) -> None:
    """With it nobody can log in."""
    settings.PUBLIC_URL, settings.NGINX_URL = "https://videos.example.org", "http://nginx"
    settings.NGINX_SENDS_FILES, settings.NGINX_TRUSTED_PROXY = True, nobody

    finding = site_checks.check_https()
    assert (finding.severity, "NGINX_TRUSTED_PROXY" in finding.sentence) == (BROKEN, True)


def test_a_server_in_front_that_nginx_believes_is_right(settings: LazySettings) -> None:
    settings.PUBLIC_URL, settings.NGINX_URL = "https://videos.example.org", "http://nginx"
    settings.NGINX_SENDS_FILES, settings.NGINX_TRUSTED_PROXY = True, "172.16.0.0/12"

    assert site_checks.check_https().severity is OK


def test_an_http_address_needs_no_certificate(settings: LazySettings) -> None:
    settings.PUBLIC_URL, settings.NGINX_SENDS_FILES = "http://localhost", True

    assert site_checks.check_https().severity is OK
