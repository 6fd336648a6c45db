"""Turns a Whisper model in CTranslate2's form into openai-whisper's checkpoint form.

A CTranslate2 ``model.bin`` (binary version 6, specification ``WhisperSpec``) is a flat list of named arrays.
openai-whisper loads a pickle of ``{"dims": ..., "model_state_dict": ...}``. The weights are the same numbers under
other names, except that CTranslate2 stacks the query, key and value projections into one array and gives the key a
bias, which is zero.

Layout of ``model.bin``, all integers little-endian (source: CTranslate2, ``python/ctranslate2/specs/model_spec.py``):
version u32; specification name; revision u32; number of variables u32; for each: name, rank u8, that many dimensions
u32, type u8, size in bytes u32, data; number of aliases u32; for each: alias, name. A name is its length as u16 and
that many bytes, the last one NUL.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BINARY_VERSION = 6
SPECIFICATION = "WhisperSpec"
ELEMENT_TYPES = dict(enumerate(np.dtype(code) for code in ("<f4", "<i1", "<i2", "<i4", "<f2")))

Arrays = dict[str, NDArray[np.generic]]


class ConversionError(ValueError):
    """The file is not the CTranslate2 Whisper model that was expected; the message says where it differs."""


@dataclass
class _Cursor:
    """Reads forward through the bytes of the file and refuses to read past their end."""

    data: memoryview
    offset: int = 0

    def take(self, size_bytes: int) -> memoryview:
        end = self.offset + size_bytes
        if end > len(self.data):
            raise ConversionError(f"The model file ends at byte {len(self.data)}, but {end} bytes are announced.")
        taken = self.data[self.offset : end]
        self.offset = end
        return taken

    def integer(self, code: str) -> int:
        layout = struct.Struct("<" + code)
        value: int = layout.unpack(self.take(layout.size))[0]
        return value

    def name(self) -> str:
        raw = bytes(self.take(self.integer("H")))
        try:
            return raw.rstrip(b"\0").decode("ascii")
        except UnicodeDecodeError:
            raise ConversionError(f"A name before byte {self.offset} of the model file is not plain text.") from None

    def array(self, name: str) -> NDArray[np.generic]:
        shape = tuple(self.integer("I") for _ in range(self.integer("B")))
        element_type = ELEMENT_TYPES.get(self.integer("B"))
        size_bytes = self.integer("I")
        if element_type is None:
            raise ConversionError(f"{name} has an element type that is not known.")
        if size_bytes != math.prod(shape) * element_type.itemsize:
            raise ConversionError(f"{name} has {size_bytes} bytes, which does not fit its shape {shape}.")
        return np.frombuffer(self.take(size_bytes), dtype=element_type).reshape(shape)


def read_variables(data: bytes) -> Arrays:
    """The named arrays of a CTranslate2 ``model.bin``; scalars have rank 0. Raises ConversionError."""
    cursor = _Cursor(memoryview(data))
    version = cursor.integer("I")
    if version != BINARY_VERSION:
        raise ConversionError(f"The model file has binary version {version}, not {BINARY_VERSION}.")
    specification = cursor.name()
    if specification != SPECIFICATION:
        raise ConversionError(f"The model file holds a {specification or 'nameless model'}, not a {SPECIFICATION}.")
    cursor.integer("I")
    variables: Arrays = {}
    for _ in range(cursor.integer("I")):
        name = cursor.name()
        variables[name] = cursor.array(name)
    for _ in range(cursor.integer("I")):
        alias, name = cursor.name(), cursor.name()
        variables[alias] = _required(variables, name)
    if cursor.offset != len(data):
        raise ConversionError(f"The model file has {len(data) - cursor.offset} bytes after its end.")
    return variables


def dimensions(variables: Mapping[str, NDArray[np.generic]]) -> dict[str, int]:
    """openai-whisper's ``ModelDimensions``, read off the shapes of the arrays. Raises ConversionError."""
    n_audio_ctx, n_audio_state = _matrix_shape(variables, "encoder/position_encodings/encodings")
    n_text_ctx, n_text_state = _matrix_shape(variables, "decoder/position_encodings/encodings")
    first_convolution = _required(variables, "encoder/conv1/weight")
    if first_convolution.ndim != 3:
        raise ConversionError(f"encoder/conv1/weight has rank {first_convolution.ndim}, not 3.")
    return {
        "n_mels": first_convolution.shape[1],
        "n_audio_ctx": n_audio_ctx,
        "n_audio_state": n_audio_state,
        "n_audio_head": int(_required(variables, "encoder/num_heads")),
        "n_audio_layer": _layer_count(variables, "encoder"),
        "n_vocab": _matrix_shape(variables, "decoder/embeddings/weight")[0],
        "n_text_ctx": n_text_ctx,
        "n_text_state": n_text_state,
        "n_text_head": int(_required(variables, "decoder/num_heads")),
        "n_text_layer": _layer_count(variables, "decoder"),
    }


