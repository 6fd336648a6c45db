from __future__ import annotations

import pytest

from transcribe.engines.doubt import Evidence, is_invented

SPEECH = Evidence(no_speech_prob=0.1, avg_logprob=-0.3, compression_ratio=1.2)
NO_SPEECH = Evidence(no_speech_prob=0.85, avg_logprob=-0.7, compression_ratio=0.6)


@pytest.mark.parametrize("text", ["Thank you.", " you", "Thanks for watching!", "Subtitles by the Amara.org community"])
def test_what_whisper_writes_for_silence_counts_only_where_it_hears_speech(text: str) -> None:
    assert is_invented(text, NO_SPEECH)
    assert not is_invented(text, SPEECH)


def test_a_sentence_of_its_own_is_kept_even_in_doubt() -> None:
    assert not is_invented("Ask not what your country can do for you.", NO_SPEECH)


def test_a_loop_where_there_is_no_speech_is_invented() -> None:
    assert is_invented("beep " * 40, Evidence(no_speech_prob=0.7, avg_logprob=-0.04, compression_ratio=29.0))


def test_people_may_repeat_themselves() -> None:
    assert not is_invented("no " * 40, Evidence(no_speech_prob=0.1, avg_logprob=-0.2, compression_ratio=25.0))


def test_text_that_whisper_does_not_believe_is_dropped_only_without_speech() -> None:
    unlikely = {"avg_logprob": -1.2, "compression_ratio": 1.0}
    assert is_invented("I already...", Evidence(no_speech_prob=0.7, **unlikely))
    assert not is_invented("I already...", Evidence(no_speech_prob=0.45, **unlikely))


@pytest.mark.parametrize("text", ["", " . ", "...", "♪♪"])
def test_text_without_letters_is_nothing_said(text: str) -> None:
    assert is_invented(text, SPEECH)
