"""`python -m benchmarks.load [SECONDS]`: viewers fetch segments through nginx while others upload and a cut renders.

200 viewers each fetch a master playlist, its media playlist and then segments at the pace of playing; 20 people upload
at the same time; cuts are made one after the other. Prints what failed (nothing should), how long a segment took, and
how many requests for public files reached Django (none should).
"""

from __future__ import annotations

import concurrent.futures
import http.client
import random
import sys
import tempfile
import threading
import time
import urllib.error
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

from tests.live_site import REPOSITORY, LiveSite
from tests.production_site import production_site

RECORDING = REPOSITORY / "tests" / "media" / "chromium-mkv-avc1-opus.webm"
VIEWERS, UPLOADERS = 200, 20
SEGMENT_S = 2.0


@dataclass
class Findings:
    """What the clients saw, gathered from many threads."""

    segment_ms: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add_segment(self, milliseconds: float) -> None:
        with self.lock:
            self.segment_ms.append(milliseconds)

    def count(self, what: str) -> None:
        with self.lock:
            self.done[what] += 1

    def fault(self, what: str) -> None:
        with self.lock:
            self.faults[what] += 1


def fetch(connection: http.client.HTTPConnection, path: str) -> bytes:
    """The body; anything but 200 raises ValueError."""
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise ValueError(f"{answer.status} for {path.rsplit('/', 1)[-1]}")
    return body


def watch(site: LiveSite, playlist: str, until: float, findings: Findings) -> None:
    """One viewer: plays a video over and over, a segment every two seconds."""
    address = urlsplit(site.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    time.sleep(random.random() * SEGMENT_S)
    while time.monotonic() < until:
        try:
            master = fetch(connection, playlist).decode()
            media = "/hls/" + next(line for line in master.splitlines() if not line.startswith("#"))
            segments = [line for line in fetch(connection, media).decode().splitlines() if not line.startswith("#")]
            for segment in segments:
                start = time.monotonic()
                if start > until:
                    break
                fetch(connection, f"{media.rpartition('/')[0]}/{segment}")
                took = time.monotonic() - start
                findings.add_segment(took * 1000)
                time.sleep(max(0.0, SEGMENT_S - took))
        except (OSError, ValueError, http.client.HTTPException) as error:
            findings.fault(f"viewer: {error}")
            connection.close()
    connection.close()


def upload(site: LiveSite, until: float, findings: Findings, token: str) -> None:
    """One person: uploads until time is over, waiting as told where there are too many at once."""
    while time.monotonic() < until:
        try:
            site.upload(RECORDING, token)
            findings.count("uploads")
        except (OSError, AssertionError, http.client.HTTPException) as error:
            code = error.code if isinstance(error, urllib.error.HTTPError) else error
            findings.fault(f"upload: {code}")
        time.sleep(5)


def cut(site: LiveSite, source: str, until: float, findings: Findings, token: str) -> None:
    """One person: a cut after the other, each waited for."""
    while time.monotonic() < until:
        try:
            name = site.post(f"/api/videos/{source}/cuts/", token, keep=[[1000, 9000], [12000, 16000]])["name"]
            site.wait_for_state(name, token, "playable", "ready", timeout_s=600)
            findings.count("cuts")
        except (OSError, AssertionError) as error:
            findings.fault(f"cut: {error}")


def requests_to_django(site: LiveSite) -> int:
    """Requests for files that gunicorn's access log has seen."""
    lines = site.log("web").splitlines()
    assert any(" /api/uploads/" in line for line in lines), "the access log is on"
    return sum(" /hls/" in line or " /media/" in line for line in lines)


def main(seconds: float) -> None:
    findings = Findings()
    folder = tempfile.TemporaryDirectory()
    Path(folder.name).chmod(0o755)  # nginx runs as somebody else
    with folder, production_site(Path(folder.name), GUNICORN_CMD_ARGS="--access-logfile -") as site:
        owner = site.token("owner")
        name = site.upload(RECORDING, owner)
        playlist = site.wait_for_state(name, owner, "ready")["playlist"]
        tokens = [site.token(f"person{number}") for number in range(UPLOADERS)]
        until = time.monotonic() + seconds
        with concurrent.futures.ThreadPoolExecutor(VIEWERS + UPLOADERS + 1) as people:
            for _ in range(VIEWERS):
                people.submit(watch, site, playlist, until, findings)
            for token in tokens:
                people.submit(upload, site, until, findings, token)
            people.submit(cut, site, name, until, findings, owner)
        reached = requests_to_django(site)
    cuts = quantiles(findings.segment_ms, n=100)
    print(f"{VIEWERS} viewers, {UPLOADERS} uploaders and one cutter for {seconds:.0f} s")
    print(
        f"{len(findings.segment_ms)} segments: median {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms"
    )
    print(f"finished: {dict(findings.done)}")
    print(f"faults: {dict(findings.faults) or 'none'}")
    print(f"requests for public files that reached Django: {reached}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60)
