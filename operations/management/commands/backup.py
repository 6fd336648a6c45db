"""`manage.py backup TARGET`: the database and all files in one tar; - writes it to standard output."""

from __future__ import annotations

import os
import stat
import sys
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operations.archive import BadArchive
from operations.backup import Saved, back_up, verify

GB = 1024**3


class Command(BaseCommand):
    help = "Writes rows, originals, videos and posters into one file and verifies it. The site may go on running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", help="a file that does not exist yet, or - for standard output")

    def handle(self, *_args: Any, target: str, **_options: Any) -> None:
        saved = self._stream() if target == "-" else self._write(Path(target))
        self._tell(f"Saved: {sum(saved.rows.values())} rows, {saved.files} files, {saved.bytes / GB:.2f} GB.")

    def _stream(self) -> Saved:
        # A shell of this machine made it for all to read. Through a container it is a pipe, and the file is not ours.
        with suppress(OSError):
            if stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode):
                os.fchmod(sys.stdout.fileno(), 0o600)
        return back_up(sys.stdout.buffer, self._tell)

    def _write(self, target: Path) -> Saved:
        if target.exists():
            raise CommandError(f"{target} exists already.")
        beside = target.with_name(target.name + ".part")
        try:
            # It holds digests of passwords and private videos.
            with open(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
                saved = back_up(file, self._tell)
                file.flush()
                os.fsync(file.fileno())
                file.seek(0)
                verify(file)
            beside.replace(target)
        except (OSError, BadArchive) as error:
            raise CommandError(f"The backup could not be written: {error}") from error
        return saved

    def _tell(self, line: str) -> None:
        self.stderr.write(line, self.style.SUCCESS)
