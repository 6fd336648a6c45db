"""What the doctor finds: how bad it is, and one sentence that names the broken link and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    severity: Severity
    sentence: str


def ok(sentence: str) -> Finding:
    return Finding(Severity.OK, sentence)


def warning(sentence: str) -> Finding:
    return Finding(Severity.WARNING, sentence)


def broken(sentence: str) -> Finding:
    return Finding(Severity.BROKEN, sentence)
