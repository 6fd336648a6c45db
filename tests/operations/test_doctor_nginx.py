"""The doctor asks a real nginx in front of a real gunicorn."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from operations import nginx_revision
from tests import nginx_server
from tests.live_site import LiveSite, free_port
from tests.nginx_server import NginxServer

pytestmark = [pytest.mark.media, pytest.mark.nginx]
Examine = Callable[..., dict[str, tuple[str, str]]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    site = LiveSite(tmp_path_factory.mktemp("site"), {"NGINX_SENDS_FILES": "true", "BEHIND_PROXY": "true"})
    site.manage("migrate", "-v0")
    site.start_web()
    yield site
    site.kill("web")


@pytest.fixture
def examine(site: LiveSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Examine:
    """What the doctor says with one thing in nginx' configuration replaced by another, by title."""

    def run(old: str = "", new: str = "", *, data: Path = site.folder) -> dict[str, tuple[str, str]]:
        template = nginx_server.TEMPLATE.read_text(encoding="utf-8")
        assert old in template
        (tmp_path / "template").write_text(template.replace(old, new) if old else template)
        monkeypatch.setattr(nginx_server, "TEMPLATE", tmp_path / "template")
        with NginxServer(tmp_path / "nginx", django_port=site.port, data=data, static=site.folder / "static") as nginx:
            site.environment["NGINX_URL"] = nginx.url
            output = doctor(site)
        return parsed(output)

    return run


def doctor(site: LiveSite) -> str:
    try:
        return site.manage("doctor", "--no-color")
    except subprocess.CalledProcessError as error:
        return str(error.stdout)


def parsed(output: str) -> dict[str, tuple[str, str]]:
    lines = [line.partition(": ") for line in output.splitlines()]
    return {head[9:]: (head[:9].strip(), sentence) for head, _, sentence in lines}


def test_the_site_s_own_configuration_is_right(examine: Examine) -> None:
    found = examine()

    assert found["Upload limit"] == ("ok", "nginx takes chunks of 10 MiB, as Django does, and refuses larger ones.")
    assert found["Shared folder"] == ("ok", "nginx sends what Django puts into HLS_ROOT, but not what is private.")
    assert found["nginx"] == ("ok", "nginx runs with the configuration of this version.")
    assert found["HTTPS"][0] == "ok"
    assert found["Workers"][0] == "broken", "there is none here"


def test_a_limit_that_is_too_small_is_named(examine: Examine) -> None:
    severity, sentence = examine("client_max_body_size 11m", "client_max_body_size 5m")["Upload limit"]

    assert (severity, "set client_max_body_size 11m for /api/uploads/" in sentence) == ("broken", True)


def test_an_upgrade_that_left_nginx_as_it_was_is_named(examine: Examine) -> None:
    severity, sentence = examine(nginx_revision.expected(), "0123456789ab")["nginx"]

    assert (severity, "configuration of another version" in sentence) == ("broken", True)


def test_an_nginx_from_before_there_were_revisions_is_named(examine: Examine) -> None:
    assert examine("location = /nginx-revision", "location = /unused")["nginx"][0] == "broken"


def test_no_limit_is_named(examine: Examine) -> None:
    severity, sentence = examine("client_max_body_size 11m", "client_max_body_size 0")["Upload limit"]

    assert (severity, "lower client_max_body_size" in sentence) == ("warning", True)


def test_buffered_uploads_are_named(examine: Examine) -> None:
    severity, sentence = examine("proxy_request_buffering off", "proxy_request_buffering on")["Upload limit"]

    assert (severity, "set proxy_request_buffering off" in sentence) == ("broken", True)


def test_a_folder_that_is_not_shared_is_named(examine: Examine, tmp_path: Path) -> None:
    severity, sentence = examine(data=tmp_path / "elsewhere")["Shared folder"]

    assert (severity, "mount the same volume in both" in sentence) == ("broken", True)


def test_private_files_that_are_given_away_are_named(examine: Examine) -> None:
    severity, sentence = examine("location /hls/private/ {", "location /hls/unused/ {")["Shared folder"]

    assert (severity, "gives away private files" in sentence) == ("broken", True)


@pytest.fixture
def https(site: LiveSite, tmp_path: Path) -> Iterator[LiveSite]:
    """The site as with docker-compose.tls.yml: nginx ends HTTPS with a certificate that it made itself."""
    port = free_port()
    nginx = NginxServer(tmp_path / "nginx", django_port=site.port, data=site.folder, static=site.folder / "static")
    kept = dict(site.environment)
    with nginx.with_tls(port):
        site.environment |= {"PUBLIC_URL": f"https://localhost:{port}", "NGINX_URL": f"https://127.0.0.1:{port}"}
        yield site
    site.environment.clear()
    site.environment.update(kept)


def found_by(site: LiveSite) -> dict[str, tuple[str, str]]:
    return parsed(doctor(site))


def test_https_by_nginx_itself_breaks_no_other_line(https: LiveSite) -> None:
    found = found_by(https)

    assert {found[title][0] for title in ("nginx", "Upload limit", "Shared folder")} == {"ok"}


def test_a_certificate_that_browsers_refuse_is_named(https: LiveSite) -> None:
    severity, sentence = found_by(https)["HTTPS"]

    assert severity == "broken" and "self-signed certificate" in sentence


def test_a_certificate_that_browsers_trust_is_right(https: LiveSite, tmp_path: Path) -> None:
    https.environment["SSL_CERT_FILE"] = str(tmp_path / "nginx" / "extra" / "certificate.pem")

    assert found_by(https)["HTTPS"] == ("ok", "nginx ends HTTPS with a certificate that browsers trust.")


def test_figures_are_not_published(examine: Examine, site: LiveSite, tmp_path: Path) -> None:
    with NginxServer(tmp_path / "nginx", django_port=site.port, data=site.folder, static=site.folder) as nginx:
        for path in ("/metrics", "/metrics/"):
            with pytest.raises(OSError, match="404"):
                LiveSite.call(_At(nginx.url), "GET", path)  # type: ignore[arg-type]


class _At:
    """Only the address, for LiveSite.call."""

    def __init__(self, url: str) -> None:
        self.url = url
