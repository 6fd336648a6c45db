"""Handlers of a test's own in the place of the real ones."""

from __future__ import annotations

import pytest

from videos.work import table
from videos.work.table import Handler


def carry_out_with(monkeypatch: pytest.MonkeyPatch, kind: str, handler: Handler) -> None:
    """Until the end of the test, steps of that kind are carried out by this function."""
    others = table.handler_of
    monkeypatch.setattr(table, "handler_of", lambda asked: handler if asked == kind else others(asked))
