from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mediatools import guards, process
from mediatools.errors import ProgramCancelled, ProgramFailed, ProgramMissing, ProgramTimedOut
from mediatools.guards import address_space, guarded_argv

# A program with a child: both write their numbers, then sleep.
FAMILY = ["sh", "-c", 'sleep 60 & echo $$ $! > "$1"; wait', "sh"]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_ended(pids: list[int]) -> bool:
    deadline_s = time.monotonic() + 5
    while any(is_running(pid) for pid in pids) and time.monotonic() < deadline_s:
        time.sleep(0.02)
    return not any(is_running(pid) for pid in pids)


def family_at(path: Path) -> list[int]:
    deadline_s = time.monotonic() + 10
    while not (path.exists() and path.read_text().strip()) and time.monotonic() < deadline_s:
        time.sleep(0.02)
    return [int(word) for word in path.read_text().split()]


def test_it_returns_what_the_program_wrote() -> None:
    finished = process.run(["sh", "-c", "echo out; echo err >&2"], timeout_s=10)
    assert finished.stdout == b"out\n"
    assert finished.stderr_tail == "err"
    assert 0 < finished.duration_s < 10


def test_much_on_both_pipes_does_not_block() -> None:
    finished = process.run(["sh", "-c", "head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero"], timeout_s=10)
    assert len(finished.stdout) == 3_000_000
    assert len(finished.stderr_tail) <= process.STDERR_TAIL_BYTES


def test_too_much_output_ends_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MAX_STDOUT_BYTES", 1_000_000)
    with pytest.raises(ProgramFailed, match="more than it may"):
        process.run(["cat", "/dev/zero"], timeout_s=10)


def test_a_failing_program_is_told_with_its_last_words() -> None:
    with pytest.raises(ProgramFailed, match=r"sh could not do its work \(status 3\)") as caught:
        process.run(["sh", "-c", "echo the reason >&2; exit 3"], timeout_s=10)
    assert caught.value.stderr_tail == "the reason"


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(ProgramMissing, match="no-such-program is not installed"):
        process.run(["no-such-program"], timeout_s=10)


def test_a_missing_ffmpeg_comes_with_advice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("prlimit", "nice", "setpriv", "unshare"):
        (tmp_path / name).symlink_to("/bin/true")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramMissing, match="ffmpeg is not installed: install Debian's package ffmpeg"):
        process.run(["ffmpeg"], timeout_s=10)


def test_the_time_limit_kills_the_whole_family(tmp_path: Path) -> None:
    with pytest.raises(ProgramTimedOut, match="longer than 1 seconds"):
        process.run([*FAMILY, str(tmp_path / "pids")], timeout_s=1)
    assert wait_until_ended(family_at(tmp_path / "pids"))


def test_the_time_limit_also_holds_for_a_program_that_closed_its_output(tmp_path: Path) -> None:
    with pytest.raises(ProgramTimedOut):
        process.run(["sh", "-c", "exec >&- 2>&-; sleep 60"], timeout_s=0.5)


