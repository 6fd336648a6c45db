"""Forms of the account pages."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, UserCreationForm

from accounts.models import TOKEN_DAYS, ApiToken, User
from accounts.names import NAME_MAX, fault_of, folded
from accounts.own_password import is_own_password

NAME_HELP = f"Up to {NAME_MAX} letters and digits, also . _ + and -. Everybody sees it, and it stays."
DAYS = 90
PASSWORD_HELP = "At least 8 characters: not your name, and nothing that many people use."


class SignUpForm(UserCreationForm[User]):
    """Refuses names that look like another person's (Alice, a1ice or álice beside alice) and those of the site."""

    class Meta:
        model = User
        fields = ("username",)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        name, first, second = (self.fields[field] for field in ("username", "password1", "password2"))
        name.help_text = NAME_HELP
        name.widget.attrs |= {"maxlength": NAME_MAX, "autocapitalize": "none", "spellcheck": "false"}
        first.help_text, second.label, second.help_text = PASSWORD_HELP, "The password again", ""

    def clean_username(self) -> str | None:  # type: ignore[override]  # Django gives None for a twin
        name: str | None = super().clean_username()
        if name is None:  # somebody has it already, which the form was told
            return None
        if fault := fault_of(name):
            raise forms.ValidationError(fault)
        if User.objects.filter(folded_name=folded(name)).exists():
            raise forms.ValidationError("Somebody has this name, or one that looks like it. Choose another one.")
        return name


class TokenForm(forms.ModelForm[ApiToken]):
    """What a new token is for and how many days it works."""

    label = forms.CharField(max_length=60, required=False, label="What is it for?")
    days = forms.TypedChoiceField(
        choices=[(30, "30 days"), (DAYS, f"{DAYS} days"), (TOKEN_DAYS, "a year")],
        coerce=int,
        required=False,
        empty_value="",
        initial=DAYS,
        label="It works for",
    )

    class Meta:
        model = ApiToken
        fields = ("label",)

    def clean_days(self) -> int:
        return int(self.cleaned_data["days"] or DAYS)


class OwnPassword(forms.Form):
    """The person's own password, asked again before what cannot be taken back. A session may have been left open."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: User, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not is_own_password(self.user, password):
            raise forms.ValidationError("That is not your password.")
        return password


class ChangePasswordForm(PasswordChangeForm):
    """Django's own, with a limit on wrong tries."""

    def clean_old_password(self) -> str:
        old_password: str = self.cleaned_data["old_password"]
        if not is_own_password(self.user, old_password):
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old_password


class MailForm(OwnPassword):
    """Where a link for a new password may be sent. The password is asked: whoever sets this can get in later."""

    email = forms.EmailField(
        required=False, label="Mail address", widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    field_order = ("email", "password")


class CuttingForm(forms.ModelForm[User]):
    """What new videos of a person begin with; each can be changed on its own page."""

    allows_cuts = forms.BooleanField(required=False, label="Others may cut my new videos while they are public")

    class Meta:
        model = User
        fields = ("allows_cuts",)
