"""What one would do without VideoStream: the recipes that its figures stand beside."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

LADDER = ((360, 700), (540, 1600), (720, 2800))


def _timed(argv: list[str]) -> float:
    """Wall time in seconds. Raises CalledProcessError if the program fails."""
    start = time.monotonic()
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - start


def ladder_before_playing(source: Path, folder: Path) -> float:
    """Encode three renditions with x264 into HLS, and only then let people play: seconds."""
    folder.mkdir(parents=True)
    heads = "".join(f"[s{height}]" for height, _ in LADDER)
    scaled = ";".join(f"[s{height}]scale=-2:{height}[v{height}]" for height, _ in LADDER)
    argv = ["ffmpeg", "-v", "error", "-y", "-i", str(source)]
    argv += ["-filter_complex", f"[0:v]fps=30,split={len(LADDER)}{heads};{scaled}"]
    for height, kbits in LADDER:
        argv += ["-map", f"[v{height}]", "-map", "0:a", "-c:v", "libx264", "-preset", "veryfast"]
        argv += ["-b:v", f"{kbits}k", "-g", "60", "-sc_threshold", "0", "-pix_fmt", "yuv420p", "-c:a", "aac"]
        argv += ["-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod", str(folder / f"{height}.m3u8")]
    return _timed(argv)


def whisper_command_line(source: Path, folder: Path, weights: Path) -> float:
    """Start the whisper command for one file, with word times: seconds."""
    argv = [sys.executable, "-c", "from whisper.transcribe import cli; cli()", str(source)]
    argv += ["--model", str(weights), "--word_timestamps", "True", "--fp16", "False", "--language", "en"]
    argv += ["--condition_on_previous_text", "False", "--output_dir", str(folder), "--verbose", "False"]
    return _timed(argv)


def cut_by_select(source: Path, keep_ms: list[list[int]], target: Path) -> float:
    """The one-filter cut that is found everywhere (inexact on browser recordings, and it decodes all): seconds."""
    times = "+".join(f"between(t,{start / 1000},{end / 1000})" for start, end in keep_ms)
    argv = ["ffmpeg", "-v", "error", "-y", "-i", str(source), "-vf", f"fps=30,select='{times}',setpts=N/30/TB"]
    argv += ["-af", f"aselect='{times}',asetpts=N/SR/TB", "-c:v", "libx264", "-preset", "veryfast", str(target)]
    return _timed(argv)
