"""How gunicorn serves the site; `gunicorn --config python:videostream.gunicorn videostream.wsgi`.

One process with threads suits one machine: WEB_CONCURRENCY, which gunicorn itself reads, asks for more processes.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

from videostream import settings

worker_class = "gthread"
# A third of them may read chunks (capture/chunks.py), another third wait for playlists (streaming/demand.py).
threads = 24
# Longer than a request for a stream may wait for its playlist (STREAM_WAIT_S).
timeout = 60
graceful_timeout = 25
keepalive = 15
# The site lies at the root of its host: no header says which part of an address is the page's (SCRIPT_NAME, PATH_INFO).
forwarder_headers = ""
# The workers' heartbeat file must not wait for a busy disk: https://docs.gunicorn.org/en/stable/faq.html
worker_tmp_dir = "/dev/shm"  # noqa: S108  # gunicorn makes an unguessable name

_FIGURES = "PROMETHEUS_MULTIPROC_DIR"


def _lines_like_the_site_s() -> dict[str, Any]:
    """LOG_FORMAT holds for gunicorn, too. It has defaults for all of this, so nothing may be left out."""
    names = ("gunicorn.error", "gunicorn.access")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {name: {"handlers": ["console"], "level": "WARNING", "propagate": False} for name in names},
        **{part: settings.LOGGING[part] for part in ("filters", "formatters", "handlers")},
    }


logconfig_dict = _lines_like_the_site_s()


def on_starting(_server: object) -> None:
    """Figures about requests are kept where all processes can add to them: operations/requests.py.

    The settings are read already, for the look of the log; the processes that serve inherit them.
    https://prometheus.github.io/client_python/multiprocess/
    """
    folder = tempfile.mkdtemp(prefix="videostream-figures-", dir=worker_tmp_dir)
    os.environ[_FIGURES] = settings.REQUEST_FIGURES_DIR = folder  # noqa: TID251  # prometheus_client looks there


def on_exit(_server: object) -> None:
    shutil.rmtree(os.environ[_FIGURES], ignore_errors=True)  # noqa: TID251