def state_dict(variables: Mapping[str, NDArray[np.generic]]) -> Arrays:
    """The same weights under openai-whisper's names. Raises ConversionError when one is missing or has another form."""
    state = {
        "encoder.positional_embedding": _required(variables, "encoder/position_encodings/encodings"),
        "decoder.positional_embedding": _required(variables, "decoder/position_encodings/encodings"),
        "decoder.token_embedding.weight": _required(variables, "decoder/embeddings/weight"),
        **_linear(variables, "encoder/conv1", "encoder.conv1"),
        **_linear(variables, "encoder/conv2", "encoder.conv2"),
        **_norm(variables, "encoder/layer_norm", "encoder.ln_post"),
        **_norm(variables, "decoder/layer_norm", "decoder.ln"),
    }
    for index in range(_layer_count(variables, "encoder")):
        state |= _block(variables, f"encoder/layer_{index}", f"encoder.blocks.{index}")
    for index in range(_layer_count(variables, "decoder")):
        source, target = f"decoder/layer_{index}", f"decoder.blocks.{index}"
        state |= _block(variables, source, target) | _cross_attention(variables, source, target)
    return state


def convert(source: Path, destination: Path) -> None:
    """Write the model in ``source`` to ``destination`` as a checkpoint that openai-whisper loads.

    The number format (float16) is kept, as in openai-whisper's own checkpoints. The caller makes it atomic.
    Raises ConversionError, OSError.
    """
    import torch  # seconds to import: only set-up pays for it

    variables = read_variables(source.read_bytes())
    tensors = {name: torch.from_numpy(array.copy()) for name, array in state_dict(variables).items()}
    torch.save({"dims": dimensions(variables), "model_state_dict": tensors}, destination)


def _required(variables: Mapping[str, NDArray[np.generic]], name: str) -> NDArray[np.generic]:
    if name not in variables:
        raise ConversionError(f"The model file has no {name}.")
    return variables[name]


def _matrix_shape(variables: Mapping[str, NDArray[np.generic]], name: str) -> tuple[int, int]:
    shape = _required(variables, name).shape
    if len(shape) != 2:
        raise ConversionError(f"{name} has rank {len(shape)}, not 2.")
    return shape[0], shape[1]


def _layer_count(variables: Mapping[str, NDArray[np.generic]], side: str) -> int:
    count = 0
    while f"{side}/layer_{count}/self_attention/linear_0/weight" in variables:
        count += 1
    if count == 0:
        raise ConversionError(f"The model file has no layers in its {side}.")
    return count


def _linear(variables: Mapping[str, NDArray[np.generic]], source: str, target: str) -> Arrays:
    return {f"{target}.{part}": _required(variables, f"{source}/{part}") for part in ("weight", "bias")}


def _norm(variables: Mapping[str, NDArray[np.generic]], source: str, target: str) -> Arrays:
    return {
        f"{target}.weight": _required(variables, f"{source}/gamma"),
        f"{target}.bias": _required(variables, f"{source}/beta"),
    }


def _stacked(variables: Mapping[str, NDArray[np.generic]], source: str, target: str, parts: tuple[str, ...]) -> Arrays:
    """Projections that CTranslate2 keeps as one array, taken apart; openai-whisper's key has no bias."""
    weight, bias = _required(variables, f"{source}/weight"), _required(variables, f"{source}/bias")
    if weight.ndim != 2 or weight.shape[0] != len(parts) * weight.shape[1] or bias.shape != weight.shape[:1]:
        raise ConversionError(f"{source} has shape {weight.shape}, which is not {len(parts)} square projections.")
    state: Arrays = {}
    for part, part_weight, part_bias in zip(
        parts, np.split(weight, len(parts)), np.split(bias, len(parts)), strict=True
    ):
        state[f"{target}.{part}.weight"] = part_weight
        if part != "key":
            state[f"{target}.{part}.bias"] = part_bias
        elif part_bias.any():
            raise ConversionError(f"{source} has a bias for its keys, which openai-whisper cannot hold.")
    return state


def _block(variables: Mapping[str, NDArray[np.generic]], source: str, target: str) -> Arrays:
    return {
        **_norm(variables, f"{source}/self_attention/layer_norm", f"{target}.attn_ln"),
        **_stacked(variables, f"{source}/self_attention/linear_0", f"{target}.attn", ("query", "key", "value")),
        **_linear(variables, f"{source}/self_attention/linear_1", f"{target}.attn.out"),
        **_norm(variables, f"{source}/ffn/layer_norm", f"{target}.mlp_ln"),
        **_linear(variables, f"{source}/ffn/linear_0", f"{target}.mlp.0"),
        **_linear(variables, f"{source}/ffn/linear_1", f"{target}.mlp.2"),
    }


def _cross_attention(variables: Mapping[str, NDArray[np.generic]], source: str, target: str) -> Arrays:
    return {
        **_norm(variables, f"{source}/attention/layer_norm", f"{target}.cross_attn_ln"),
        **_linear(variables, f"{source}/attention/linear_0", f"{target}.cross_attn.query"),
        **_stacked(variables, f"{source}/attention/linear_1", f"{target}.cross_attn", ("key", "value")),
        **_linear(variables, f"{source}/attention/linear_2", f"{target}.cross_attn.out"),
    }
