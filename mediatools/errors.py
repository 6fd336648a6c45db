"""What can go wrong with media. Each error has a stable code and a sentence for a person."""

from __future__ import annotations

from typing import Literal, get_args

# What a file itself is at fault for, as against the machine that read it.
UnplayableCode = Literal[
    "empty_file",
    "not_a_video",
    "damaged",
    "no_picture",
    "unsupported_codec",
    "unsupported_sound",
    "encrypted",
    "too_large_picture",
    "too_long",
]
UNPLAYABLE_CODES = frozenset[str](get_args(UnplayableCode))


class MediaError(Exception):
    """Root of this package's errors; `code` is stable and for programs, `message` is for people."""

    code = "media_error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class UnplayableMedia(MediaError):
    """The source is refused; trying again cannot help. `no_picture`: nor sound."""

    def __init__(self, message: str, *, code: UnplayableCode = "not_a_video") -> None:
        super().__init__(message, code=code)


class BadPackage(MediaError):
    """An HLS package is not complete."""

    code = "bad_package"


class BadRanges(MediaError):
    """The ranges to keep are not in order, overlap, are empty or lie outside the video."""

    code = "bad_ranges"


class ProgramFailed(MediaError):
    """An outside program ended with an error; `stderr_tail` holds its last words."""

    code = "program_failed"

    def __init__(self, message: str, *, stderr_tail: str = "") -> None:
        super().__init__(message)
        self.stderr_tail = stderr_tail


class ProgramTimedOut(MediaError):
    """An outside program was stopped because it ran longer than its time limit."""

    code = "program_timed_out"


class ProgramCancelled(MediaError):
    """An outside program was stopped because the caller asked for it."""

    code = "program_cancelled"


class ProgramMissing(MediaError):
    """An outside program is not installed on this machine."""

    code = "program_missing"
