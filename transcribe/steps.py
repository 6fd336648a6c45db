"""The step that writes down what is said in a recording."""

from __future__ import annotations

import numpy as np
from django.conf import settings

from mediatools.audio import read_speech_audio
from mediatools.errors import ProgramCancelled
from transcribe.brought import ENGINE, brought_words
from transcribe.cues import group_words
from transcribe.engines.base import EngineError, OnProgress
from transcribe.engines.openai_whisper import OpenAIWhisper
from transcribe.services import store_transcript
from transcribe.weights import WeightsError, resolve
from videos import files
from videos.errors import GiveUp, VideoFileMissing
from videos.models import Video
from videos.work.table import Work

READ_AUDIO_TIMEOUT_S = 300


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
        with files.local_media(video, files.VIDEO_FILE) as path:
            sound = read_speech_audio(path, timeout_s=READ_AUDIO_TIMEOUT_S)
        engine = OpenAIWhisper(resolve(settings.WHISPER_MODEL, settings.WHISPER_WEIGHTS_DIR))
        heard = engine.recognise(
            np.frombuffer(sound, dtype="<f4").astype(np.float32, copy=False),
            language=video.language or settings.WHISPER_LANGUAGE or None,
            on_progress=_going_on(work),
        )
    except FileNotFoundError:
        raise VideoFileMissing from None
    except (EngineError, WeightsError) as error:
        raise GiveUp(error.code, error.message) from error
    store_transcript(video=video, language=heard.language, engine=engine.name, cues=group_words(heard.words))
