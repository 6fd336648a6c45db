"""What every speech engine offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from transcribe.cues import Word

Samples = NDArray[np.float32]
"""Mono sound at 16 kHz, from -1 to 1."""

OnProgress = Callable[[int], None]
"""Called with a percentage from 0 to 100 that never falls."""

UNDETERMINED = "und"
"""BCP 47 for "no language known": nothing was said, so nothing could be told."""


class EngineError(Exception):
    """The engine cannot do what was asked. ``code`` is for programs, ``message`` a sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Recognised:
    """What was said: the language as ISO 639-1 (``en``) or ``und``, and the words in order, without overlap."""

    language: str
    words: tuple[Word, ...]


class SpeechEngine(Protocol):
    """Writes down what is said in a recording."""

    @property
    def name(self) -> str:
        """Engine and weights, for people: ``openai-whisper tiny.en``."""

    def recognise(
        self, audio: Samples, *, language: str | None = None, on_progress: OnProgress | None = None
    ) -> Recognised:
        """The words of ``audio``; none when nobody speaks. ``language`` None means: find out. Raises EngineError."""
