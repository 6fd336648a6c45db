"""Why a cut cannot be made, in words for people."""

from __future__ import annotations

from http import HTTPStatus

from problems.errors import Problem


class CutRefused(Problem):
    """The base of everything that is wrong with what should be cut."""

    code = "cut_refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NothingLeft(CutRefused):
    code = "nothing_left"
    message = "Nothing would be left of the video. Keep at least a moment of it."


class NothingRemoved(CutRefused):
    code = "nothing_removed"
    message = "Choose what to cut first: this would be the whole video again."


class WordsChanged(CutRefused):
    code = "words_changed"
    message = "The words of this video were changed meanwhile. Choose again."


class RangeReversed(CutRefused):
    code = "range_reversed"


class RangeOutside(CutRefused):
    code = "range_outside"


class TooManyRanges(CutRefused):
    code = "too_many_ranges"


class TextNotFound(CutRefused):
    code = "text_not_found"


class TextTooLong(CutRefused):
    code = "text_too_long"


class NoWords(CutRefused):
    code = "no_words"
    message = "This video has no words to look for. Cut it by times instead."


class OneChoice(CutRefused):
    code = "one_choice"
    message = "Say what to cut with exactly one of keep, remove, text and remove_text."


class MayNotCut(Problem):
    code = "may_not_cut"
    status = HTTPStatus.FORBIDDEN
    message = "Others may cut a video only while it is public and its owner allows it."


class TooManyCuts(CutRefused):
    code = "too_many_cuts"
    status = HTTPStatus.TOO_MANY_REQUESTS
