"""`python -m benchmarks [RUNS]` prints medians in seconds; every run starts from an upload over HTTP."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks import recipes
from tests.live_site import REPOSITORY, WEIGHTS, LiveSite, wait_for
from transcribe.weights import resolve

MEDIA = REPOSITORY / "tests" / "media"
RECORDINGS = (
    "chromium-mp4-avc1-opus.mp4",
    "chromium-mkv-avc1-opus.webm",
    "chromium-mp4-avc1-long-gop.mp4",
    "chromium-mp4-vp9-opus.mp4",
    "chromium-webm-vp8-opus.webm",
)
KEEP_MS = [[500, 12200], [20200, 26200]]


def until(look: Callable[[], bool]) -> float:
    """Seconds from now until `look` is true, asked every 20 ms."""
    start = time.monotonic()
    wait_for(look, 600, "the benchmark", pause_s=0.02)
    return time.monotonic() - start


def from_stop_to_words(site: LiveSite, token: str, source: Path) -> tuple[float, float]:
    """Seconds from the last byte of an upload to a video that plays, and to its words."""
    name = site.upload(source, token)
    address = f"/api/videos/{name}/"
    playable = until(lambda: site.get(address, token)["playlist"] is not None)
    words = until(lambda: site.get(address, token)["state"] == "ready")
    return playable, playable + words


def cut(site: LiveSite, token: str, source_name: str) -> float:
    """Seconds from the request of a cut to its being playable."""
    start = time.monotonic()
    name = site.post(f"/api/videos/{source_name}/cuts/", token, keep=KEEP_MS)["name"]
    until(lambda: site.get(f"/api/videos/{name}/", token)["playlist"] is not None)
    return time.monotonic() - start


def print_rows(title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[float]]]) -> None:
    print(f"\n{title}\n{'':34}" + "".join(f"{column:>18}" for column in columns))
    for name, figures in rows:
        print(f"{name:34}" + "".join(f"{figure:>18.2f}" for figure in figures), flush=True)


def main(runs: int) -> None:
    print(f"Medians of {runs} runs, in seconds. Recordings of 20 to 34 s; the recipes run alone, on the same machine.")
    weights = resolve("tiny", WEIGHTS).path
    with tempfile.TemporaryDirectory() as folder, LiveSite(Path(folder)) as site:
        token, scratch = site.token("bench"), Path(folder) / "recipes"
        from_stop_to_words(site, token, MEDIA / RECORDINGS[0])  # loads the weights
        rows = []
        for name in RECORDINGS:
            ours = [from_stop_to_words(site, token, MEDIA / name) for _ in range(runs)]
            ladder = [recipes.ladder_before_playing(MEDIA / name, scratch / f"{name}{run}") for run in range(runs)]
            whisper = [recipes.whisper_command_line(MEDIA / name, scratch, weights) for _ in range(runs)]
            figures = (median(playable for playable, _ in ours), median(ladder))
            rows.append((name, (*figures, median(words for _, words in ours), median(whisper))))
        columns = ("stop -> playable", "x264 ladder", "stop -> words", "whisper command")
        print_rows("From the last byte", columns, rows)
        source_name = site.upload(MEDIA / RECORDINGS[0], token)
        site.wait_for_state(source_name, token, "ready")
        video = next((Path(folder) / "media" / "videos" / source_name).glob("video.mp4"))
        cuts = [cut(site, token, source_name) for _ in range(runs)]
        plain = [recipes.cut_by_select(video, KEEP_MS, scratch / "cut.mp4") for _ in range(runs)]
        print_rows(
            "Cutting 17.7 s out of 34 s",
            ("cut -> playable", "one select filter"),
            [("", (median(cuts), median(plain)))],
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
