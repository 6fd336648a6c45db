"""Public names of videos."""

from __future__ import annotations

import re
import secrets
import string

LENGTH = 12
PATTERN = rf"[A-Za-z][A-Za-z0-9]{{{LENGTH - 1}}}"


def new_name() -> str:
    """12 random letters and digits, the first a letter so that no name looks like a number: about 71 bits."""
    rest = string.ascii_letters + string.digits
    return secrets.choice(string.ascii_letters) + "".join(secrets.choice(rest) for _ in range(LENGTH - 1))


def is_name(text: str) -> bool:
    """Whether `new_name` could have said this."""
    return re.fullmatch(PATTERN, text) is not None
