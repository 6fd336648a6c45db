"""How gunicorn serves the site; `gunicorn --config python:videostream.gunicorn videostream.wsgi`.

One process with threads suits one machine: WEB_CONCURRENCY, which gunicorn itself reads, asks for more processes.
"""

from __future__ import annotations

worker_class = "gthread"
threads = 16
# Longer than a request for a stream may wait for its playlist (STREAM_WAIT_S).
timeout = 60
graceful_timeout = 25
keepalive = 15
# The workers' heartbeat file must not wait for a busy disk: https://docs.gunicorn.org/en/stable/faq.html
worker_tmp_dir = "/dev/shm"  # noqa: S108  # gunicorn makes an unguessable name
loglevel = "warning"
