"""How loud a recording is over time. Pure numpy; the shared ground of silence gates, windows and word edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
FRAME_MS = 10
FRAME_SAMPLES = SAMPLE_RATE * FRAME_MS // 1000

SILENT_DB = -100.0
"""What digital silence is said to be; 16-bit audio ends at -98."""

INAUDIBLE_DB = -70.0
"""Speech whose loudest parts are weaker than this was not recognised by the tiny model either."""

STEADY_RANGE_DB = 4.0
"""How far tones, hum and white or pink noise rise above their own floor at most (measured, averaged over 100 ms).
Speech rises by 12 to 30 dB, and still by 5 in noise as strong as itself, where nothing is understood any more."""

Levels = NDArray[np.float32]
Samples = NDArray[np.float32]


def levels(audio: Samples) -> Levels:
    """The level of each whole 10 ms frame in dB below full scale, from -100 up. ``audio``: mono, 16 kHz, -1 to 1."""
    frames = audio[: len(audio) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    power: Samples = np.einsum("ij,ij->i", frames, frames) / FRAME_SAMPLES
    quietest = 10 ** (SILENT_DB / 10)
    loudness: Levels = 10 * np.log10(np.maximum(power, quietest))
    return loudness.astype(np.float32)


def smoothed(loudness: Levels, width_frames: int) -> Levels:
    """The moving average over ``width_frames`` frames around each frame, shorter at both ends."""
    if len(loudness) == 0:
        return loudness
    kernel = np.ones(width_frames, dtype=np.float32)
    sums = np.convolve(loudness, kernel, mode="same")
    counts = np.convolve(np.ones_like(loudness), kernel, mode="same")
    return (sums / counts)[: len(loudness)].astype(np.float32)


def may_hold_speech(loudness: Levels) -> bool:
    """False for what cannot be speech: nothing audible, or a sound as steady as a tone, hum or noise.

    True proves nothing: music and clicks rise and fall too.
    """
    syllables = smoothed(loudness, 10)
    if len(syllables) == 0 or syllables.max() < INAUDIBLE_DB:
        return False
    # The loudest part and not a percentile: one short word in half a minute of quiet must count.
    return bool(syllables.max() - np.percentile(syllables, 10) >= STEADY_RANGE_DB)
