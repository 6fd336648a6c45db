from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Makes a file with ffmpeg: `make("a.mp4", "-f", "lavfi", "-i", "testsrc", ...)`."""

    def run_ffmpeg(name: str, *words: str) -> Path:
        path = tmp_path / name
        subprocess.run(["ffmpeg", "-y", "-v", "error", *words, str(path)], check=True, timeout=60)
        return path

    return run_ffmpeg
