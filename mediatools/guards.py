"""What stands before an outside program's own words: limits of what it may take and reach.

All is done by small programs of util-linux that exec each other (prlimit, nice, unshare, setpriv), because preexec_fn
is not safe in a worker with threads.
"""

from __future__ import annotations

import math
import os
import resource
from collections.abc import Sequence

MAX_FILE_BYTES = 8 * 1024**3
# Little: heavier work in the same worker (speech recognition) must not come before a video that waits to be
# playable.
NICENESS = 2
# Address space counts what is reserved, not what is used. Measured: 0.8 GiB for ffprobe on any 4K picture with 16
# threads; for ffmpeg on two processors 1.2 GiB from 4K HEVC to 1080p, and 70 MiB more for each thread of x264, which
# takes one and a half for each processor.
FFPROBE_ADDRESS_SPACE_BYTES = 2 * 1024**3
FFMPEG_ADDRESS_SPACE_BYTES = 4 * 1024**3
PROCESSORS_WITHIN = 16
BYTES_PER_FURTHER_PROCESSOR = 128 * 1024**2
# A namespace of users and one of networks: no network but a loopback that is down, and nothing to gain from being root.
ISOLATION = ("unshare", "--user", "--map-current-user", "--net")
GUARDS = ("prlimit", "nice", "setpriv")


def guarded_argv(argv: Sequence[str], *, timeout_s: float, isolated: bool) -> list[str]:
    """The command behind resource limits, lowered priority, the death signal and, if `isolated`, without a network.

    The CPU limit is what all processors could spend in the time limit: a second guard, should nobody watch the clock.
    """
    cpu_s = math.ceil(timeout_s) * (os.cpu_count() or 1) + 1
    address_space_bytes = address_space(os.path.basename(argv[0]), processors=os.cpu_count() or 1)
    limits = [
        f"--core={_at_most_hard_limit(resource.RLIMIT_CORE, 0)}",
        f"--cpu={_at_most_hard_limit(resource.RLIMIT_CPU, cpu_s)}",
        f"--fsize={_at_most_hard_limit(resource.RLIMIT_FSIZE, MAX_FILE_BYTES)}",
        f"--as={_at_most_hard_limit(resource.RLIMIT_AS, address_space_bytes)}",
    ]
    # The death signal is asked for last: another user's namespace would forget it.
    return [
        *("prlimit", *limits, "nice", "-n", str(NICENESS)),
        *(ISOLATION if isolated else ()),
        *("setpriv", "--no-new-privs", "--pdeathsig", "KILL", "--", *argv),
    ]


def address_space(name: str, *, processors: int) -> int:
    """The most bytes that a program of that name may reserve on a machine with so many processors."""
    if name == "ffprobe":
        return FFPROBE_ADDRESS_SPACE_BYTES
    return FFMPEG_ADDRESS_SPACE_BYTES + max(0, processors - PROCESSORS_WITHIN) * BYTES_PER_FURTHER_PROCESSOR


def _at_most_hard_limit(kind: int, wanted: int) -> int:
    hard = resource.getrlimit(kind)[1]
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
