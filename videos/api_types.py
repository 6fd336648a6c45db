"""Values of videos in the API. Limits that a service checks, with words for people, are described here, not checked."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import TextChoices
from ninja import Field
from pydantic import BeforeValidator

from videos.models import Video
from videos.services import TITLE_MAX


def one_of(choices: type[TextChoices]) -> Any:
    """For the description: the words that there are."""
    return Field(json_schema_extra={"enum": list(choices.values)})


TitleIn = Annotated[str, Field(json_schema_extra={"maxLength": TITLE_MAX})]
VisibilityIn = Annotated[str, one_of(Video.Visibility)]


def _whole_number(value: object) -> object:
    """As JSON Schema has it: 2 and 2.0, but neither true, though Python takes it for 1, nor "2"."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a whole number")
    return value


MillisecondsIn = Annotated[int, Field(json_schema_extra={"minimum": 0}), BeforeValidator(_whole_number)]
NumberIn = Annotated[int, Field(gt=0, lt=2**63), BeforeValidator(_whole_number)]
# Neither 1 nor "yes".
YesOrNoIn = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(ge=0)]
