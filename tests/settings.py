"""Settings of the test suite: the product's own, with a data folder of their own and nothing running beside it.

Set POSTGRES_HOST and its sisters to run the suite on a real Postgres server (`make test-postgres` does).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Removed when this process ends. Every process has its own, so several runs do not disturb each other.
_folder = tempfile.TemporaryDirectory(prefix="videostream-tests-", ignore_cleanup_errors=True)
os.environ["DATA_DIR"] = _folder.name
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 32
# Obtained once by set-up; a test must not fetch anything.
os.environ.setdefault("WHISPER_WEIGHTS_DIR", str(Path(__file__).resolve().parent.parent / "data" / "weights"))
for name in ("PUBLIC_URL", "BEHIND_PROXY", "NGINX_SENDS_FILES", "REDIS_URL", "MEDIA_ROOT", "HLS_ROOT", "STATIC_ROOT"):
    os.environ.pop(name, None)

from videostream.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir()
# Messages are recorded, not carried out: a test that wants the work done calls videos.work.worker itself.
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
HUEY = {"name": "tests", "huey_class": "huey.MemoryHuey", "immediate": False}
if not POSTGRES_HOST:
    # A file, because threads of the worker cannot share a database in memory.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
