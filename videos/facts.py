"""What is known of a video's video.mp4: measured where it is made, kept on the row, passed along from there."""

from __future__ import annotations

from pathlib import Path

from mediatools.facts import MediaFacts, facts_from_json, facts_to_json
from mediatools.probe import probe_prepared
from videos.models import Video


def facts_of(video: Video, path: Path) -> MediaFacts:
    """The kept facts; read from the file at `path` where the row has none that this version understands.

    Raises the errors of probe_prepared.
    """
    kept = facts_from_json(video.facts) if video.facts else None
    if kept is not None:
        return kept
    facts = probe_prepared(path)
    Video.objects.filter(pk=video.pk).update(facts=facts_to_json(facts))
    return facts
