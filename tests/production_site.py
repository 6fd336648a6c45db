"""The parts of docker-compose.yml on this machine: Postgres, gunicorn, the worker, and nginx in front of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.live_site import LiveSite
from tests.nginx_server import NginxServer
from tests.postgres_server import PostgresServer


class _PreparedSite(LiveSite):
    def __enter__(self) -> _PreparedSite:
        self.manage("prepare_site", "-v0")
        super().__enter__()
        return self


@contextmanager
def production_site(folder: Path, **variables: str) -> Iterator[LiveSite]:
    """A site whose address is that of nginx; `variables` are added to its environment."""
    with PostgresServer() as postgres:
        behind_nginx = {"BEHIND_PROXY": "true", "NGINX_SENDS_FILES": "true"}
        environment = {**postgres.environment, **behind_nginx, **variables}
        with _PreparedSite(folder, environment) as site:
            nginx = NginxServer(folder / "nginx", django_port=site.port, data=folder, static=folder / "static")
            with nginx:
                site.url = nginx.url
                yield site
