"""Telling what Whisper invents from what it hears. Pure.

Given something other than speech, Whisper writes the likeliest text of its training: the thanks and credits at the end
of videos, a lone "you", or one phrase over and over. Measured with tiny.en: what it invented for 136 sounds without
speech had a no-speech probability above 0.7 each time; what it wrote for 34 faint, noisy or short stretches of speech
had 0.62 at most.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NO_SPEECH_PROBABILITY = 0.65
REPETITIVE_RATIO = 2.4
"""Text that gzip makes this many times smaller repeats itself (whisper's own threshold)."""

UNLIKELY_LOG_PROBABILITY = -1.0
"""Whisper's own threshold for text that it does not believe itself."""

PHRASES = frozenset(
    {
        "bye",
        "bye bye",
        "i m sorry",
        "like and subscribe",
        "oh",
        "okay",
        "please subscribe",
        "see you in the next video",
        "see you next time",
        "so",
        "subtitles by the amara org community",
        "thank you",
        "thank you bye",
        "thank you for listening",
        "thank you for watching",
        "thank you so much",
        "thank you so much for watching",
        "thank you very much",
        "thanks",
        "thanks for listening",
        "thanks for watching",
        "the end",
        "you",
    }
)
"""What Whisper is known to write for silence. Each is also said by people: alone it proves nothing."""

NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Evidence:
    """What Whisper says about a stretch of text it wrote (the keys of its segments)."""

    no_speech_prob: float
    avg_logprob: float
    compression_ratio: float


def is_invented(text: str, evidence: Evidence) -> bool:
    """Whether the text was probably never said: nothing to read, or doubtful where Whisper hears no speech."""
    letters = NOT_LETTERS.sub(" ", text).strip().lower()
    if not letters:
        return True
    if evidence.no_speech_prob < NO_SPEECH_PROBABILITY:
        return False
    return (
        letters in PHRASES
        or evidence.compression_ratio > REPETITIVE_RATIO
        or evidence.avg_logprob < UNLIKELY_LOG_PROBABILITY
    )
