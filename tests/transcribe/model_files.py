"""A Whisper model of a few thousand numbers in CTranslate2's form, for tests of the conversion."""

from __future__ import annotations

import struct

import numpy as np

from transcribe.conversion import Arrays

STATE, MELS, AUDIO_POSITIONS, TEXT_POSITIONS, VOCABULARY = 4, 3, 5, 6, 7
TYPE_NUMBERS = {"float32": 0, "int8": 1, "int16": 2, "float16": 4}


def small_model() -> Arrays:
    """Two encoder layers and one decoder layer; the numbers are random but for the biases of keys, which are zero."""
    variables: Arrays = {
        "encoder/conv1/weight": _random(STATE, MELS, 3),
        "encoder/conv1/bias": _random(STATE),
        "encoder/conv2/weight": _random(STATE, STATE, 3),
        "encoder/conv2/bias": _random(STATE),
        "encoder/num_heads": np.array(2, dtype=np.int16),
        "encoder/position_encodings/encodings": _random(AUDIO_POSITIONS, STATE),
        "decoder/num_heads": np.array(2, dtype=np.int16),
        "decoder/position_encodings/encodings": _random(TEXT_POSITIONS, STATE),
        "decoder/embeddings/weight": _random(VOCABULARY, STATE),
        "decoder/pre_norm": np.array(1, dtype=np.int8),
        **_norm("encoder/layer_norm"),
        **_norm("decoder/layer_norm"),
    }
    for layer in ("encoder/layer_0", "encoder/layer_1", "decoder/layer_0"):
        variables |= _layer(layer)
    variables |= _norm("decoder/layer_0/attention/layer_norm")
    variables |= _linear("decoder/layer_0/attention/linear_0", STATE, STATE)
    variables |= _linear("decoder/layer_0/attention/linear_1", 2 * STATE, STATE)
    variables |= _linear("decoder/layer_0/attention/linear_2", STATE, STATE)
    variables["decoder/layer_0/attention/linear_1/bias"][:STATE] = 0
    return variables


def model_bin(variables: Arrays, *, version: int = 6, specification: str = "WhisperSpec") -> bytes:
    """The bytes of a ``model.bin`` with these variables and one alias, as CTranslate2 writes them."""
    parts = [struct.pack("<I", version), _name(specification), struct.pack("<II", 3, len(variables))]
    for name, array in variables.items():
        shape = struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
        parts += [_name(name), shape, struct.pack("<BI", TYPE_NUMBERS[array.dtype.name], array.nbytes), array.tobytes()]
    parts += [struct.pack("<I", 1), _name("decoder/projection/weight"), _name("decoder/embeddings/weight")]
    return b"".join(parts)


def _name(name: str) -> bytes:
    return struct.pack("<H", len(name) + 1) + name.encode() + b"\0"


def _random(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float16]]:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float16)


def _linear(name: str, rows: int, columns: int) -> Arrays:
    return {f"{name}/weight": _random(rows, columns), f"{name}/bias": _random(rows)}


def _norm(name: str) -> Arrays:
    return {f"{name}/gamma": _random(STATE), f"{name}/beta": _random(STATE)}


def _layer(name: str) -> Arrays:
    attention = _linear(f"{name}/self_attention/linear_0", 3 * STATE, STATE)
    attention[f"{name}/self_attention/linear_0/bias"][STATE : 2 * STATE] = 0
    return {
        **_norm(f"{name}/self_attention/layer_norm"),
        **attention,
        **_linear(f"{name}/self_attention/linear_1", STATE, STATE),
        **_norm(f"{name}/ffn/layer_norm"),
        **_linear(f"{name}/ffn/linear_0", 4 * STATE, STATE),
        **_linear(f"{name}/ffn/linear_1", STATE, 4 * STATE),
    }
