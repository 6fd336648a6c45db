from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcribe.model_files import STATE, model_bin, small_model
from transcribe.conversion import ConversionError, convert, dimensions, read_variables, state_dict

MODEL = model_bin(small_model())


def test_every_variable_is_read_back_and_the_alias_too() -> None:
    written, found = small_model(), read_variables(MODEL)
    assert found.keys() == written.keys() | {"decoder/projection/weight"}
    assert all(np.array_equal(found[name], array) for name, array in written.items())
    assert found["decoder/projection/weight"] is found["decoder/embeddings/weight"]


def test_the_dimensions_are_read_off_the_arrays() -> None:
    assert dimensions(read_variables(MODEL)) == {
        "n_mels": 3,
        "n_audio_ctx": 5,
        "n_audio_state": 4,
        "n_audio_head": 2,
        "n_audio_layer": 2,
        "n_vocab": 7,
        "n_text_ctx": 6,
        "n_text_state": 4,
        "n_text_head": 2,
        "n_text_layer": 1,
    }


def test_stacked_projections_are_taken_apart() -> None:
    variables = small_model()
    state = state_dict(variables)
    stacked = variables["encoder/layer_1/self_attention/linear_0/weight"]
    for index, part in enumerate(("query", "key", "value")):
        found = state[f"encoder.blocks.1.attn.{part}.weight"]
        assert np.array_equal(found, stacked[index * STATE : (index + 1) * STATE])
    cross = variables["decoder/layer_0/attention/linear_1/bias"]
    assert np.array_equal(state["decoder.blocks.0.cross_attn.value.bias"], cross[STATE:])
    assert "decoder.blocks.0.cross_attn.key.bias" not in state


@pytest.mark.media
def test_whisper_loads_what_was_converted(tmp_path: Path) -> None:
    import whisper

    (tmp_path / "model.bin").write_bytes(MODEL)
    convert(tmp_path / "model.bin", tmp_path / "small.pt")

    model = whisper.load_model(str(tmp_path / "small.pt"), device="cpu")  # strict: refuses a missing or extra name

    gamma = small_model()["encoder/layer_0/ffn/layer_norm/gamma"]
    assert np.array_equal(model.encoder.blocks[0].mlp_ln.weight.detach().numpy(), gamma.astype(np.float32))


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "ends at byte 0"),
        (MODEL[:-1], "ends at byte"),
        (MODEL + b"\0", "1 bytes after its end"),
        (model_bin(small_model(), version=7), "binary version 7, not 6"),
        (model_bin(small_model(), specification="TransformerSpec"), "a TransformerSpec, not a WhisperSpec"),
    ],
)
def test_a_file_of_another_form_is_refused(data: bytes, complaint: str) -> None:
    with pytest.raises(ConversionError, match=complaint):
        read_variables(data)


def test_an_array_whose_size_does_not_fit_its_shape_is_refused() -> None:
    at = MODEL.index(b"encoder/conv1/bias\0") + len(b"encoder/conv1/bias\0") + 1
    with pytest.raises(ConversionError, match="conv1/bias has 8 bytes"):
        read_variables(MODEL[:at] + b"\xff\xff\xff\xff" + MODEL[at + 4 :])


@given(st.integers(0, len(MODEL) - 1), st.binary(min_size=1, max_size=8))
def test_damage_anywhere_is_refused_or_changes_only_numbers(at: int, damage: bytes) -> None:
    try:
        read_variables(MODEL[:at] + damage + MODEL[at + len(damage) :])
    except ConversionError as error:
        assert str(error)


def test_a_missing_variable_is_named() -> None:
    variables = small_model()
    del variables["decoder/layer_0/ffn/linear_1/bias"]
    with pytest.raises(ConversionError, match="no decoder/layer_0/ffn/linear_1/bias"):
        state_dict(variables)


def test_a_model_without_layers_is_refused() -> None:
    variables = {name: array for name, array in small_model().items() if "layer_" not in name or "_norm" in name}
    with pytest.raises(ConversionError, match="no layers in its encoder"):
        dimensions(variables)


def test_a_bias_of_keys_is_refused_because_it_would_be_lost() -> None:
    variables = small_model()
    variables["encoder/layer_0/self_attention/linear_0/bias"][:] = 1
    with pytest.raises(ConversionError, match="bias for its keys"):
        state_dict(variables)


def test_projections_that_are_not_square_are_refused() -> None:
    variables = small_model()
    variables["encoder/layer_0/self_attention/linear_0/weight"] = np.zeros((9, 4), dtype=np.float16)
    with pytest.raises(ConversionError, match="not 3 square projections"):
        state_dict(variables)
