"""`manage.py trim_hls_cache`: makes room in HLS_ROOT now."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from streaming import cache

GB = 1024**3


class Command(BaseCommand):
    help = "Drops the packages that were not watched for longest; they are made again when somebody wants them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--max-gb", type=float, metavar="GB", help="instead of HLS_CACHE_MAX_GB")

    def handle(self, *_args: Any, max_gb: float | None, **_options: Any) -> None:
        max_bytes = settings.HLS_CACHE_MAX_BYTES if max_gb is None else int(max_gb * GB)
        if max_bytes <= 0:
            raise CommandError("There is no limit: set HLS_CACHE_MAX_GB or give --max-gb.")
        done = cache.trim(max_bytes)
        if done is None:
            raise CommandError("Another process is trimming at the moment.")
        self.stdout.write(
            f"{done.unpublished} packages are no longer offered; their segments go as soon as nobody can be watching.\n"
            f"{done.removed} packages that were dropped before are removed: {done.removed_bytes / GB:.2f} GB.\n"
            f"{done.published_bytes / GB:.2f} GB remain in use."
        )
