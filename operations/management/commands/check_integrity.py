"""`manage.py check_integrity [--repair]`: rows and files that do not fit together; status 1 if something is left."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from operations.integrity import Findings, examine, repair
from social.services import recount


class Command(BaseCommand):
    help = "Compares rows with files: what a killed process left half done. It is done every night with --repair."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="remove, move and make again what can be")

    def handle(self, *_args: Any, repair: bool, **_options: Any) -> None:
        try:
            findings = examine()
            self._tell(findings)
            if repair:
                self._repair(findings)
        except OSError as error:
            raise CommandError(f"The storage cannot be looked at: {error}") from error
        if findings.unrecoverable or not (findings.are_none or repair):
            sys.exit(1)

    def _tell(self, findings: Findings) -> None:
        for name in findings.strays:
            self.stdout.write(f"{name}: files without a row, as after a deletion that was interrupted")
        for video in findings.misplaced:
            self.stdout.write(f"{video.name}: is {video.visibility}, its files lie in the other tree")
        for video, step in findings.lost:
            self.stdout.write(f"{video.name}: video.mp4 is gone; the step {step} can make it again")
        for video in findings.unrecoverable:
            self.stdout.write(
                f"{video.name}: video.mp4 is gone, and so is what it was made from. Bring back the files of a backup, "
                "or delete the video."
            )
        if findings.are_none:
            self.stdout.write("Rows and files fit together.")

    def _repair(self, findings: Findings) -> None:
        repair(findings)
        corrected = recount()
        repaired = len(findings.strays) + len(findings.misplaced) + len(findings.lost)
        self.stdout.write(f"Repaired: {repaired} videos; counts of {corrected} videos corrected.")
