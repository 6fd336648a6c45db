"""How an error looks in the description of the API."""

from __future__ import annotations

from ninja import Field, Schema


class ErrorDetail(Schema):
    code: str = Field(description="stable, for programs")
    message: str = Field(description="a sentence for people")


class ErrorOut(Schema):
    """The shape of every refusal."""

    error: ErrorDetail
