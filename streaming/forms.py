"""Forms of the watch page."""

from __future__ import annotations

from django import forms

from videos.models import Video
from videos.services import TITLE_MAX


class DetailsForm(forms.Form):
    title = forms.CharField(max_length=TITLE_MAX, required=False, widget=forms.TextInput(attrs={"dir": "auto"}))
    visibility = forms.ChoiceField(choices=Video.Visibility.choices, widget=forms.RadioSelect)
    allows_cuts = forms.BooleanField(required=False, label="Others may cut it while it is public")
