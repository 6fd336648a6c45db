"""Whether an MP4 is protected: ffprobe shows only the codec beneath, and what it decodes is noise."""

from __future__ import annotations

from pathlib import Path

from mediatools.boxes import Box, boxes, budget, descend

# Sample entries of encrypted streams: Common Encryption (ISO/IEC 14496-12, section 8.12) and Apple's FairPlay.
ENCRYPTED_ENTRIES = {"encv", "enca", "drmi", "drms"}
# What an `stsd` has before its entries: version, flags and how many there are (section 8.5.2).
STSD_FIELDS_BYTES = 8


def has_encrypted_track(path: Path) -> bool:
    """Whether any track of an MP4 has an encrypted sample entry. False also for what is not an MP4.

    Raises UnplayableMedia for a file of more boxes than any video has.
    """
    with path.open("rb") as file:
        whole = Box("", 0, path.stat().st_size)
        left = budget()
        for table in descend(file, whole, "moov", "trak", "mdia", "minf", "stbl", "stsd", left=left):
            entries = boxes(file, table.start + STSD_FIELDS_BYTES, table.end, left)
            if any(entry.kind in ENCRYPTED_ENTRIES for entry in entries):
                return True
    return False
