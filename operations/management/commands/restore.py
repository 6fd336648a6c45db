"""`manage.py restore SOURCE`: a backup into an empty installation; - reads it from standard input."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operations.backup import Saved
from operations.restore import CannotRestore, restore

GB = 1024**3


class Command(BaseCommand):
    help = "Restores what `backup` wrote into an empty installation of the same version, comparing every checksum."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="a file that `backup` wrote, or - for standard input")

    def handle(self, *_args: Any, source: str, **_options: Any) -> None:
        try:
            restored = self._restore(source)
        except (CannotRestore, OSError) as error:
            raise CommandError(str(error)) from error
        count = sum(restored.rows.values())
        self._tell(f"Restored and compared: {count} rows, {restored.files} files, {restored.bytes / GB:.2f} GB.")

    def _restore(self, source: str) -> Saved:
        if source == "-":
            return restore(sys.stdin.buffer, self._tell)
        with open(source, "rb") as file:
            return restore(file, self._tell)

    def _tell(self, line: str) -> None:
        self.stderr.write(line, self.style.SUCCESS)
