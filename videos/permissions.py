"""What people who look after the site may do with the videos of others: what Django's permissions say, nothing else."""

from __future__ import annotations

from typing import Literal

from accounts.models import User

Action = Literal["view", "change", "delete"]
# Whoever may change may look, as in the admin.
PERMISSIONS: dict[Action, tuple[str, ...]] = {"view": ("view", "change"), "change": ("change",), "delete": ("delete",)}


def staff_may(user: User | None, action: Action, kind: str) -> bool:
    """Whether this person's permissions allow the action on everybody's videos of a kind.

    Asked of the kind, as the admin's page of that kind does, and of videos as such. Being staff alone allows nothing.
    """
    if user is None or not user.is_staff:
        return False
    models = (f"{kind}video", "video")
    return any(user.has_perm(f"videos.{word}_{model}") for word in PERMISSIONS[action] for model in models)
