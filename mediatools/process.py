"""Starting outside programs: the only importer of subprocess.

Each program runs in its own process group, without input, with a small environment, behind the guards of guards.py
and with a time limit. It is killed as a whole at the limit, when cancelled, when the caller fails, and by the
kernel when the worker itself is killed (PR_SET_PDEATHSIG, see prctl(2), set by util-linux' setpriv). The death signal
is bound to the *thread* that started the program; that thread waits in run() until the program has ended, so it cannot
end earlier unless the whole worker does. When memory runs out, the kernel ends these programs before all others.
"""

from __future__ import annotations

import os
import re
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from mediatools.errors import ProgramCancelled, ProgramFailed, ProgramMissing, ProgramTimedOut
from mediatools.guards import GUARDS, ISOLATION, guarded_argv

POLL_INTERVAL_S = 0.2
READ_SIZE_BYTES = 256 * 1024
STDERR_TAIL_BYTES = 4096
MAX_STDOUT_BYTES = 16 * 1024 * 1024
# See proc_pid_oom_score_adj(5): 1000 would be "always the first", as if a little were as bad as much.
OOM_SCORE_ADJUSTMENT = 800
# Each arena of glibc reserves 64 MiB of the address space, up to eight for each processor; nothing here needs so many.
ENVIRONMENT = {"LC_ALL": "C", "MALLOC_ARENA_MAX": "4"}
ISOLATION_TIMEOUT_S = 5.0
DEBIAN_PACKAGES = {"ffmpeg": "ffmpeg", "ffprobe": "ffmpeg", "prlimit": "util-linux", "setpriv": "util-linux"}
OUT_TIME = re.compile(rb"^out_time_us=(\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Finished:
    """What a program that ended with status 0 left behind; `stderr_tail` is its last 4 KB as text."""

    stdout: bytes
    stderr_tail: str
    duration_s: float


def run(
    argv: Sequence[str],
    *,
    timeout_s: float,
    on_output: Callable[[bytes], None] | None = None,
    on_progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Finished:
    """Run a program to its end and return what it wrote to stdout (at most 16 MiB).

    With `on_output` stdout is given to it piece by piece, unbounded, and not kept; what it raises ends the program.
    `on_progress` is only for ffmpeg: it is called about twice a second with the milliseconds of output written
    so far. `cancelled` is asked about five times a second.

    Raises ProgramMissing, ProgramFailed (a status other than 0, or too much output), ProgramTimedOut,
    ProgramCancelled. However this function is left, the program and its children have ended before.
    """
    name = os.path.basename(argv[0])
    started_s = time.monotonic()
    read_fd, write_fd = os.pipe()
    with open(read_fd, "rb", buffering=0) as progress, open(write_fd, "wb", buffering=0) as progress_end:
        if on_progress is None:
            process = _start(argv, timeout_s, pass_fds=())
        else:
            reporting = [argv[0], "-progress", f"pipe:{write_fd}", *argv[1:]]
            process = _start(reporting, timeout_s, pass_fds=(write_fd,))
        try:
            progress_end.close()
            conversation = _Conversation(process, progress, on_output, on_progress or _ignore)
            for _ in conversation.turns():
                _check_time(name, started_s, timeout_s)
                _check_cancellation(name, cancelled)
        finally:
            _end(process)
    stderr_tail = conversation.stderr_tail.decode(errors="replace").strip()
    if process.returncode != 0:
        raise ProgramFailed(_failure_sentence(name, process.returncode), stderr_tail=stderr_tail)
    return Finished(bytes(conversation.stdout), stderr_tail, time.monotonic() - started_s)


@cache
def can_isolate() -> bool:
    """Whether this system lets programs be started without a network; many containers do not. Asked once."""
    try:
        tried = subprocess.run(
            [*ISOLATION, "true"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ISOLATION_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


class _Conversation:
    """Reads stdout, stderr and progress side by side, so that no full pipe can block the program."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        progress: IO[bytes],
        on_output: Callable[[bytes], None] | None,
        on_progress: Callable[[int], None],
    ) -> None:
        self.stdout = bytearray()
        self.stderr_tail = b""
        self._process = process
        self._progress = progress
        self._on_output = on_output or self._keep_stdout
        self._on_progress = on_progress
        self._unfinished_line = b""

    def turns(self) -> Iterator[None]:
        """Read what comes and give the caller a turn every POLL_INTERVAL_S, until the program has ended."""
        assert self._process.stdout is not None and self._process.stderr is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ, self._on_output)
            selector.register(self._process.stderr, selectors.EVENT_READ, self._take_stderr)
            selector.register(self._progress, selectors.EVENT_READ, self._take_progress)
            next_turn_s = time.monotonic()
            while selector.get_map():
                for key, _ in selector.select(POLL_INTERVAL_S):
                    data = os.read(key.fd, READ_SIZE_BYTES)
                    if data:
                        key.data(data)
                    else:
                        selector.unregister(key.fileobj)
                if time.monotonic() >= next_turn_s:
                    next_turn_s = time.monotonic() + POLL_INTERVAL_S
                    yield
        while not self._has_ended():
            yield

    def _has_ended(self) -> bool:
        try:
            self._process.wait(POLL_INTERVAL_S)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _keep_stdout(self, data: bytes) -> None:
        self.stdout += data
        if len(self.stdout) > MAX_STDOUT_BYTES:
            raise ProgramFailed(
                "The program wrote more than it may.", stderr_tail=self.stderr_tail.decode(errors="replace")
            )

    def _take_stderr(self, data: bytes) -> None:
        self.stderr_tail = (self.stderr_tail + data)[-STDERR_TAIL_BYTES:]

    def _take_progress(self, data: bytes) -> None:
        complete, newline, self._unfinished_line = (self._unfinished_line + data).rpartition(b"\n")
        times_us = OUT_TIME.findall(complete + newline)
        if times_us:
            self._on_progress(int(times_us[-1]) // 1000)


def _start(argv: Sequence[str], timeout_s: float, *, pass_fds: Sequence[int]) -> subprocess.Popen[bytes]:
    for program in (*GUARDS, argv[0]):
        if shutil.which(program) is None:
            hint = f": install Debian's package {DEBIAN_PACKAGES[program]}" if program in DEBIAN_PACKAGES else ""
            raise ProgramMissing(f"{program} is not installed{hint}.")
    # A small environment: neither passwords nor settings that change what ffmpeg does (FFREPORT) are handed on.
    process = subprocess.Popen(
        guarded_argv(argv, timeout_s=timeout_s, isolated=can_isolate()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", os.defpath), **ENVIRONMENT},
        start_new_session=True,
        pass_fds=pass_fds,
    )
    # Not every system lets it; where one does not, all programs are equal when memory runs out.
    with suppress(OSError):
        Path(f"/proc/{process.pid}/oom_score_adj").write_text(f"{OOM_SCORE_ADJUSTMENT}\n", encoding="ascii")
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the whole group if its leader was not yet waited for (afterwards the number may be another's)."""
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _check_time(name: str, started_s: float, timeout_s: float) -> None:
    if time.monotonic() - started_s > timeout_s:
        raise ProgramTimedOut(f"{name} was stopped because it took longer than {timeout_s:.0f} seconds.")


def _check_cancellation(name: str, cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise ProgramCancelled(f"{name} was stopped because the work was cancelled.")


def _failure_sentence(name: str, return_code: int) -> str:
    if return_code < 0:
        return f"{name} was ended by {signal.Signals(-return_code).name}."
    return f"{name} could not do its work (status {return_code})."


def _ignore(_: int) -> None:
    """Stands in for a caller who does not want to hear of progress."""
