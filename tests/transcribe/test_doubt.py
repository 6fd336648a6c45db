from __future__ import annotations

import pytest

from transcribe.engines.doubt import Evidence, Verdict, came_again, judged

SPEECH = Evidence(no_speech_prob=0.1, avg_logprob=-0.3, compression_ratio=1.2, word_prob=0.9)
NO_SPEECH = Evidence(no_speech_prob=0.85, avg_logprob=-0.7, compression_ratio=0.6, word_prob=0.5)


@pytest.mark.parametrize("text", ["Thank you.", " you", "Thanks for watching!", "Subtitles by the Amara.org community"])
def test_what_whisper_writes_for_silence_counts_only_where_it_hears_speech(text: str) -> None:
    assert judged(text, NO_SPEECH) is Verdict.INVENTED
    assert judged(text, SPEECH) is Verdict.SAID


def test_a_sentence_of_its_own_is_heard_again_before_it_is_dropped() -> None:
    assert judged("Ask not what your country can do for you.", NO_SPEECH) is Verdict.DOUBTFUL


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        pytest.param("Ha " * 110, Evidence(0.61, -0.08, 39.3, 0.96), id="laughter"),
        pytest.param("Oh, " * 100, Evidence(0.66, -0.12, 26.2, 0.96), id="other laughter"),
        pytest.param("Beep " * 110, Evidence(0.85, -0.06, 29.3, 0.98), id="a telephone"),
        pytest.param("I'm going to be here.", Evidence(0.60, -1.45, 0.7, 0.25), id="singing without words"),
        pytest.param("Thank you.", Evidence(0.87, -0.95, 0.6, 0.49), id="chords"),
    ],
)
def test_what_was_invented_for_measured_sounds_is_not_shown(text: str, evidence: Evidence) -> None:
    assert judged(text, evidence) is Verdict.INVENTED


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        pytest.param("And so, my fellow Americans", Evidence(0.35, -0.27, 1.6, 0.89), id="read aloud"),
        pytest.param("Ask what you can do for your country.", Evidence(0.45, -0.55, 1.6, 0.97), id="in noise"),
        pytest.param("And what you can do for your country", Evidence(0.22, -0.66, 1.3, 0.95), id="in a crowd"),
    ],
)
def test_measured_speech_in_noise_is_kept_without_a_second_hearing(text: str, evidence: Evidence) -> None:
    assert judged(text, evidence) is Verdict.SAID


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(Evidence(0.50, -0.3, 1.2, 0.9), id="hardly speech"),
        pytest.param(Evidence(0.10, -0.81, 1.2, 0.9), id="unlikely as a whole"),
        pytest.param(Evidence(0.10, -0.3, 1.2, 0.39), id="unlikely words"),
        pytest.param(Evidence(0.10, -0.2, 25.0, 0.9), id="people may repeat themselves"),
    ],
)
def test_each_doubt_alone_is_enough_to_hear_again(evidence: Evidence) -> None:
    assert judged("something that was said", evidence) is Verdict.DOUBTFUL


@pytest.mark.parametrize("text", ["", " . ", "...", "♪♪"])
def test_text_without_letters_is_nothing_said(text: str) -> None:
    assert judged(text, SPEECH) is Verdict.INVENTED


def test_what_was_said_comes_again_and_what_was_invented_does_not() -> None:
    assert came_again(" Ask not, what your county", ["ask not what", "Your country."])
    assert not came_again(" I'm going to go to the next one.", [" A B O O O O"])
    assert not came_again("no no no no no", ["no"]), "as often"
    assert not came_again("hello", [])
