"""Which names people may take: none that passes for another person's, or for the site itself.

Letters of every script are welcome. Rules and data are those of Unicode's UTS #39 (confusables, restriction levels).
"""

from __future__ import annotations

import re
import unicodedata

from confusable_homoglyphs.categories import alias
from confusable_homoglyphs.confusables import confusables_data

NAME_MAX = 30
# UTS #39, section 5.2: "highly restrictive".
WRITTEN_TOGETHER = (
    {"LATIN", "HAN", "HIRAGANA", "KATAKANA"},
    {"LATIN", "HAN", "HANGUL"},
    {"LATIN", "HAN", "BOPOMOFO"},
)
# Letters that show nothing, though Unicode counts them as letters.
FILLERS = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0")
RESERVED = (
    "about abuse account accounts admin administrator all anonymous api captureevent contact cutvideo deleted "
    "everybody everyone embed feed help here hls host hostmaster info legal login logout mail me media metrics mod "
    "moderation moderator nobody none noreply notifications null oembed official owner password playallsnap playvideo "
    "postmaster privacy profile readyz healthz root safety search security settings signup site somebody staff static "
    "status superuser support sysadmin system team terms undefined user videostream webmaster www you"
)
# Letters that are taken for each other in most typefaces, and signs that are overlooked.
SAME_SHAPE = str.maketrans({"m": "rn", "w": "vv", "1": "l", "i": "l", "0": "o", ".": "", "_": "", "-": ""})
# Several times as long as any name: ㎒ becomes MHz, and m two letters.
FOLDED_MAX = 300
# Of other scripts the marks tell names apart: Cyrillic и and й, vowels of India.
_MARKS_ON_LATIN = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")


def fault_of(name: str) -> str:
    """A sentence that says why nobody may have this name, or nothing if it can be had."""
    if len(name) > NAME_MAX:
        return f"A name may have at most {NAME_MAX} characters."
    if FILLERS & set(name):
        return "This name has a letter that nobody can see."
    if _is_reserved(name):
        return "This name is kept for the site itself. Choose another one."
    if not name.isascii():
        return _fault_of_scripts(name)
    return ""


def folded(name: str) -> str:
    """What all names have in common that look like this one, without regard to capitals, accents and . _ -."""
    return (_plain(name).translate(SAME_SHAPE) or name)[:FOLDED_MAX]


def _plain(name: str) -> str:
    return _MARKS_ON_LATIN.sub("", unicodedata.normalize("NFKD", name.casefold()).casefold())


def _is_reserved(name: str) -> bool:
    """Also with a number behind it, and several of them in a row: admin1, support-team."""
    words = [word.rstrip("0123456789") for word in re.split(r"[\W_]+", _plain(name))]
    shapes = {folded(word) for word in words if word}
    return folded("".join(words)) in _RESERVED or bool(shapes) and shapes <= _RESERVED


def _fault_of_scripts(name: str) -> str:
    scripts = {alias(char) for char in name} - {"COMMON", "INHERITED"}
    if len(scripts) > 1 and not any(scripts <= together for together in WRITTEN_TOGETHER):
        return "This name mixes letters of several scripts, which can pass for another name. Use one script."
    if all(char.isascii() or _passes_for_ascii(char) for char in name):
        return "This name can be mistaken for one in Latin letters. Choose another one."
    return ""


def _passes_for_ascii(char: str) -> bool:
    return any(twin["c"].isascii() and twin["c"].isalnum() for twin in confusables_data.get(char, ()))


_RESERVED = frozenset(folded(name) for name in RESERVED.split())
