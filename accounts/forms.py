"""Forms of the account pages."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import UserCreationForm

from accounts.models import ApiToken, User


class SignUpForm(UserCreationForm[User]):
    """Refuses names that another person has in other letters: Alice beside alice."""

    class Meta:
        model = User
        fields = ("username",)


class TokenForm(forms.ModelForm[ApiToken]):
    label = forms.CharField(max_length=60, required=False, label="What is it for?")

    class Meta:
        model = ApiToken
        fields = ("label",)
