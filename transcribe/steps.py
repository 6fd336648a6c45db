"""The step that writes down what is said in a recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from django.conf import settings

from mediatools.audio import SPEECH_SAMPLE_RATE, write_speech_audio
from mediatools.errors import ProgramCancelled
from transcribe.brought import ENGINE, brought_words
from transcribe.cues import group_words
from transcribe.engines.base import EngineError, OnProgress, Samples
from transcribe.engines.openai_whisper import OpenAIWhisper
from transcribe.services import store_transcript
from transcribe.strong_words import hidden
from transcribe.weights import WeightsError, resolve
from videos import files
from videos.errors import GiveUp, VideoFileMissing
from videos.facts import facts_of
from videos.models import Video
from videos.work.table import Work
from videos.work.totals import count_heard

SOUND_FILE = "speech.f32"


def _going_on(work: Work) -> OnProgress:
    """Reports progress, and ends the listening when the step was taken away, as when the video was deleted."""

    def report(percent: int) -> None:
        if work.cancelled():
            raise ProgramCancelled("The words are not wanted any more.")
        work.progress(percent)

    return report


def transcribe(video: Video, work: Work) -> None:
    """Subtitles that the file brought, else video.mp4 -> words. Nobody speaks: a transcript without cues."""
    brought = brought_words(video)
    if brought is not None:
        language, cues = brought
        store_transcript(video=video, language=language, engine=ENGINE, cues=cues)
        return
    try:
        engine = OpenAIWhisper(resolve(settings.WHISPER_MODEL, settings.WHISPER_WEIGHTS_DIR))
        with files.scratch_folder() as folder:
            sound = _sound_of(video, folder / SOUND_FILE, work)
            heard = engine.recognise(
                sound,
                language=video.language or settings.WHISPER_LANGUAGE or None,
                on_progress=_going_on(work),
            )
    except FileNotFoundError:
        raise VideoFileMissing from None
    except (EngineError, WeightsError) as error:
        raise GiveUp(error.code, error.message) from error
    words = list(hidden(heard.words, heard.language)) if settings.HIDE_STRONG_WORDS else heard.words
    store_transcript(video=video, language=heard.language, engine=engine.name, cues=group_words(words))
    count_heard(len(sound) * 1000 // SPEECH_SAMPLE_RATE)


def _sound_of(video: Video, target: Path, work: Work) -> Samples:
    """The samples, left in a file: however long the video is, only what is looked at takes memory."""
    with files.local_media(video, files.VIDEO_FILE) as path:
        write_speech_audio(path, target, facts_of(video, path), cancelled=work.cancelled)
    if target.stat().st_size == 0:
        return np.zeros(0, dtype=np.float32)
    return np.memmap(target, dtype="<f4", mode="r")
