"""The name under which messages were queued before the work had a room of its own: for those that wait when a site is
upgraded. It goes with the next version."""

from __future__ import annotations

from videos.work.tasks import work

__all__ = ["work"]
