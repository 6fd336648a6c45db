"""The person's own password, asked again within a session."""

from __future__ import annotations

from accounts.models import User
from limits.spending import give_back, limit_of, person, spend


def is_own_password(user: User, password: str) -> bool:
    """Only wrong ones are counted, so that nobody guesses in a session that was left open. Raises TooOften."""
    limit, who = limit_of("password"), person(user.pk)
    spend(limit, who, what="That was not your password, many times.")
    is_right = user.check_password(password)
    if is_right:
        give_back(limit, who)
    return is_right
