"""Text that people send, made fit for the database and for one line of a page."""

from __future__ import annotations

import re
import unicodedata

# Control characters, halves of surrogate pairs (which no database stores), line and paragraph separators.
_BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Unseen, but writing needs them: joiners of Persian, Indic scripts and emoji; marks for the direction of a neighbour.
_NEEDED = frozenset("\u200c\u200d\u200e\u200f\u061c")
# Letters by name, of which nothing is seen.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Flags of countries' parts are spelled after a black flag in characters that are seen nowhere else.
_STRAY_TAGS = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]+")


def one_line(text: str) -> str:
    """The visible characters, with single blanks between words.

    What turns the order of others around (such as U+202E) or hides among them goes: a text reads as it was written.
    Arabic and Hebrew need none of it, their letters have a direction of their own.
    """
    kept = (_kept(char) for char in _STRAY_TAGS.sub("", text))
    return " ".join(word for word in "".join(kept).split() if not all(char in _NEEDED | _BLANK for char in word))


def lines(text: str) -> str:
    """The visible characters with their line breaks, without blanks around."""
    return "\n".join(one_line(line) for line in text.splitlines()).strip()


def _kept(char: str) -> str:
    category = unicodedata.category(char)
    if category in _BREAKING:
        return " "
    is_unseen = category == "Cf" and char not in _NEEDED and not "\U000e0020" <= char <= "\U000e007f"
    return "" if is_unseen else char
