from __future__ import annotations

from huey.contrib.djhuey import HUEY

from videos.work.tasks import forget_results


def test_records_of_messages_do_not_pile_up() -> None:
    HUEY.put_result("djt.1", {"status": "SUCCESSFUL"})

    forget_results.call_local()

    assert HUEY.storage.result_store_size() == 0
