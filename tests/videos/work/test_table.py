from __future__ import annotations

import pytest

from videos.models import ProcessingStep
from videos.work import table


@pytest.mark.parametrize("kind", ProcessingStep.Kind.values)
def test_the_table_names_somebody_who_is_there_for_every_step(kind: str) -> None:
    handler = table.handler_of(kind)

    assert handler.__code__.co_varnames[:2] == ("video", "work")
