"""How gunicorn serves the site; `gunicorn --config python:videostream.gunicorn videostream.wsgi`.

One process with threads suits one machine: WEB_CONCURRENCY, which gunicorn itself reads, asks for more processes.
"""

from __future__ import annotations

import os
import shutil
import tempfile

from videostream import settings

worker_class = "gthread"
# A third of them may read chunks (capture/chunks.py), another third wait for playlists (streaming/demand.py).
threads = 24
# Longer than a request for a stream may wait for its playlist (STREAM_WAIT_S).
timeout = 60
graceful_timeout = 25
keepalive = 15
# The workers' heartbeat file must not wait for a busy disk: https://docs.gunicorn.org/en/stable/faq.html
worker_tmp_dir = "/dev/shm"  # noqa: S108  # gunicorn makes an unguessable name
_lines = settings.LOGGING
# Its lines look like the site's own (LOG_FORMAT). gunicorn has defaults for all of this, so nothing may be left out.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        name: {"handlers": ["console"], "level": "WARNING", "propagate": False}
        for name in ("gunicorn.error", "gunicorn.access")
    },
    **{part: _lines[part] for part in ("filters", "formatters", "handlers")},
}

_FIGURES = "PROMETHEUS_MULTIPROC_DIR"


def on_starting(_server: object) -> None:
    """Figures about requests are kept where all processes can add to them: operations/requests.py.

    https://prometheus.github.io/client_python/multiprocess/
    """
    os.environ[_FIGURES] = tempfile.mkdtemp(  # noqa: TID251  # its processes inherit it
        prefix="videostream-figures-", dir=worker_tmp_dir
    )


def on_exit(_server: object) -> None:
    shutil.rmtree(os.environ[_FIGURES], ignore_errors=True)  # noqa: TID251
