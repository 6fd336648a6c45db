"""What the installed ffmpeg can do, and what of the needed it cannot: builds differ in what they leave out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mediatools import process
from mediatools.containers import CONTAINERS
from mediatools.source import AUDIO_CODECS, VIDEO_CODECS

TIMEOUT_S = 20.0
NEEDED_ENCODERS = frozenset({"libx264", "aac", "mjpeg"})
NEEDED_MUXERS = frozenset({"hls", "mp4", "mjpeg", "f32le"})
NEEDED_DEMUXERS = frozenset(container.demuxer for container in CONTAINERS.values())
NEEDED_DECODED = frozenset(VIDEO_CODECS | AUDIO_CODECS)
# Not in every build: blackframe under the GPL only, like libx264; zscale (colours of HDR) with the library zimg only.
NEEDED_FILTERS = frozenset({"blackframe", "yadif", "zscale", "tonemap", "showwaves"})
_VERSION = re.compile(r"^ffmpeg version (\S+)")


@dataclass(frozen=True)
class Capabilities:
    """`missing` names what is needed and not there, such as "encoder libx264".

    `is_isolated` says whether this system lets it be started without a network, in a namespace of users of its own.
    """

    version: str
    missing: tuple[str, ...]
    is_isolated: bool


def read_capabilities() -> Capabilities:
    """Ask the installed ffmpeg. Raises ProgramMissing, ProgramFailed, ProgramTimedOut."""
    found = _VERSION.match(_ask("-version"))
    missing = [
        *(f"decoder for {codec}" for codec in sorted(NEEDED_DECODED - _names("-codecs", with_flag="D"))),
        *(f"encoder {name}" for name in sorted(NEEDED_ENCODERS - _names("-encoders"))),
        *(f"reader of {name}" for name in sorted(NEEDED_DEMUXERS - _names("-demuxers"))),
        *(f"writer of {name}" for name in sorted(NEEDED_MUXERS - _names("-muxers"))),
        *(f"filter {name}" for name in sorted(NEEDED_FILTERS - _names("-filters"))),
    ]
    return Capabilities(found[1] if found else "unknown", tuple(missing), process.can_isolate())


def parse_names(listing: str, *, with_flag: str = "") -> set[str]:
    """The names in a listing of ffmpeg's, only those with that flag if one is given.

    Each line has flags, then a name, or several with commas between. Lines of the key have "=" for a name.
    """
    names: set[str] = set()
    for line in listing.splitlines():
        words = line.split()
        if line.startswith(" ") and len(words) >= 2 and with_flag in words[0]:
            names.update(words[1].split(","))
    return names


def _names(option: str, *, with_flag: str = "") -> set[str]:
    return parse_names(_ask(option), with_flag=with_flag)


def _ask(option: str) -> str:
    return process.run(["ffmpeg", option], timeout_s=TIMEOUT_S).stdout.decode(errors="replace")
