"""Subtitles that a file brought along become the video's words: a person wrote them, so nothing has to be guessed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from mediatools.errors import MediaError
from mediatools.subtitles import Line, Subtitles, read_subtitles
from transcribe.corrections import corrected_words
from transcribe.cues import CueText
from videos import originals
from videos.errors import RetryLater
from videos.models import Video
from videos.text import one_line

logger = logging.getLogger(__name__)
ORIGINAL_PAUSE_S = 60
ENGINE = "subtitles of the file"
LINE_MAX = 500
UNKNOWN_LANGUAGE = "und"
# ISO 639-2 -> 639-1, which browsers and Whisper use. Others keep their three letters, as BCP 47 allows.
_LANGUAGES = (
    "ara:ar ben:bn bul:bg cat:ca ces:cs cze:cs chi:zh zho:zh dan:da deu:de ger:de dut:nl nld:nl ell:el gre:el "
    "eng:en est:et eus:eu baq:eu fas:fa per:fa fin:fi fra:fr fre:fr gle:ga glg:gl heb:he hin:hi hrv:hr hun:hu "
    "hye:hy arm:hy ind:id isl:is ice:is ita:it jpn:ja kat:ka geo:ka kor:ko lav:lv lit:lt mkd:mk mac:mk msa:ms "
    "may:ms nob:nb nor:no pol:pl por:pt ron:ro rum:ro rus:ru slk:sk slo:sk slv:sl spa:es sqi:sq alb:sq srp:sr "
    "swa:sw swe:sv tam:ta tel:te tha:th tur:tr ukr:uk urd:ur vie:vi cym:cy wel:cy"
)
TWO_LETTERS = dict(pair.split(":") for pair in _LANGUAGES.split())


def brought_words(video: Video) -> tuple[str, list[CueText]] | None:
    """Language and cues of the subtitles in a video's original file; None where it has none or is gone.

    Raises RetryLater if it cannot be read now: what a machine would guess instead could not be taken back.
    """
    if not video.original_file:
        return None
    try:
        with originals.local_original(video.original_file) as original:
            subtitles = read_subtitles(original)
    except (FileNotFoundError, MediaError):
        return None
    except OSError as error:
        logger.warning("the original cannot be read yet: %s", error)
        raise RetryLater(ORIGINAL_PAUSE_S) from error
    cues = cues_of_lines(subtitles.lines, video.duration_ms or 0) if subtitles else []
    return (_language(subtitles, video), cues) if subtitles and cues else None


def cues_of_lines(lines: Sequence[Line], duration_ms: int) -> list[CueText]:
    """One cue for each line that is within the video, none longer than until the next one begins.

    Lines that begin together become one. Words share the time of their line by length.
    """
    together: list[Line] = []
    for line in lines:
        line = replace(line, text=one_line(line.text)[:LINE_MAX].strip(), end_ms=min(line.end_ms, duration_ms))
        if not line.text or line.end_ms <= line.start_ms:
            continue
        before = together[-1] if together else None
        if before and before.start_ms == line.start_ms:
            text = f"{before.text} {line.text}"[:LINE_MAX]
            together[-1] = replace(before, text=text, end_ms=max(before.end_ms, line.end_ms))
        else:
            together.append(line)
    ends_ms = [*(line.start_ms for line in together[1:]), duration_ms]
    return [_cue(line, min(line.end_ms, end_ms)) for line, end_ms in zip(together, ends_ms, strict=True)]


def _cue(line: Line, end_ms: int) -> CueText:
    return CueText(line.start_ms, end_ms, line.text, corrected_words(line.text, (), line.start_ms, end_ms))


def _language(subtitles: Subtitles, video: Video) -> str:
    language = subtitles.language.lower()
    if language in ("", UNKNOWN_LANGUAGE):
        return video.language or UNKNOWN_LANGUAGE
    return TWO_LETTERS.get(language, language)
