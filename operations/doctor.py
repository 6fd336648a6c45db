"""Examines the whole chain from the browser's address to the workers and names each broken link.

`manage.py doctor` prints what is found here, /admin/doctor/ shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError

from operations.findings import Finding, Severity, broken
from operations.machine_checks import check_disk, check_ffmpeg, check_folders, check_weights
from operations.service_checks import check_bucket, check_database, check_queue, check_waiting, check_workers
from operations.site_checks import (
    check_camera,
    check_https,
    check_nginx_revision,
    check_public_url,
    check_safety,
    check_shared_folder,
    check_upload_limit,
)

CHECKS: dict[str, Callable[[], Finding]] = {
    "Address": check_public_url,
    "Camera": check_camera,
    "HTTPS": check_https,
    "Safety": check_safety,
    "nginx": check_nginx_revision,
    "Upload limit": check_upload_limit,
    "Shared folder": check_shared_folder,
    "Folders": check_folders,
    "Disk": check_disk,
    "Database": check_database,
    "Queue": check_queue,
    "Workers": check_workers,
    "Waiting work": check_waiting,
    "Bucket": check_bucket,
    "ffmpeg": check_ffmpeg,
    "Speech": check_weights,
}


@dataclass(frozen=True)
class Line:
    """What was found about one link of the chain."""

    title: str
    severity: Severity
    sentence: str


def examine() -> list[Line]:
    """Every check, in the order of CHECKS; a link that cannot even be asked is broken."""
    lines = []
    for title, check in CHECKS.items():
        try:
            finding = check()
        except (DatabaseError, OSError) as error:
            finding = broken(f"This could not be looked at: {error}")
        lines.append(Line(title, finding.severity, finding.sentence))
    return lines
