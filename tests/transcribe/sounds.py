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


def laughter(duration_ms: int, *, seed: int = 1) -> Samples:
    """Ha-ha-ha: four to eight vowels a breath, five a second, each falling in pitch, as a person laughs."""
    random = np.random.default_rng(seed)
    sound = np.zeros(duration_ms * SAMPLE_RATE // 1000)
    at, pitch = 0.2 + random.random() * 0.3, 220 + random.random() * 160
    while at < duration_ms / 1000 - 0.3:
        falling = pitch
        for _ in range(int(random.integers(4, 9))):
            count = int((0.09 + 0.05 * random.random()) * SAMPLE_RATE)
            swell = np.sin(np.pi * np.arange(count) / count)
            voice = vowel(falling * (1 + 0.12 * swell), breath=0.08, random=random) * swell**0.7
            first = int(at * SAMPLE_RATE)
            room = sound[first : first + count]
            room += voice[: len(room)]
            at, falling = at + 0.17 + 0.05 * random.random(), falling * 0.965
        at += 0.4 + random.random() * 0.5
    return at_level(sound, -18)


def song(duration_ms: int, *, seed: int = 1) -> Samples:
    """A melody sung on "ah", without words."""
    random = np.random.default_rng(seed)
    notes: list[NDArray[np.floating]] = []
    key = 60
    while sum(map(len, notes)) < duration_ms * SAMPLE_RATE // 1000:
        key = min(max(key + int(random.choice([-2, -1, 0, 1, 2, 3])), 52), 72)
        count = int(random.choice([0.3, 0.5, 0.8]) * SAMPLE_RATE)
        vibrato = 1 + 0.01 * np.sin(2 * np.pi * 5.5 * np.arange(count) / SAMPLE_RATE)
        notes.append(vowel(440 * 2 ** ((key - 69) / 12) * vibrato, breath=0, random=random) * np.hanning(count) ** 0.4)
    return at_level(np.concatenate(notes)[: duration_ms * SAMPLE_RATE // 1000], -18)


def vowel(hertz: NDArray[np.floating], *, breath: float, random: np.random.Generator) -> NDArray[np.floating]:
    """An "ah" at the pitch given for each sample: pulses of the voice through the formants at 750, 1200 and 2600 Hz."""
    saw = 2 * (np.cumsum(hertz) / SAMPLE_RATE % 1) - 1
    pulses = np.diff(saw, prepend=saw[0]) + breath * random.standard_normal(len(saw))
    frequencies = np.fft.rfftfreq(len(saw), 1 / SAMPLE_RATE)
    formants = ((750, 90, 1.0), (1200, 110, 0.6), (2600, 160, 0.3))
    gain = sum(strength / (1 + ((frequencies - middle) / width) ** 2) for middle, width, strength in formants)
    return np.fft.irfft(np.fft.rfft(pulses) * gain, len(saw))
