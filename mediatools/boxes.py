"""The boxes that MP4 files are made of (ISO/IEC 14496-12, section 4.2): found without reading what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import BinaryIO

from mediatools.errors import UnplayableMedia

# More than any recording has, also with every picture and sound in a fragment of its own: about a second of reading. A
# file of nothing but empty boxes must not keep a worker busy.
MAX_BOXES = 250_000


@dataclass(frozen=True)
class Box:
    """`start` and `end` enclose the content, without the size and the type that stand before it."""

    kind: str
    start: int
    end: int


def budget() -> Iterator[None]:
    """How many boxes may be looked at: of one walk, however many rows there are. At its end UnplayableMedia."""
    yield from repeat(None, MAX_BOXES)
    raise UnplayableMedia(
        "This video cannot be read: it is in more pieces than a video of its length has.", code="damaged"
    )


def boxes(file: BinaryIO, start: int, end: int, left: Iterator[None] | None = None) -> Iterator[Box]:
    """The boxes side by side between two places of a file. What is no box ends the row, silently.

    Raises UnplayableMedia where the budget is spent, of which `left` is what others of the same walk have left.
    """
    for _ in left or budget():
        file.seek(start)
        header = file.read(16)
        if start + 8 > end or len(header) < 8:
            return
        size, header_bytes = int.from_bytes(header[:4], "big"), 8
        if size == 1:
            size, header_bytes = int.from_bytes(header[8:16], "big"), 16
        box_end = end if size == 0 else start + size
        if not start + header_bytes <= box_end <= end:
            return
        yield Box(header[4:8].decode("latin-1"), start + header_bytes, box_end)
        start = box_end


def descend(file: BinaryIO, outer: Box, *kinds: str, left: Iterator[None] | None = None) -> Iterator[Box]:
    """All boxes below `outer` that are reached by these kinds, one level after the other. Raises as `boxes` does."""
    left = left or budget()
    for box in boxes(file, outer.start, outer.end, left):
        if box.kind == kinds[0]:
            if len(kinds) == 1:
                yield box
            else:
                yield from descend(file, box, *kinds[1:], left=left)
