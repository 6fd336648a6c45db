from __future__ import annotations

import numpy as np
import pytest

from tests.transcribe.sounds import Samples, bursts, noise, silence, tone
from transcribe.loudness import levels, may_hold_speech, smoothed


def test_levels_are_decibels_of_each_whole_frame() -> None:
    full, tenth = np.ones(160, dtype=np.float32), np.full(160, 0.1, dtype=np.float32)
    found = levels(np.concatenate([full, tenth, silence(10), full[:159]]))
    assert found == pytest.approx([0, -20, -100], abs=0.01)


def test_no_sound_has_no_levels() -> None:
    assert len(levels(silence(0))) == 0
    assert len(smoothed(levels(silence(0)), 5)) == 0


def test_smoothing_keeps_what_is_even_up_to_both_ends() -> None:
    assert smoothed(np.full(7, -30, dtype=np.float32), 5) == pytest.approx([-30] * 7)


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(silence(0), id="nothing"),
        pytest.param(silence(3000), id="digital silence"),
        pytest.param(noise(3000, -75), id="inaudible noise"),
        pytest.param(noise(3000, -62), id="quiet room"),
        pytest.param(noise(3000, -20, exponent=0), id="white noise"),
        pytest.param(noise(30000, -20), id="loud pink noise"),
        pytest.param(tone(2000, -20), id="tone"),
        pytest.param(tone(2000, -30, hertz=50) + noise(2000, -50), id="hum"),
    ],
)
def test_silence_noise_and_tones_cannot_be_speech(sound: Samples) -> None:
    assert not may_hold_speech(levels(sound))


def test_one_short_word_in_half_a_minute_of_quiet_may_be_speech() -> None:
    assert may_hold_speech(levels(bursts(29_000, [(15_000, 15_250)])))


def test_faint_words_may_be_speech() -> None:
    assert may_hold_speech(levels(bursts(3000, [(1000, 1500)], floor_db=-50) * 10 ** (-40 / 20)))
