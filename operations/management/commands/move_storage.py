"""`manage.py move_storage --to s3|local`: copies originals, videos and posters to the bucket or back."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from operations.places import Bucket, Disk
from operations.transfer import DamagedCopy, Journal, Moved, Outcome, transfer
from videos import stores_in
from videos.models import ProcessingStep, Video

TELL_EVERY_S = 5
GB = 1024**3


STAYS_IN_USE = " Leave the folders originals/, uploads/ and scratch/ themselves: new recordings arrive there first."


class Command(BaseCommand):
    help = "Copies the files of all videos between the local disk and the bucket, each verified by its checksum."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", choices=["s3", "local"], required=True)

    def handle(self, *_args: Any, to: str, **_options: Any) -> None:
        if not settings.HAS_BUCKET:
            raise CommandError("Set S3_BUCKET, S3_ACCESS_KEY and S3_SECRET_KEY first; STORAGE may stay as it is.")
        disk, bucket = Disk(), Bucket()
        source, target = (disk, bucket) if to == "s3" else (bucket, disk)
        switched_before = self._has_switched(to)
        journal = Journal(Path(settings.MEDIA_ROOT) / f"move_storage_to_{to}.journal")
        try:
            counts = self._transfer(transfer(source, target, journal))
        except (DamagedCopy, OSError) as error:
            raise CommandError(f"{error}. Run the same command again: it goes on from here.") from error
        finally:
            bucket.close()
        self.stdout.write(
            f"{counts[Outcome.COPIED]} files copied, {counts[Outcome.PRESENT]} were there already, all compared by "
            f"checksum; {counts[Outcome.MISSING]} are not in the source, such as posters that are not made yet.\n"
            f"{self._what_now(to, switched_before=switched_before)}"
        )

    def _has_switched(self, to: str) -> bool:
        (old,) = set(stores_in.PLACES) - {to}
        return stores_in.is_used(to) and not stores_in.is_used(old)

    def _what_now(self, to: str, *, switched_before: bool) -> str:
        """The old place may only go when nothing has come into it since this run began, and nothing waits in it."""
        if to == "s3" and (count := _originals_on_their_way()):
            return (
                f"Remove nothing yet: {count} originals have arrived on the local disk and are not in the "
                "bucket so far. Run this once more when the workers have brought them there."
            )
        if switched_before and self._has_switched(to):
            return (
                f"Every running web server and worker stores in {to}, and did so before this run began: nothing is "
                "missing there. The files in the old place are still there: remove them when you are content."
                f"{STAYS_IN_USE if to == 's3' else ''}"
            )
        return (
            f"Remove nothing yet: web servers and workers that store in {to} must be all that run. Set STORAGE={to} "
            "for both and start them anew (`docker compose up -d`; `restart` would not read the environment again). "
            "Then run this once more for what came meanwhile."
        )

    def _transfer(self, moves: Iterator[Moved]) -> Counter[Outcome]:
        """Carry it out and tell now and then how far it is."""
        counts: Counter[Outcome] = Counter()
        files_in_all = 3 * Video.objects.count()
        size_bytes, told_at_s = 0, time.monotonic()
        for moved in moves:
            counts[moved.outcome] += 1
            size_bytes += moved.size_bytes
            if time.monotonic() - told_at_s > TELL_EVERY_S:
                told_at_s = time.monotonic()
                percent = 100 * counts.total() // max(1, files_in_all)
                self.stdout.write(f"{percent} %: {counts.total()} files, {size_bytes / GB:.1f} GB, now {moved.key}")
                self.stdout.flush()
        return counts


def _originals_on_their_way() -> int:
    """New originals arrive on the local disk; a step brings them to the bucket."""
    brought = (ProcessingStep.State.DONE, ProcessingStep.State.SKIPPED)
    return ProcessingStep.objects.filter(kind=ProcessingStep.Kind.STORE).exclude(state__in=brought).count()
