"""Words for videos of tests, without listening to anything."""

from __future__ import annotations

from collections.abc import Sequence

from transcribe.cues import CueText, Word, joined
from transcribe.models import Transcript
from transcribe.services import store_transcript
from videos.models import Video

WORD_MS = 400
GAP_MS = 100
PAUSE_MS = 500


def cues_of_lines(lines: Sequence[str]) -> list[CueText]:
    """Each line a cue; each word 400 ms long, 100 ms of silence behind a word, 500 ms more behind a line."""
    cues, at_ms = [], 0
    for line in lines:
        words = []
        for text in line.split():
            words.append(Word(at_ms, at_ms + WORD_MS, text))
            at_ms += WORD_MS + GAP_MS
        cues.append(CueText(words[0].start_ms, words[-1].end_ms, joined(words), tuple(words)))
        at_ms += PAUSE_MS
    return cues


def give_words(video: Video, *lines: str) -> Transcript:
    """A transcript with these lines."""
    return store_transcript(video=video, language="en", engine="test", cues=cues_of_lines(lines))
