from __future__ import annotations

import pytest
from huey.contrib.djhuey import HUEY
from huey.contrib.djhuey.tasks_backend import _shim as djtasks_run

from videos.work import worker
from videos.work.tasks import forget_results, look_for_work


def test_records_of_messages_do_not_pile_up() -> None:
    HUEY.put_result("djt.1", {"status": "SUCCESSFUL"})

    forget_results.call_local()

    assert HUEY.storage.result_store_size() == 0


def test_messages_that_were_queued_before_an_upgrade_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """They name the function where it was then."""
    answered: list[object] = []

    def work_until_idle(announce: object) -> None:
        answered.append(announce)

    monkeypatch.setattr(worker, "work_until_idle", work_until_idle)

    HUEY.execute(djtasks_run.s("videos.tasks.work", [], {}))

    assert answered == [look_for_work]
