"""Settings of VideoStream.

The only module that reads the environment. Without any variable it runs from a clone on SQLite and the local disk.
Every variable is described in `.env.example`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from videostream import env
from videostream.data_folder import kept_secret, make_folder, private_file

BASE_DIR = Path(__file__).resolve().parent.parent
DEFAULT_DATA_DIR = BASE_DIR / "data"
DATA_DIR = env.folder("DATA_DIR", DEFAULT_DATA_DIR)


def _make_data_folder() -> None:
    make_folder(DATA_DIR, is_ours=DATA_DIR == DEFAULT_DATA_DIR)


def _secret_key() -> str:
    """SECRET_KEY, or one that is made once and kept in the data folder."""
    given = env.secret("SECRET_KEY")
    if given:
        if len(given) < 32:
            raise ImproperlyConfigured("SECRET_KEY must have at least 32 characters.")
        return given
    _make_data_folder()
    return kept_secret(DATA_DIR / "secret_key")


# --- The site -------------------------------------------------------------------------------------------------------

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = _secret_key()
PUBLIC_URL = env.origin("PUBLIC_URL")
_public = urlsplit(PUBLIC_URL)
_is_https = _public.scheme == "https"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *([_public.hostname] if _public.hostname else [])]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
BEHIND_PROXY = env.boolean("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "videostream.answers.csrf_failure"

ROOT_URLCONF = "videostream.urls"
WSGI_APPLICATION = "videostream.wsgi.application"
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "ninja",
    "django_tasks",
    "huey.contrib.djhuey",
    "limits",
    "accounts",
    "videos",
    "social",
    "capture",
    "transcribe",
    "cutting",
    "streaming",
    "operations",
    "videostream",
]

MIDDLEWARE = [
    "operations.request_ids.name_request",
    "operations.requests.measure",
    "operations.scraping.answer_prometheus",
    "videostream.proxy.client_address",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "videostream.answers.keep_nothing",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "accounts.middleware.bearer_csrf_exemption",
    "accounts.middleware.api_without_forms",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.bearer_token",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "videostream.answers.ProblemMiddleware",
    "videostream.answers.permissions_policy",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        # hls.js hands the picture to <video> through a MediaSource, whose address is a blob.
        "media-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Accounts -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.LimitedBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "feed"
LOGOUT_REDIRECT_URL = "feed"
# A link for a new password works for a day.
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
# Whom people ask who cannot log in, such as a name or a mail address.
SITE_CONTACT = env.text("SITE_CONTACT", "")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# How often somebody may do something: so much at once, and in how many seconds all of it comes back (limits/). Of
# strangers the address is limited, of log-ins only wrong tries: of an address, of a name from an address, and of a name
# from anywhere. The last is several times what one address has, which alone can lock nobody out.
RATE_LIMITS = {
    "sign_up": (env.integer("SIGN_UPS_PER_HOUR", 30), 3600),
    "log_in": (30, 900),
    "log_in_as": (10, 900),
    "log_in_anywhere": (200, 900),
    "password": (10, 900),
    "token": (20, 3600),
    "mail": (10, 3600),
    "upload": (120, 3600),
    "cut": (60, 3600),
    "draft": (300, 300),
    "comment": (30, 300),
    "like": (120, 300),
    "share": (60, 300),
    "view": (600, 300),
}

# --- Mail, for links to a new password; without a host nothing is sent ------------------------------------------------

EMAIL_HOST = env.text("EMAIL_HOST", "")
_email_security = env.choice("EMAIL_SECURITY", "starttls", allowed=("starttls", "tls", "none"))
EMAIL_USE_TLS, EMAIL_USE_SSL = _email_security == "starttls", _email_security == "tls"
EMAIL_PORT = env.port("EMAIL_PORT", {"starttls": 587, "tls": 465, "none": 25}[_email_security])
EMAIL_HOST_USER = env.text("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_PASSWORD")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "")
if EMAIL_HOST and not DEFAULT_FROM_EMAIL:
    raise ImproperlyConfigured("EMAIL_HOST needs EMAIL_FROM, the address that mail comes from.")

# --- Language and time ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# --- Database: SQLite from a clone, Postgres when a host is named ----------------------------------------------------

POSTGRES_HOST = env.text("POSTGRES_HOST", "")
if POSTGRES_HOST:
    _database: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": POSTGRES_HOST,
        "PORT": env.port("POSTGRES_PORT", 5432),
        "NAME": env.text("POSTGRES_DB", "videostream"),
        "USER": env.text("POSTGRES_USER", "videostream"),
        "PASSWORD": env.secret("POSTGRES_PASSWORD"),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # A host that is gone must not hold a request for minutes: seconds to connect, milliseconds for what was sent.
        # https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-PARAMKEYWORDS
        "OPTIONS": {"connect_timeout": 5, "tcp_user_timeout": 10_000},
    }
else:
    _make_data_folder()
    _database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": private_file(DATA_DIR / "db.sqlite3"),
        "OPTIONS": {
            # Writers queue up instead of failing: https://docs.djangoproject.com/en/5.2/ref/databases/#sqlite-notes
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Files ----------------------------------------------------------------------------------------------------------

MEDIA_ROOT = env.folder("MEDIA_ROOT", DATA_DIR / "media")
MEDIA_URL = "/media/"
HLS_ROOT = env.folder("HLS_ROOT", DATA_DIR / "hls")
HLS_URL = "/hls/"
STATIC_ROOT = env.folder("STATIC_ROOT", BASE_DIR / "staticfiles")
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Packages that were not watched for longest are dropped beyond this, and made again when wanted; 0: no limit.
HLS_CACHE_MAX_BYTES = env.integer("HLS_CACHE_MAX_GB", 0) * 1024**3
# With nginx in front Django only decides who may have a file and nginx sends it (X-Accel-Redirect).
NGINX_SENDS_FILES = env.boolean("NGINX_SENDS_FILES", default=False)
STORAGE = env.choice("STORAGE", "local", allowed=("local", "s3"))
# Also read where STORAGE=local: `manage.py move_storage` copies from one to the other.
BUCKET_OPTIONS: dict[str, Any] = {
    "bucket_name": env.text("S3_BUCKET", ""),
    "endpoint_url": env.origin("S3_ENDPOINT_URL") or None,
    "region_name": env.text("S3_REGION", "us-east-1"),
    "access_key": env.secret("S3_ACCESS_KEY"),
    "secret_key": env.secret("S3_SECRET_KEY"),
    "addressing_style": env.choice("S3_ADDRESSING_STYLE", "path", allowed=("path", "virtual", "auto")),
    "signature_version": "s3v4",
    "default_acl": None,
    "file_overwrite": True,
}
HAS_BUCKET = all(BUCKET_OPTIONS[part] for part in ("bucket_name", "access_key", "secret_key"))
if STORAGE == "s3" and not HAS_BUCKET:
    raise ImproperlyConfigured("STORAGE=s3 needs S3_BUCKET, S3_ACCESS_KEY and S3_SECRET_KEY.")
_local_storage = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
_bucket = {"BACKEND": "videos.storage.BucketStorage", "OPTIONS": BUCKET_OPTIONS}
STORAGES = {
    "default": _bucket if STORAGE == "s3" else _local_storage,
    "staticfiles": {"BACKEND": "videostream.staticfiles.HashedModules"},
}
# One chunk of an upload; nginx has the same limit and a little room for headers (nginx/).
UPLOAD_CHUNK_MAX_BYTES = 10 * 1024 * 1024
# A form has a field for each word of a video on the cut page, and three for each line in the admin. What they may hold
# altogether is bounded by DATA_UPLOAD_MAX_MEMORY_SIZE.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
UPLOAD_MAX_BYTES = env.integer("UPLOAD_MAX_MB", 2048, minimum=1) * 1024 * 1024
UPLOAD_OPEN_MAX = 5
UPLOAD_EXPIRES_HOURS = 24
# Originals of videos that were refused; 0: kept until somebody deletes them.
REFUSED_KEPT_DAYS = env.integer("REFUSED_KEPT_DAYS", 7)
# What one account may have stored, and may send in a day; 0: no limit. The admin sets others for a person.
ACCOUNT_MAX_BYTES = env.integer("ACCOUNT_MAX_GB", 50) * 1024**3
ACCOUNT_DAY_MAX_BYTES = env.integer("ACCOUNT_DAY_MAX_GB", 20) * 1024**3
# Uploads leave so much of the disk to the database and the workers.
DISK_RESERVE_BYTES = env.integer("DISK_RESERVE_MB", 256, minimum=16) * 1024**2
VIDEO_MAX_DURATION_MS = env.integer("VIDEO_MAX_MINUTES", 10, minimum=1) * 60_000

# --- Work in the background -----------------------------------------------------------------------------------------

REDIS_URL = env.secret("REDIS_URL")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
WORKER_THREADS = env.integer("WORKER_THREADS", 2, minimum=2)
if REDIS_URL:
    _queue: dict[str, Any] = {"huey_class": "huey.RedisHuey", "url": REDIS_URL}
elif POSTGRES_HOST:
    _queue = {
        "huey_class": "videostream.queue.PostgresHuey",
        **{option: _database[option.upper()] for option in ("host", "port", "user", "password")},
        "database": _database["NAME"],
    }
else:
    _queue = {"huey_class": "huey.SqliteHuey", "filename": str(private_file(DATA_DIR / "queue.sqlite3"))}
HUEY = {
    "name": "videostream",
    "immediate": False,
    "results": False,
    **_queue,
    # One thread more than one person's work may take, so that somebody else's next video finds it free.
    "consumer": {"workers": WORKER_THREADS + 1, "worker_type": "thread", "initial_delay": 0.05, "max_delay": 0.5},
}
TASKS = {"default": {"BACKEND": "huey.contrib.djhuey.tasks_backend.HueyBackend"}}
# A running step says every few seconds that it lives; one that was silent for STEP_STALE_S is taken again.
STEP_HEARTBEAT_S = 3
STEP_STALE_S = env.integer("STEP_STALE_S", 20, minimum=5)
STREAM_WAIT_S = 30
# Touched every few seconds by a worker that can reach its database, for the container's health check.
WORKER_ALIVE_FILE = env.text("WORKER_ALIVE_FILE", "")
# Steps that a process of web carries out itself for those who wait for a stream; 0: only workers do.
WEB_WORK_THREADS = env.integer("WEB_WORK_THREADS", 2, minimum=0)

# --- Speech ---------------------------------------------------------------------------------------------------------

WHISPER_MODEL = env.text("WHISPER_MODEL", "tiny")
WHISPER_WEIGHTS_DIR = env.folder("WHISPER_WEIGHTS_DIR", DATA_DIR / "weights")
WHISPER_LANGUAGE = env.text("WHISPER_LANGUAGE", "")
if WHISPER_LANGUAGE and not (len(WHISPER_LANGUAGE) in {2, 3} and WHISPER_LANGUAGE.isalpha()):
    raise ImproperlyConfigured(f"WHISPER_LANGUAGE must be a code such as en, not {WHISPER_LANGUAGE!r}.")
HIDE_STRONG_WORDS = env.boolean("HIDE_STRONG_WORDS", default=True)

# --- Operations -----------------------------------------------------------------------------------------------------

# Where the doctor asks nginx; without it at PUBLIC_URL. Inside compose http://nginx.
NGINX_URL = env.origin("NGINX_URL")
# Read by gunicorn itself and by nginx: looked at here, so that a wrong value is named before either is replaced.
env.integer("WEB_CONCURRENCY", 1, minimum=1)
env.origin("HLS_CORS_ORIGIN", also="*")
# Whom nginx believes, for the doctor to know of.
NGINX_TRUSTED_PROXY = env.network("NGINX_TRUSTED_PROXY")
# Whoever asks for /metrics needs it; without it only this machine and the inside network are answered.
METRICS_TOKEN = env.secret("METRICS_TOKEN")
# Set by gunicorn's options for its processes (videostream/gunicorn.py).
REQUEST_FIGURES_DIR = ""
LOG_FORMAT = env.choice("LOG_FORMAT", "text", allowed=("text", "json"))
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", allowed=("DEBUG", "INFO", "WARNING", "ERROR"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "video": {"()": "videos.work.log_context.AddVideo"},
        "request": {"()": "operations.request_ids.AddRequest"},
        "foreign_hosts": {"()": "operations.logs.ForeignHosts"},
    },
    "formatters": {
        "text": {"()": "operations.logs.TextFormatter"},
        "json": {"()": "operations.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["video", "request"]}
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "huey": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.security.DisallowedHost": {"filters": ["foreign_hosts"]},
        # Says twice for each message that there may be something to do.
        "django_tasks": {"level": "WARNING"},
    },
}
