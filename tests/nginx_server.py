"""A real nginx with the project's own template, in front of a site on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from types import TracebackType

from tests.live_site import REPOSITORY, free_port, wait_for

TEMPLATE = REPOSITORY / "nginx" / "site.conf.template"
TLS_TEMPLATE = REPOSITORY / "nginx" / "tls.conf.template"
# What the container's own nginx.conf does around the template.
AROUND = """\
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def filled(template: str, values: dict[str, str]) -> str:
    """The template as envsubst fills it; a word without a value is an error here."""
    return re.sub(r"\$\{([A-Z_]+)\}", lambda found: values[found[1]], template)


class NginxServer:
    """`with NginxServer(folder, django_port=..., data=..., static=...) as nginx:` serves at `nginx.url`."""

    def __init__(self, folder: Path, *, django_port: int, data: Path, static: Path, cors_origin: str = "") -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._values = {
            "NGINX_LISTEN": f"127.0.0.1:{self.port}",
            "NGINX_RESOLVER": "127.0.0.1",
            "NGINX_TRUSTED_PROXY": "127.0.0.2/32",
            "NGINX_EXTRA": str(folder / "extra"),
            "HLS_CORS_ORIGIN": cors_origin,
            "LOG_FORMAT": "json",
            "TLS_FOLDER": str(folder / "extra"),
            "PUBLIC_URL": "https://videos.example.org",
            "DJANGO": f"127.0.0.1:{django_port}",
            "STATIC_ROOT": str(static),
            "MEDIA_ROOT": str(data / "media"),
            "HLS_ROOT": str(data / "hls"),
        }

    def __enter__(self) -> NginxServer:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "site.conf").write_text(self._filled(TEMPLATE))
        # The temporary folders of the tests are for the owner only.
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(AROUND.format(folder=self.folder, user=user))
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program is not None, "nginx is not installed"
        with (self.folder / "access.log").open("w") as access:
            self._process = subprocess.Popen(
                [program, "-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "error.log")], stdout=access
            )
        wait_for((self.folder / "nginx.pid").exists, 10, f"nginx: {self.log()}")
        self.said_at_start = self.log()
        return self

    def with_tls(self, port: int) -> NginxServer:
        """Also serve HTTPS at that port, with a certificate made now and the settings of docker-compose.tls.yml."""
        extra = self.folder / "extra"
        extra.mkdir(parents=True)
        text = self._filled(TLS_TEMPLATE).replace("listen 443", f"listen 127.0.0.1:{port}")
        (extra / "tls.conf").write_text(text)
        made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        files = ["-keyout", str(extra / "key.pem"), "-out", str(extra / "certificate.pem")]
        subprocess.run([*made, *files], check=True, capture_output=True)
        return self

    def _filled(self, template: Path) -> str:
        return filled(template.read_text(encoding="utf-8"), self._values)

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(10)

    def requests(self) -> str:
        """The log of requests, one JSON object a line."""
        return (self.folder / "access.log").read_text(encoding="utf-8")

    def log(self) -> str:
        """What nginx complained about."""
        path = self.folder / "error.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else "it wrote no log"
