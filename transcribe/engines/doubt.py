"""Telling what Whisper invents from what it hears. Pure.

Given something other than speech, Whisper writes the likeliest text of its training: the thanks and credits at the end
of videos, a lone "you", a sentence from nowhere, or one phrase over and over. What gives it away, measured with tiny.en
on made-up music, laughter, animals, machines and crowds, and on real and spoken-by-machine speech, clear and in noise:

- a loop: laughter and ringing became text that gzip shrinks to a fifteenth and less, with a no-speech probability of
  0.6 to 0.86 and a log probability near 0, so neither of the two others alone would tell;
- a sentence sung by nobody: log probability -1.45 and -1.59, where speech in noise of half its strength had -0.66;
- thanks for a piece of music: no-speech probability 0.87 and 0.89, where speech had 0.5 at most.

What lies between is heard a second time with its window moved; a sentence that was said comes again, one that was
invented becomes another one or nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

NO_SPEECH_PROBABILITY = 0.65
NO_SPEECH_DOUBTFUL = 0.5
REPETITIVE_RATIO = 2.4
"""Text that gzip makes this many times smaller repeats itself (whisper's own threshold)."""

REPETITIVE_NO_SPEECH = 0.4
"""People who repeat themselves are heard as speech, with a no-speech probability near 0.1."""

UNLIKELY_LOG_PROBABILITY = -1.0
"""Whisper's own threshold for text that it does not believe itself."""

DOUBTFUL_LOG_PROBABILITY = -0.8
DOUBTFUL_WORD_PROBABILITY = 0.4

HEARD_AGAIN = 0.6
"""The share of the words of a doubtful text that must come again."""

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


class Verdict(Enum):
    SAID = auto()
    DOUBTFUL = auto()
    INVENTED = auto()


@dataclass(frozen=True)
class Evidence:
    """What Whisper says about a stretch of text it wrote: the keys of its segments, and the mean of its words."""

    no_speech_prob: float
    avg_logprob: float
    compression_ratio: float
    word_prob: float = 1.0


def judged(text: str, evidence: Evidence) -> Verdict:
    """Whether the text was said, was probably never said, or must be heard a second time to tell."""
    letters = " ".join(_words(text))
    if not letters or _is_invented(letters, evidence):
        return Verdict.INVENTED
    is_doubtful = (
        evidence.no_speech_prob >= NO_SPEECH_DOUBTFUL
        or evidence.avg_logprob < DOUBTFUL_LOG_PROBABILITY
        or evidence.word_prob < DOUBTFUL_WORD_PROBABILITY
        or evidence.compression_ratio > REPETITIVE_RATIO
    )
    return Verdict.DOUBTFUL if is_doubtful else Verdict.SAID


def _is_invented(letters: str, evidence: Evidence) -> bool:
    if evidence.compression_ratio > REPETITIVE_RATIO and evidence.no_speech_prob >= REPETITIVE_NO_SPEECH:
        return True
    is_unlikely = evidence.avg_logprob < UNLIKELY_LOG_PROBABILITY
    if is_unlikely and evidence.no_speech_prob >= NO_SPEECH_DOUBTFUL:
        return True
    return evidence.no_speech_prob >= NO_SPEECH_PROBABILITY and letters in PHRASES


def came_again(text: str, again: Iterable[str]) -> bool:
    """Whether enough words of a doubtful text are among those of a second hearing, each as often."""
    first, second = Counter(_words(text)), Counter(word for other in again for word in _words(other))
    return (first & second).total() >= HEARD_AGAIN * first.total()


def _words(text: str) -> list[str]:
    return NOT_LETTERS.sub(" ", text).lower().split()
