"""OpenAI's Whisper in this process, on the CPU, with its own package (openai-whisper 20250625)."""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from transcribe.cues import Word, repaired
from transcribe.edges import snapped
from transcribe.engines.base import UNDETERMINED, EngineError, OnProgress, Recognised, Samples
from transcribe.engines.doubt import Evidence, Verdict, came_again, judged
from transcribe.loudness import FRAME_MS, SAMPLE_RATE, levels, may_hold_speech
from transcribe.weight_records import file_sha256
from transcribe.weights import Weights
from transcribe.windows import Window, windows

SHORTEST_MS = 100
"""No word is shorter; and Whisper invents one when asked about less."""

HEARD_LATER_MS = 700
"""How far a window is moved when it is heard a second time."""

UNSPACED_LANGUAGES = frozenset({"zh", "yue", "ja", "th", "lo", "my", "km"})
"""Written without spaces: a piece without a leading space is a word of its own and not the rest of the last one."""

SAMPLES_PER_MS = SAMPLE_RATE // 1000

_loading = threading.Lock()
_models: dict[Weights, Any] = {}

# Whisper hangs its cache on the model's modules and switches attention for the whole class while it aligns
# words (whisper.model.install_kv_cache_hooks, disable_sdpa), so two recordings may not be in one model at a time. The
# lock is taken for each window: a short recording waits for seconds behind a long one, not for its end.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class OpenAIWhisper:
    """A speech engine. Cheap to make: the model is loaded at the first use and shared by the whole process.

    ``threads`` is how many threads torch uses, for the whole process; None means half the cores. Its threads spin while
    they wait for each other: two of them on two cores, beside an encoding, took twice as long as one (measured).
    """

    weights: Weights
    threads: int | None = None

    @property
    def name(self) -> str:
        return f"openai-whisper {self.weights.name}"

    def recognise(
        self, audio: Samples, *, language: str | None = None, on_progress: OnProgress | None = None
    ) -> Recognised:
        """The words of ``audio`` with times moved to the edges of their sound.

        Weights named ``*.en`` know English only: with them the language of every recording is ``en``, and asking for
        another one is an EngineError ``language_not_supported``. Regions are ignored (``en-GB`` is ``en``).
        With no speech the language is the one asked for, or the only one known, or ``und``.
        """
        spoken = self._language(language)
        loudness = levels(audio)
        words: list[Word] = []
        for window in windows(loudness):
            if _is_worth_hearing(window, loudness):
                sound = audio[window.start_ms * SAMPLES_PER_MS : window.end_ms * SAMPLES_PER_MS]
                found, language = self._believed(sound, window, spoken)
                words += [_shifted(word, window.start_ms) for word in found]
                spoken = spoken or (language if found else None)
            if on_progress:
                on_progress(100 * window.end_ms // (len(loudness) * FRAME_MS))
        return Recognised(spoken or UNDETERMINED, tuple(snapped(words, loudness)))

    def _language(self, asked: str | None) -> str | None:
        from whisper.tokenizer import LANGUAGES

        language = asked.replace("_", "-").split("-")[0].lower() if asked else None
        if language is not None and language not in LANGUAGES:
            raise EngineError("language_unknown", f"Whisper does not know the language “{asked}”.")
        if not self.weights.name.endswith(".en"):
            return language
        if language not in (None, "en"):
            message = f"The Whisper model {self.weights.name} understands English only, so not “{asked}”."
            raise EngineError("language_not_supported", message)
        return "en"

    def _believed(self, sound: Samples, window: Window, language: str | None) -> tuple[list[Word], str]:
        """The words of a window that were said, timed from its start, and their language.

        Where some are doubtful the window is heard again behind a moment of silence: Whisper then looks at other
        pieces of the sound, and only what it hears in both counts.
        """
        heard = self._hear(sound, language)
        verdicts = [_verdict(segment) for segment in heard["segments"]]
        again: list[str] = []
        if Verdict.DOUBTFUL in verdicts:
            before = np.zeros(HEARD_LATER_MS * SAMPLES_PER_MS, dtype=np.float32)
            second = self._hear(np.concatenate([before, sound]), heard["language"])
            again = [part["text"] for part in second["segments"] if _verdict(part) is not Verdict.INVENTED]
        segments = [
            segment
            for segment, verdict in zip(heard["segments"], verdicts, strict=True)
            if verdict is Verdict.SAID or (verdict is Verdict.DOUBTFUL and came_again(segment["text"], again))
        ]
        return _words(segments, heard["language"], window), heard["language"]

    def _hear(self, audio: Samples, language: str | None) -> dict[str, Any]:
        model = _model(self.weights, self.threads)
        try:
            with _one_at_a_time:
                heard: dict[str, Any] = model.transcribe(
                    np.array(audio, dtype=np.float32),  # a copy: torch warns about arrays it may not write to
                    language=language,
                    fp16=False,
                    temperature=0.0,
                    condition_on_previous_text=False,
                    word_timestamps=True,
                    hallucination_silence_threshold=2.0,
                )
        except RuntimeError as error:
            raise EngineError("engine_failed", f"Whisper gave up on this recording: {error}") from error
        return heard


def _is_worth_hearing(window: Window, loudness: np.ndarray) -> bool:
    inside = loudness[window.start_ms // FRAME_MS : window.end_ms // FRAME_MS]
    return window.end_ms - window.start_ms >= SHORTEST_MS and may_hold_speech(inside)


def _words(segments: Sequence[dict[str, Any]], language: str, window: Window) -> list[Word]:
    """The words of one window, timed from its start, repaired and without overlap."""
    pieces = [piece for segment in segments for piece in segment["words"]]
    if language not in UNSPACED_LANGUAGES:
        pieces = list(_whole(pieces))
    words = [Word(round(piece["start"] * 1000), round(piece["end"] * 1000), piece["word"].strip()) for piece in pieces]
    return repaired(words, window.end_ms - window.start_ms)


def _verdict(segment: dict[str, Any]) -> Verdict:
    sure = [piece["probability"] for piece in segment["words"]]
    evidence = Evidence(
        segment["no_speech_prob"],
        segment["avg_logprob"],
        segment["compression_ratio"],
        sum(sure) / len(sure) if sure else 1.0,
    )
    return judged(segment["text"], evidence)


def _whole(pieces: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Whisper gives “ cold” and “-hearted” apart; only a piece with a space before it begins a word."""
    word: dict[str, Any] | None = None
    for piece in pieces:
        if word is None or piece["word"].startswith(" "):
            if word is not None:
                yield word
            word = piece
        else:
            word = {**word, "word": word["word"] + piece["word"], "end": piece["end"]}
    if word is not None:
        yield word


def _shifted(word: Word, offset_ms: int) -> Word:
    return Word(word.start_ms + offset_ms, word.end_ms + offset_ms, word.text)


def _model(weights: Weights, threads: int | None) -> Any:
    with _loading:
        if weights not in _models:
            _models[weights] = _load(weights, threads)
        return _models[weights]


def _load(weights: Weights, threads: int | None) -> Any:
    # Imported here because torch takes seconds and 300 MB, which a process that transcribes nothing should not pay.
    import torch
    import whisper

    _verify(weights.path, weights.sha256)
    torch.set_num_threads(threads or max(1, len(os.sched_getaffinity(0)) // 2))
    try:
        model = whisper.load_model(str(weights.path), device="cpu")
        # whisper sets these only for weights that it fetched itself; without them word times are far worse.
        if weights.name in whisper._ALIGNMENT_HEADS:
            model.set_alignment_heads(whisper._ALIGNMENT_HEADS[weights.name])
    except (RuntimeError, ValueError, KeyError, TypeError, EOFError, pickle.UnpicklingError) as error:
        message = f"{weights.path} is not a Whisper model that can be loaded: {error}"
        raise EngineError("weights_unreadable", message) from error
    return model


def _verify(path: Path, sha256: str | None) -> None:
    try:
        found = file_sha256(path)
    except OSError as error:
        raise EngineError("weights_missing", f"The Whisper weights cannot be read: {error}") from error
    if sha256 is not None and found != sha256:
        message = f"The Whisper weights in {path} are damaged. Delete them and get them again."
        raise EngineError("weights_damaged", message)
