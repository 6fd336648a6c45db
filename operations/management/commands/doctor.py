"""`manage.py doctor`: what works and what does not, one line each; status 1 if something is broken."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from operations.doctor import examine
from operations.findings import Severity


class Command(BaseCommand):
    help = "Examines the whole installation and names each broken link in one sentence."
    # A database that does not answer is for the doctor to say.
    requires_system_checks: list[str] = []  # noqa: RUF012

    def handle(self, *_args: Any, **_options: Any) -> None:
        styles = {
            Severity.OK: self.style.SUCCESS,
            Severity.WARNING: self.style.WARNING,
            Severity.BROKEN: self.style.ERROR,
        }
        lines = examine()
        for line in lines:
            self.stdout.write(f"{styles[line.severity](f'{line.severity:8}')} {line.title}: {line.sentence}")
        if any(line.severity is Severity.BROKEN for line in lines):
            sys.exit(1)
