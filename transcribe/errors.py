"""What can be wrong with the words of a video, in words for people."""

from __future__ import annotations

from http import HTTPStatus

from problems.errors import NotFound, Problem


class NoTranscriptYet(NotFound):
    code = "no_transcript_yet"
    message = "The words of this video are not written yet. Try again in a moment."


class InvalidCorrection(Problem):
    code = "invalid_correction"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
