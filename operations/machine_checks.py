"""The doctor's checks of this machine: programs, weights, disks, folders. Each answers with one finding."""

from __future__ import annotations

import os
import secrets
import zipfile
from pathlib import Path

from django.conf import settings

from mediatools.capabilities import read_capabilities
from mediatools.errors import MediaError
from operations.disk import disks
from operations.findings import Finding, broken, ok, warning
from operations.health import FREE_MIN_BYTES
from transcribe.weight_records import file_sha256
from transcribe.weights import WeightsError, resolve

GIB = 1024**3
FEW_BYTES = 10 * GIB


def check_ffmpeg() -> Finding:
    """Encoders, decoders, readers and writers, and whether ffmpeg can be kept from the network."""
    try:
        found = read_capabilities()
    except MediaError as error:
        return broken(error.message)
    if found.missing:
        return broken(
            f"ffmpeg {found.version} lacks {', '.join(found.missing)}: install a full build, such as Debian's."
        )
    reach = "runs without a network" if found.is_isolated else "is not kept from the network: this system forbids that"
    return ok(f"ffmpeg {found.version} has every encoder, decoder, reader and writer that is needed, and {reach}.")


def check_weights() -> Finding:
    """The speech engine's weights: there, whole, and those that were asked for."""
    try:
        weights = resolve(settings.WHISPER_MODEL, settings.WHISPER_WEIGHTS_DIR)
        actual = file_sha256(weights.path)
    except WeightsError as error:
        return broken(error.message)
    if weights.sha256 is not None and actual != weights.sha256:
        return broken(
            f"The Whisper weights {weights.path.name} are damaged: delete that file and run `manage.py obtain_weights`."
        )
    # https://docs.pytorch.org/docs/stable/notes/serialization.html: a checkpoint is a ZIP archive.
    if not zipfile.is_zipfile(weights.path):
        return broken(f"{weights.path.name} is not a Whisper checkpoint: set WHISPER_MODEL to another one.")
    if weights.note:
        return warning(weights.note)
    if weights.sha256 is None:
        return warning(f"The Whisper weights {weights.path.name} can be read, but nobody knows their checksum.")
    return ok(f"The Whisper model {weights.name} is there and its checksum is right.")


def check_disk() -> Finding:
    """Room for uploads and what is made of them."""
    all_disks = disks()
    tightest = min(all_disks, key=lambda disk: disk.free_bytes)
    sentence = f"{tightest.free_bytes / GIB:.1f} GiB are free on the disk of {tightest.folder}"
    if tightest.free_bytes < settings.DISK_RESERVE_BYTES:
        return broken(f"Only {sentence}: make room. Until then uploads are refused, and work on videos waits.")
    if tightest.free_bytes < FREE_MIN_BYTES:
        return broken(f"Only {sentence}: make room, or uploads and videos will fail.")
    if tightest.free_bytes < FEW_BYTES:
        return warning(f"Only {sentence}: make room soon; HLS_CACHE_MAX_GB limits what can be made again.")
    return ok(f"{sentence}, the fullest one.")


def check_folders() -> Finding:
    """That this process may write, and move files as publishing does."""
    faults = []
    for name in ("MEDIA_ROOT", "HLS_ROOT"):
        root = Path(getattr(settings, name))
        beside, there = (root / f".doctor-{secrets.token_hex(6)}" for _ in range(2))
        try:
            root.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(b"doctor")
            os.replace(beside, there)
            there.unlink()
        except OSError as error:
            faults.append(f"{name} ({error.strerror})")
    if faults:
        owner = f"user number {os.geteuid()}"
        return broken(f"Cannot write to {' and '.join(faults)}: give these folders to {owner}, as whom the site runs.")
    return ok("MEDIA_ROOT and HLS_ROOT can be written.")
