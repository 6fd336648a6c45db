"""How templates show the facts of a video."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from streaming.representation import StepOut, VideoOut
from transcribe.cues import Word

register = template.Library()

# Width to height: pictures below fill a phone's screen, pictures above are wider than high.
TALL = 0.7
WIDE = 1.2


@register.filter
def clock(ms: int) -> str:
    """Milliseconds as 0:07, 12:30 or 1:02:03."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def seconds(ms: int) -> str:
    """Milliseconds as a media fragment takes them: 1600 is 1.6 (Media Fragments URI, section 4.2.1)."""
    return f"{ms / 1000:g}"


@register.filter
def short(count: int) -> str:
    """A count as 950, 1.2K or 3M."""
    for size, letter in ((1_000_000, "M"), (1_000, "K")):
        if count >= size:
            tenths = count * 10 // size
            return f"{tenths // 10 if tenths % 10 == 0 or tenths >= 100 else tenths / 10}{letter}"
    return str(count)


@register.simple_tag
def shape(width: int, height: int) -> str:
    """`tall`, `even` or `wide`; what is not known yet counts as tall, as phones record."""
    ratio = width / height if width and height else 0.0
    return "tall" if ratio < TALL else "wide" if ratio > WIDE else "even"


@register.filter
def step_words(step: StepOut) -> str:
    """The state of a step in words; `step_words.js` says the same while the page is open."""
    if step.state == "running":
        return f"{step.progress} %" if step.progress else "under way"
    if step.state == "failed":
        return step.error or "did not work"
    if step.state == "skipped":
        return step.error or "not needed"
    return step.error or "waiting" if step.state == "waiting" else "done"


@register.filter
def shown_steps(video: VideoOut) -> list[StepOut]:
    """Of a failed video without those that were never begun: the one that failed says why. As `step_words.js` does."""
    return [step for step in video.steps if (video.state, step.state) != ("failed", "skipped")]


@register.filter
def timed_words(words: Iterable[Word]) -> SafeString:
    """Words that scripts find by their times: pages have thousands, for which a loop in a template takes seconds."""
    return format_html_join(
        " ",
        '<span class="word" data-start="{}" data-end="{}">{}</span>',
        ((word.start_ms, word.end_ms, word.text) for word in words),
    )
