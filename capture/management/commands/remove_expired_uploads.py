from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from capture.housekeeping import tidy_uploads


class Command(BaseCommand):
    help = "Remove uploads that were not continued in time; the worker does this every hour by itself."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        self.stdout.write(f"Removed {tidy_uploads()} expired uploads.")
