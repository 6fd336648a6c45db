"""The real engine with the real weights. Set-up obtains them; without them these tests fail and say what to run."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import jiwer
import numpy as np
import pytest
from django.conf import settings

from tests.transcribe.sounds import Samples, bursts, laughter, noise, silence, song, tone
from transcribe.cues import Word, group_words
from transcribe.engines.base import EngineError, SpeechEngine
from transcribe.engines.openai_whisper import OpenAIWhisper
from transcribe.weights import Weights, resolve

pytestmark = pytest.mark.media

MOST_ERRORS = 0.10
EDGE_TOLERANCE_MS = 300


@pytest.fixture(scope="module")
def weights() -> Weights:
    return resolve(settings.WHISPER_MODEL, settings.WHISPER_WEIGHTS_DIR)


@pytest.fixture(scope="module")
def engine(weights: Weights) -> SpeechEngine:
    return OpenAIWhisper(weights)


@pytest.fixture(scope="module")
def talk() -> Samples:
    return sound_of("talk.flac")


def sound_of(name: str) -> Samples:
    import whisper

    sound: Samples = whisper.load_audio(str(Path(__file__).parents[1] / "media" / name))
    return sound


def said(words: tuple[Word, ...]) -> str:
    return plain(" ".join(word.text for word in words))


def plain(text: str) -> str:
    spelled = re.sub(r"\bmr\b", "mister", text.lower().replace("-", " "))
    return " ".join(re.sub(r"[^a-z' ]", " ", spelled).split())


def sentence_edges(words: tuple[Word, ...], sentences: list[str]) -> list[tuple[int, int]]:
    """The start and end of each sentence by the words that were recognised in the place of its first and last one."""
    pieces = [(piece, word) for word in words for piece in plain(word.text).split()]
    said_pieces = " ".join(piece for piece, _ in pieces)
    alignment = jiwer.process_words(" ".join(sentences), said_pieces).alignments[0]
    heard_as = {
        chunk.ref_start_idx + offset: pieces[chunk.hyp_start_idx + offset][1]
        for chunk in alignment
        if chunk.type in ("equal", "substitute")
        for offset in range(chunk.ref_end_idx - chunk.ref_start_idx)
    }
    edges, first = [], 0
    for sentence in sentences:
        last = first + len(sentence.split()) - 1
        edges.append((heard_as[first].start_ms, heard_as[last].end_ms))
        first = last + 1
    return edges


def test_a_sentence_is_written_down_exactly(engine: SpeechEngine) -> None:
    heard = engine.recognise(sound_of("jfk.flac"))
    assert heard.language == "en"
    assert said(heard.words) == (
        "and so my fellow americans ask not what your country can do for you ask what you can do for your country"
    )


def test_the_talk_is_written_down_with_its_sentences_where_they_are(
    engine: SpeechEngine, talk: Samples, media_dir: Path
) -> None:
    truth = json.loads((media_dir / "talk.json").read_text())["sentences"]
    sentences = [plain(sentence["text"]) for sentence in truth]

    words = engine.recognise(talk).words

    assert jiwer.wer(" ".join(sentences), said(words)) < MOST_ERRORS
    found = sentence_edges(words, sentences)
    wanted = [(sentence["start_ms"], sentence["end_ms"]) for sentence in truth]
    assert found == [pytest.approx(edges, abs=EDGE_TOLERANCE_MS) for edges in wanted]
    assert len(group_words(words)) >= len(sentences)


@pytest.mark.parametrize("floor_db", [-60, -50])
def test_in_a_noisy_room_no_sentence_loses_its_edges(engine: SpeechEngine, talk: Samples, floor_db: float) -> None:
    """Voices sound from 1.1 to 11.1, 12.8 to 19.4, 20.7 to 25.7 and 26.8 to 32.5 s; a pause is on either side."""
    words = engine.recognise(talk + noise(33_450, floor_db)[: len(talk)]).words

    pauses = [(0, 700), (11_900, 12_500), (19_800, 20_400), (25_900, 26_500), (32_800, 33_450)]
    for start_ms, end_ms in pauses:
        assert not [word for word in words if word.start_ms < end_ms and word.end_ms > start_ms]
    voices = [(1100, 11_000), (12_850, 19_350), (20_800, 25_500), (26_900, 32_400)]
    for start_ms, end_ms in voices:
        inside = [word for word in words if start_ms - 600 < word.start_ms < end_ms]
        assert inside[0].start_ms <= start_ms + 50
        assert inside[-1].end_ms >= end_ms - 50


def test_faint_speech_is_heard(engine: SpeechEngine, talk: Samples) -> None:
    assert "how much there might be" in said(engine.recognise(talk[12 * 16_000 : 20 * 16_000] * np.float32(0.01)).words)


def test_a_few_words_in_a_long_quiet_room_are_heard_where_they_are(engine: SpeechEngine, talk: Samples) -> None:
    sound = noise(40_000, -62)
    sound[30 * 16_000 : 34 * 16_000] += talk[12_400 * 16 : 16_400 * 16]
    words = engine.recognise(sound).words
    assert "john dashwood had then leisure" in said(words)
    assert all(30_000 <= word.start_ms < word.end_ms <= 34_050 for word in words)


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(silence(0), id="nothing"),
        pytest.param(silence(3000), id="digital silence"),
        pytest.param(silence(40_000), id="long digital silence"),
        pytest.param(noise(8000, -62), id="quiet room"),
        pytest.param(noise(8000, -25), id="noise"),
        pytest.param(noise(8000, -30, exponent=2), id="rumble"),
        pytest.param(tone(2000, -20), id="tone"),
        pytest.param(np.concatenate([silence(1000), tone(2000, -20), silence(1000)]), id="beep"),
        *(pytest.param(laughter(2000 + 1000 * seed, seed=seed), id=f"laughter {seed}") for seed in range(1, 5)),
        *(pytest.param(song(4000, seed=seed), id=f"song {seed}") for seed in range(1, 5)),
        pytest.param(bursts(6000, [(1000, 1030), (2500, 2520), (4100, 4140)]), id="clicks"),
    ],
)
def test_where_nobody_speaks_nothing_is_written(engine: SpeechEngine, sound: Samples) -> None:
    percentages: list[int] = []
    assert engine.recognise(sound, on_progress=percentages.append).words == ()
    assert percentages[-1:] in ([], [100])


def test_the_tail_of_a_room_without_its_voice_is_not_thanked(engine: SpeechEngine, talk: Samples) -> None:
    tail = talk[11_250 * 16 : 11_600 * 16]
    assert engine.recognise(np.tile(tail, 6)).words == ()


def test_less_than_a_tenth_of_a_second_holds_no_word(engine: SpeechEngine, talk: Samples) -> None:
    assert engine.recognise(talk[1480 * 16 : 1570 * 16]).words == ()


def test_a_long_recording_is_heard_to_its_end_and_tells_how_far_it_is(engine: SpeechEngine, talk: Samples) -> None:
    percentages: list[int] = []
    words = engine.recognise(np.tile(talk, 2), on_progress=percentages.append).words
    assert percentages == sorted(percentages)
    assert len(percentages) >= 3
    assert percentages[-1] == 100
    assert said(words).count("more amiable woman") == 2
    assert said(words).count("how much there might be") == 2


def test_two_recordings_at_once_do_not_mix(engine: SpeechEngine, talk: Samples) -> None:
    one, two = talk[: 12 * 16_000], talk[12 * 16_000 : 26 * 16_000]
    alone = [engine.recognise(one), engine.recognise(two)]
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(engine.recognise, [one, two]))
    assert together == alone


def test_english_weights_refuse_another_language(engine: SpeechEngine, weights: Weights, talk: Samples) -> None:
    english = OpenAIWhisper(replace(weights, name="tiny.en"))
    with pytest.raises(EngineError, match="understands English only") as caught:
        english.recognise(talk, language="de")
    assert caught.value.code == "language_not_supported"
    assert english.recognise(silence(500), language="en-GB").language == "en"


def test_a_language_that_whisper_does_not_know_is_refused(engine: SpeechEngine, talk: Samples) -> None:
    with pytest.raises(EngineError, match="does not know the language “xx”"):
        engine.recognise(talk, language="xx")


def test_silence_in_no_known_language_is_undetermined(weights: Weights) -> None:
    many = OpenAIWhisper(replace(weights, name="tiny"))
    assert many.recognise(silence(500)).language == "und"
    assert many.recognise(silence(500), language="de").language == "de"


def test_damaged_weights_are_refused_before_they_are_loaded(weights: Weights, talk: Samples, tmp_path: Path) -> None:
    copy = tmp_path / "tiny.en.pt"
    copy.write_bytes(weights.path.read_bytes()[:-1] + b"!")
    with pytest.raises(EngineError, match="are damaged") as caught:
        OpenAIWhisper(replace(weights, path=copy)).recognise(talk)
    assert caught.value.code == "weights_damaged"


@pytest.mark.parametrize("content", [b"", b"not a checkpoint"])
def test_a_file_that_is_no_model_is_refused(talk: Samples, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "own.pt").write_bytes(content)
    with pytest.raises(EngineError, match="not a Whisper model") as caught:
        OpenAIWhisper(Weights(tmp_path / "own.pt", "own", None)).recognise(talk)
    assert caught.value.code == "weights_unreadable"


def test_weights_that_went_away_are_missed(talk: Samples, tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        OpenAIWhisper(Weights(tmp_path / "gone.pt", "gone", None)).recognise(talk)
    assert caught.value.code == "weights_missing"
