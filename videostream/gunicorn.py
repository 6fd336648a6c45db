"""How gunicorn serves the site; `gunicorn --config python:videostream.gunicorn videostream.wsgi`.

One process with threads suits one machine: WEB_CONCURRENCY, which gunicorn itself reads, asks for more processes.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

worker_class = "gthread"
# A third of them may read chunks (capture/chunks.py), another third wait for playlists (streaming/demand.py).
threads = 24
# Longer than a request for a stream may wait for its playlist (STREAM_WAIT_S).
timeout = 60
graceful_timeout = 25
keepalive = 15
# The workers' heartbeat file must not wait for a busy disk: https://docs.gunicorn.org/en/stable/faq.html
worker_tmp_dir = "/dev/shm"  # noqa: S108  # gunicorn makes an unguessable name

# Figures about requests are kept where all processes can add to them (operations/requests.py). Set before the settings
# are read, which tell the site where that is: https://prometheus.github.io/client_python/multiprocess/
_FIGURES = "PROMETHEUS_MULTIPROC_DIR"
if _FIGURES not in os.environ:  # noqa: TID251  # it is when gunicorn reads this again (SIGHUP)
    os.environ[_FIGURES] = tempfile.mkdtemp(prefix="videostream-figures-", dir=worker_tmp_dir)  # noqa: TID251


def _lines_like_the_site_s() -> dict[str, Any]:
    """LOG_FORMAT holds for gunicorn, too. It has defaults for all of this, so nothing may be left out."""
    from videostream.settings import LOGGING

    names = ("gunicorn.error", "gunicorn.access")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {name: {"handlers": ["console"], "level": "WARNING", "propagate": False} for name in names},
        **{part: LOGGING[part] for part in ("filters", "formatters", "handlers")},
    }


logconfig_dict = _lines_like_the_site_s()


def on_exit(_server: object) -> None:
    shutil.rmtree(os.environ[_FIGURES], ignore_errors=True)  # noqa: TID251