def test_cancelling_kills_the_whole_family(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with pytest.raises(ProgramCancelled):
        process.run([*FAMILY, str(pids)], timeout_s=30, cancelled=pids.exists)
    assert wait_until_ended(family_at(pids))


def test_a_failing_caller_kills_the_whole_family(tmp_path: Path) -> None:
    pids = tmp_path / "pids"

    def interrupt() -> bool:
        if pids.exists():
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        process.run([*FAMILY, str(pids)], timeout_s=30, cancelled=interrupt)
    assert wait_until_ended(family_at(pids))


def test_the_program_dies_with_a_killed_worker(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = f"from mediatools.process import run; run(['sh', '-c', 'echo $$ > {pids}; exec sleep 60'], timeout_s=60)"
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=Path(process.__file__).parents[1])
    program = family_at(pids)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    assert wait_until_ended(program)


def test_it_works_in_a_thread_as_workers_do() -> None:
    seen: list[bytes] = []
    thread = threading.Thread(target=lambda: seen.append(process.run(["echo", "here"], timeout_s=10).stdout))
    thread.start()
    thread.join()
    assert seen == [b"here\n"]


def test_the_program_gets_limits_a_small_environment_and_no_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for ffmpeg")
    script = "env; ulimit -c; ulimit -t; nice; cat; [ -t 0 ] || echo no terminal"
    lines = process.run(["bash", "-c", script], timeout_s=7).stdout.decode().splitlines()
    assert not any("SECRET_KEY" in line for line in lines)
    core, cpu_s, niceness, terminal = lines[-4:]
    assert (core, terminal) == ("0", "no terminal")
    assert int(cpu_s) == 7 * (os.cpu_count() or 1) + 1
    assert int(niceness) == min(19, os.nice(0) + guards.NICENESS)


def test_what_a_program_writes_is_not_kept_where_it_is_taken_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MAX_STDOUT_BYTES", 1_000_000)
    sizes: list[int] = []
    finished = process.run(
        ["head", "-c", "3000000", "/dev/zero"], timeout_s=10, on_output=lambda data: sizes.append(len(data))
    )
    assert (sum(sizes), finished.stdout) == (3_000_000, b"")


def test_a_reader_who_has_enough_ends_the_program(tmp_path: Path) -> None:
    def refuse(_: bytes) -> None:
        raise ValueError("enough")

    pids = tmp_path / "pids"
    with pytest.raises(ValueError, match="enough"):
        process.run(["sh", "-c", f"echo $$ > {pids}; exec cat /dev/zero"], timeout_s=30, on_output=refuse)
    assert wait_until_ended(family_at(pids))


@pytest.mark.parametrize("isolated", [True, False])
def test_the_command_stands_behind_its_guards(isolated: bool) -> None:
    guarded = guarded_argv(["ffmpeg", "-i", "file:/m/a.mp4"], timeout_s=10, isolated=isolated)
    assert guarded[0] == "prlimit"
    assert [word.split("=")[0] for word in guarded[1:5]] == ["--core", "--cpu", "--fsize", "--as"]
    assert guarded[5:] == [
        *("nice", "-n", "2"),
        *(("unshare", "--user", "--map-current-user", "--net") if isolated else ()),
        *("setpriv", "--no-new-privs", "--pdeathsig", "KILL", "--"),
        *("ffmpeg", "-i", "file:/m/a.mp4"),
    ]


@pytest.mark.parametrize(
    ("name", "processors", "gib"), [("ffprobe", 2, 2.0), ("ffprobe", 64, 2.0), ("ffmpeg", 2, 4.0), ("ffmpeg", 64, 10.0)]
)
def test_memory_is_bounded_by_what_the_machine_may_need(name: str, processors: int, gib: float) -> None:
    assert address_space(name, processors=processors) == gib * 1024**3


def test_a_program_that_takes_all_memory_is_stopped_and_not_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "FFMPEG_ADDRESS_SPACE_BYTES", 64 * 1024**2)
    with pytest.raises(ProgramFailed, match="python3 could not do its work") as caught:
        process.run(["python3", "-c", "print(len(bytes(100_000_000)))"], timeout_s=10)
    assert "MemoryError" in caught.value.stderr_tail


def test_the_kernel_ends_these_programs_first_when_memory_runs_out() -> None:
    assert process.run(["sh", "-c", "sleep 0.3; cat /proc/self/oom_score_adj"], timeout_s=10).stdout == b"800\n"


def test_a_program_cannot_gain_privileges() -> None:
    status = process.run(["cat", "/proc/self/status"], timeout_s=10).stdout
    assert b"NoNewPrivs:\t1" in status


def test_a_program_sees_no_network_where_the_system_allows_that() -> None:
    listed = process.run(["cat", "/proc/net/dev"], timeout_s=10).stdout.decode()
    names = {line.split(":")[0].strip() for line in listed.splitlines() if ":" in line}
    own = {line.split(":")[0].strip() for line in Path("/proc/net/dev").read_text().splitlines() if ":" in line}
    assert names == ({"lo"} if process.can_isolate() else own)


@pytest.mark.parametrize("refused", ["exit 1", "sleep 60"])
def test_a_system_that_allows_no_namespaces_still_runs_programs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, refused: str
) -> None:
    (tmp_path / "unshare").write_text(f"#!/bin/sh\n{refused}\n")
    (tmp_path / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(process, "ISOLATION_TIMEOUT_S", 0.5)
    process.can_isolate.cache_clear()
    try:
        assert process.run(["echo", "here"], timeout_s=10).stdout == b"here\n"
        assert not process.can_isolate()
    finally:
        process.can_isolate.cache_clear()


def test_progress_comes_beside_the_output() -> None:
    seen: list[int] = []
    argv = ["ffmpeg", "-v", "error", "-re", "-f", "lavfi", "-i", "sine=d=1.2", "-f", "s16le", "pipe:1"]
    finished = process.run(argv, timeout_s=20, on_progress=seen.append)
    assert len(finished.stdout) == 1.2 * 44_100 * 2
    assert seen == sorted(seen)
    assert seen[-1] == 1200
    assert len(seen) >= 2
