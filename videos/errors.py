"""What can go wrong with a video, in words for people; and how a step ends that cannot go on."""

from __future__ import annotations

from http import HTTPStatus

from problems.errors import NotFound, Problem


class VideoNotFound(NotFound):
    code = "video_not_found"
    message = "There is no such video, or it is private."


class NotYourVideo(Problem):
    code = "not_your_video"
    status = HTTPStatus.FORBIDDEN
    message = "Only the owner of this video may do that."


class NotPlayableYet(Problem):
    code = "not_playable_yet"
    status = HTTPStatus.CONFLICT
    message = "This video is still being prepared. Try again in a moment."


class NeverPlayable(Problem):
    code = "video_failed"
    status = HTTPStatus.CONFLICT
    message = "This video could not be prepared, so there is nothing to play or to cut."


class InvalidDetails(Problem):
    code = "invalid_details"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class StepEnd(Exception):
    """Raised by the handler of a step to end it in another way than success."""


class GiveUp(StepEnd):
    """Trying again would not help. `message` tells the person why."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


class VideoFileMissing(GiveUp):
    """What every other step starts from is not there."""

    def __init__(self) -> None:
        super().__init__("video_missing", "The prepared video is gone. Choose «process again».")


class RetryLater(StepEnd):
    """Something outside is not ready; this does not count as an attempt.

    `message` is what the person is told meanwhile.
    """

    def __init__(self, after_s: float, message: str = "") -> None:
        self.after_s = after_s
        self.message = message
        super().__init__(f"{message} Again in {after_s} s.".strip())


class NotNeeded(StepEnd):
    """There is nothing to do; `message` says why."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)
