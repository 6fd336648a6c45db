#!/usr/bin/env python
"""Django's command line for VideoStream."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "videostream.settings")  # noqa: TID251
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # The last line of a log that somebody reads who set a wrong value.
        sys.exit(f"VideoStream cannot start: {error}")
