"""The words of a video as people see them: as recognised, with corrections laid over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transcribe.corrections import corrected_words
from transcribe.cues import Word
from transcribe.errors import NoTranscriptYet
from transcribe.models import Cue, Transcript
from videos.models import ProcessingStep, Video

Kind = ProcessingStep.Kind
State = ProcessingStep.State


@dataclass(frozen=True)
class CueView:
    """A subtitle as it is shown; every word of its text has times."""

    id: int
    start_ms: int
    end_ms: int
    text: str
    words: tuple[Word, ...]


def transcript_of(video: Video) -> Transcript:
    """Raises NoTranscriptYet, with the reason if it could not be made."""
    try:
        return Transcript.objects.get(video=video)
    except Transcript.DoesNotExist:
        raise NoTranscriptYet(reason_for_no_words(video)) from None


def reason_for_no_words(video: Video) -> str:
    """Why a video has no transcript, or empty while the work is still to be done."""
    step = words_step(video)
    if step is None or not step.is_finished or step.state == State.DONE:
        return ""
    return f"The words of this video could not be written. {step.error}".strip()


def words_step(video: Video) -> ProcessingStep | None:
    """The step that writes the words of this video."""
    return video.steps.filter(kind__in=(Kind.TRANSCRIBE, Kind.CAPTIONS)).first()


def cues_of(video: Video) -> list[CueView]:
    """The subtitles of a video in order; none if nobody speaks or the words are not written."""
    return [_view(cue) for cue in Cue.objects.filter(transcript__video=video)]


def words_of(cues: Sequence[CueView]) -> list[Word]:
    """All words in order."""
    return [word for cue in cues for word in cue.words]


def _view(cue: Cue) -> CueView:
    words = tuple(Word(*word) for word in cue.words)
    if cue.corrected_text:
        words = corrected_words(cue.corrected_text, words, cue.start_ms, cue.end_ms)
    return CueView(id=cue.pk, start_ms=cue.start_ms, end_ms=cue.end_ms, text=cue.shown_text, words=words)
