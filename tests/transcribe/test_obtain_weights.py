from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from transcribe.management.commands import obtain_weights
from transcribe.weights import Weights, WeightsError


@pytest.fixture
def obtain_with(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Any:
    settings.WHISPER_MODEL, settings.WHISPER_WEIGHTS_DIR = "tiny", tmp_path
    return lambda answer: monkeypatch.setattr(obtain_weights, "obtain", answer)


def test_it_shows_the_progress_the_weights_and_the_note(
    obtain_with: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(model: str, folder: Path, *, on_progress: Any) -> Weights:
        assert (model, folder) == ("tiny", tmp_path)
        for percent in (7, 100):
            on_progress(percent)
        return Weights(tmp_path / "tiny.en.pt", "tiny.en", None, "Subtitles use the English-only model.")

    obtain_with(answer)
    call_command("obtain_weights")

    shown = capsys.readouterr().out
    assert "\rWhisper weights: 7 %\rWhisper weights: 100 %\n" in shown
    assert "tiny.en" in shown
    assert "Subtitles use the English-only model." in shown


@pytest.mark.parametrize(
    ("code", "options", "status"),
    [("weights_missing", ["--online-only"], 3), ("weights_missing", [], 1), ("model_unknown", ["--online-only"], 1)],
)
def test_it_ends_with_a_status_that_set_up_understands(
    obtain_with: Any, code: str, options: list[str], status: int
) -> None:
    def refuse(*_arguments: object, **_options: object) -> Weights:
        raise WeightsError(code, "There are none.")

    obtain_with(refuse)
    with pytest.raises(CommandError, match="There are none") as end:
        call_command("obtain_weights", *options)
    assert end.value.returncode == status


@pytest.mark.parametrize("model", ["tiny", "base"])
def test_in_a_container_it_says_where_weights_can_be_put(
    settings: Settings, tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The image is read-only: no trace, but what to do."""
    settings.WHISPER_MODEL, settings.WHISPER_WEIGHTS_DIR = model, tmp_path / "weights"

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)

    with pytest.raises(CommandError, match="read-only file system.*WHISPER_WEIGHTS_DIR.*run --rm weights"):
        call_command("obtain_weights")
