"""Text that people send, made fit for the database and for one line of a page."""

from __future__ import annotations

import unicodedata

# Control characters, halves of surrogate pairs (which no database stores), line and paragraph separators.
_INVISIBLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def one_line(text: str) -> str:
    """The visible characters, with single blanks between words."""
    return " ".join("".join(" " if unicodedata.category(char) in _INVISIBLE else char for char in text).split())


def lines(text: str) -> str:
    """The visible characters with their line breaks, without blanks around."""
    return "\n".join(one_line(line) for line in text.splitlines()).strip()
