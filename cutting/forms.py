"""The cut page as a plain form: what is ticked, and between which times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from cutting import plan
from cutting.errors import NothingRemoved, WordsChanged
from cutting.page import digest_of
from cutting.plan import Item, Plan
from videos.models import Video
from videos.services import TITLE_MAX

DAY_S = 24 * 3600
REMOVE, KEEP = "remove", "keep"
MODES = [(REMOVE, "Remove what is ticked"), (KEEP, "Keep only what is ticked")]


class CutForm(forms.Form):
    """`item` and `line` are numbers of items and of lines of the page; `start_s` and `end_s` are seconds."""

    mode = forms.ChoiceField(choices=MODES, initial=REMOVE, required=False, widget=forms.RadioSelect)
    start_s = forms.DecimalField(label="From second", min_value=0, max_value=DAY_S, decimal_places=3, required=False)
    end_s = forms.DecimalField(label="To second", min_value=0, max_value=DAY_S, decimal_places=3, required=False)
    item = forms.TypedMultipleChoiceField(coerce=int, required=False)
    line = forms.TypedMultipleChoiceField(coerce=int, required=False)
    digest = forms.CharField(required=False)
    title = forms.CharField(max_length=TITLE_MAX, required=False)
    visibility = forms.ChoiceField(choices=[(value, value.capitalize()) for value in Video.Visibility.values])

    def __init__(self, *args: Any, lines: Sequence[Sequence[int]], duration_ms: int, **kwargs: Any) -> None:
        """`lines`: the numbers of the items of each line."""
        super().__init__(*args, **kwargs)
        self.lines, self.duration_ms = lines, duration_ms
        self._choices("line", len(lines))
        self._choices("item", sum(map(len, lines)))

    def _choices(self, name: str, count: int) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(number, number) for number in range(count)]

    def ticked_items(self) -> set[int]:
        """The numbers to show as ticked."""
        return self._ticked("item")

    def ticked_lines(self) -> set[int]:
        """The numbers to show as ticked."""
        return self._ticked("line")

    def _ticked(self, name: str) -> set[int]:
        field = self.fields[name]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        return {int(number) for number in self[name].value() or () if field.valid_value(number)}

    def plan_for(self, items: Sequence[Item]) -> Plan:
        """What a valid form keeps. Raises CutRefused in its kinds."""
        has_ticks = self.cleaned_data["item"] or self.cleaned_data["line"]
        if has_ticks and self.cleaned_data["digest"] != digest_of(items):
            raise WordsChanged
        in_lines = (number for line in self.cleaned_data["line"] for number in self.lines[line])
        ticked = {*self.cleaned_data["item"], *in_lines}
        keeps_ticked = self.cleaned_data["mode"] == KEEP and bool(ticked)
        is_kept = [(number in ticked) is keeps_ticked for number in range(len(items))]
        chosen = plan.of_items(items, is_kept, self.duration_ms)
        start_s, end_s = self.cleaned_data["start_s"], self.cleaned_data["end_s"]
        end_ms = self.duration_ms if end_s is None else round(end_s * 1000)
        made = plan.overlap(chosen, round((start_s or 0) * 1000), end_ms)
        if made == ((0, self.duration_ms),):
            raise NothingRemoved
        return made
