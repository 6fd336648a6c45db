"""Videos for tests: rows alone where files do not matter, real small recordings where they do."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import User
from videos import files, services
from videos.models import ProcessingStep, Video
from videos.names import new_name


def published(owner: User, *, kind: str = Video.Kind.ORIGINAL, **details: Any) -> Video:
    """A row of a video that can be watched, without files; all its steps are done."""
    video = services.create_video(owner=owner, kind=kind, **details)
    video.steps.update(state=ProcessingStep.State.DONE, progress=100, finished_at=timezone.now())
    Video.objects.filter(pk=video.pk).update(published_at=timezone.now(), duration_ms=3000, width=320, height=240)
    video.refresh_from_db()
    return video


def uploaded(owner: User, source: Path, *, kind: str = Video.Kind.ORIGINAL, **details: Any) -> Video:
    """A video whose original has just arrived; its steps are waiting."""
    name = new_name()
    key = files.original_key(name, source.suffix.lstrip("."))
    with files.scratch_folder() as folder:
        copy = folder / source.name
        shutil.copyfile(source, copy)
        files.put(copy, key)
    return services.create_video(
        owner=owner, kind=kind, name=name, original_file=key, size_bytes=source.stat().st_size, **details
    )


def make_clip(target: Path, *, seconds: float = 3, size: str = "320x240", audio: bool = True) -> Path:
    """A small H.264/AAC recording that can be packaged without encoding."""
    sound = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}", "-c:a", "aac"] if audio else []
    subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=30:duration={seconds}"),
            *sound,
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "60", str(target)),
        ],
        check=True,
    )
    return target
