"""Made-up sounds for tests: what a microphone hears when nobody speaks, and bursts in the place of words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transcribe.loudness import SAMPLE_RATE

Samples = NDArray[np.float32]


def silence(duration_ms: int) -> Samples:
    return np.zeros(duration_ms * SAMPLE_RATE // 1000, dtype=np.float32)


def noise(duration_ms: int, level_db: float, *, exponent: int = 1, seed: int = 1) -> Samples:
    """Noise whose power falls with the frequency to the ``exponent``: 0 white, 1 pink like a quiet room, 2 brown."""
    count = duration_ms * SAMPLE_RATE // 1000
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    frequencies = np.maximum(np.fft.rfftfreq(count, 1 / SAMPLE_RATE), 20)
    return at_level(np.fft.irfft(spectrum / frequencies ** (exponent / 2), count), level_db)


def tone(duration_ms: int, level_db: float, *, hertz: float = 440) -> Samples:
    times = np.arange(duration_ms * SAMPLE_RATE // 1000) / SAMPLE_RATE
    return at_level(np.sin(2 * np.pi * hertz * times), level_db)


def at_level(sound: NDArray[np.floating], level_db: float) -> Samples:
    """The sound with this root mean square in dB below full scale."""
    level = float(np.sqrt(np.mean(sound**2)))
    return (sound * (10 ** (level_db / 20) / level)).astype(np.float32)


def bursts(duration_ms: int, spans_ms: list[tuple[int, int]], *, floor_db: float = -60) -> Samples:
    """A quiet room with loud noise from each start to each end."""
    sound = noise(duration_ms, floor_db)
    for seed, (start_ms, end_ms) in enumerate(spans_ms):
        burst = noise(end_ms - start_ms, -15, seed=seed + 7)
        first = start_ms * SAMPLE_RATE // 1000
        sound[first : first + len(burst)] += burst
    return sound
