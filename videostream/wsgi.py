"""The WSGI entry point that gunicorn loads."""

from __future__ import annotations

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "videostream.settings")  # noqa: TID251

application = get_wsgi_application()
# `manage.py move_storage` asks who still uses the old place.
import_module("videos.stores_in").say_where()
