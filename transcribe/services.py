"""What changes the words of a video."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from transcribe.corrections import units_of
from transcribe.cues import CueText
from transcribe.errors import InvalidCorrection
from transcribe.models import Cue, Transcript
from videos.access import may_cut
from videos.models import ProcessingStep, Video
from videos.services import run_again
from videos.text import one_line

CUE_MAX = 500
CUE_WORDS_MAX = 100
"""Of at most six seconds, in which nobody says thirty; scripts without spaces have up to 84 signs in a line."""


@transaction.atomic
def store_transcript(*, video: Video, language: str, engine: str, cues: Sequence[CueText]) -> Transcript:
    """Put these words in the place of those the video had; cuts made from it get theirs anew.

    A correction stays where the cue beneath it is still the same. Raises Video.DoesNotExist if the video was deleted
    meanwhile.
    """
    current = Video.objects.select_for_update().get(pk=video.pk)
    corrections = {
        (cue.start_ms, cue.end_ms, cue.text): cue.corrected_text for cue in Cue.objects.filter(transcript__video=video)
    }
    transcript, _ = Transcript.objects.update_or_create(
        video=video, defaults={"language": language[:12], "engine": engine[:60]}
    )
    transcript.cues.all().delete()
    Cue.objects.bulk_create(
        Cue(
            transcript=transcript,
            start_ms=cue.start_ms,
            end_ms=cue.end_ms,
            text=cue.text,
            words=[[word.start_ms, word.end_ms, word.text] for word in cue.words],
            corrected_text=corrections.get((cue.start_ms, cue.end_ms, cue.text), ""),
        )
        for cue in cues
    )
    _renew_cuts(current)
    return transcript


@transaction.atomic
def correct_cues(*, video: Video, texts: Mapping[int, str]) -> None:
    """Set the shown text of cues by their numbers. The recognised words stay beneath.

    Raises InvalidCorrection for an empty or too long text and for a cue that is not of this video; then nothing is
    changed.
    """
    current = Video.objects.select_for_update().get(pk=video.pk)
    cues = {cue.pk: cue for cue in Cue.objects.filter(transcript__video=video, pk__in=texts)}
    for number, text in texts.items():
        if number not in cues:
            raise InvalidCorrection(
                f"This video has no line {number}. Were its words written anew meanwhile? Load them again."
            )
        cue = cues[number]
        line = clean_line(text)
        cue.corrected_text = "" if line == cue.text else line
    Cue.objects.bulk_update(cues.values(), ["corrected_text"])
    _renew_cuts(current)


def clean_line(text: str) -> str:
    """One line of visible text. Raises InvalidCorrection if nothing or too much is left."""
    line = one_line(text)
    if not line:
        raise InvalidCorrection("A line cannot be empty. To remove what is said, cut the video.")
    if len(text) > CUE_MAX:
        raise InvalidCorrection(f"A line may have at most {CUE_MAX} characters; this one has {len(text)}.")
    if (count := len(units_of(line))) > CUE_WORDS_MAX:
        raise InvalidCorrection(f"A line may have at most {CUE_WORDS_MAX} words; this one has {count}.")
    return line


def _renew_cuts(video: Video) -> None:
    """`video` is its row as it is now: cuts of people to whom it was closed meanwhile keep the words they had."""
    failed = ProcessingStep.objects.filter(kind=ProcessingStep.Kind.RENDER, state=ProcessingStep.State.FAILED)
    for cut in video.cuts.exclude(steps__in=failed).select_related("owner"):
        if may_cut(cut.owner, video):
            run_again(cut, ProcessingStep.Kind.CAPTIONS)
