"""Changing a password, and choosing a new one when it is forgotten. The work is Django's."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.views import PasswordChangeView, PasswordResetConfirmView, PasswordResetView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import require_user
from accounts.forms import PASSWORD_HELP, ChangePasswordForm
from accounts.models import User
from accounts.reset_mail import can_send, send_soon
from accounts.views import tokens_left
from limits.spending import address_of, limit_of, spend


def _in_our_words(form: SetPasswordForm[User]) -> SetPasswordForm[User]:
    form.fields["new_password1"].help_text = PASSWORD_HELP
    form.fields["new_password2"].label, form.fields["new_password2"].help_text = "The new password again", ""
    return form


class ChangePassword(PasswordChangeView):
    """Asks for the old one. Every other session of the person ends, because each depends on the password."""

    form_class = ChangePasswordForm
    template_name = "accounts/change_password.html"
    success_url = reverse_lazy("account")

    def get_form(self, form_class: Any = None) -> PasswordChangeForm:
        return _in_our_words(super().get_form(form_class))  # type: ignore[return-value]

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        answer = super().form_valid(form)
        left = tokens_left(require_user(self.request))
        messages.success(self.request, f"Your password is changed, and you are logged out everywhere else. {left}")
        return answer


class ForgottenPassword(PasswordResetView):
    """Sends a link by mail where the site can; else the page says whom to ask."""

    template_name = "accounts/forgotten_password.html"
    success_url = reverse_lazy("password_sent")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        extra = {"sends_mail": can_send(), "whom_to_ask": settings.SITE_CONTACT}
        return super().get_context_data(**kwargs) | extra

    def form_valid(self, form: Any) -> HttpResponse:
        if not can_send():
            return self.render_to_response(self.get_context_data(form=form))
        spend(limit_of("mail"), address_of(self.request))
        send_soon(form)
        return redirect(self.get_success_url())


@never_cache
@require_safe
def password_sent(request: HttpRequest) -> HttpResponse:
    """The same whether or not there is such an account: nobody finds out by this who has one."""
    return render(request, "accounts/password_sent.html", {"whom_to_ask": settings.SITE_CONTACT})


class NewPassword(PasswordResetConfirmView):
    """What a link leads to. Every session of the person ends with the old password."""

    template_name = "accounts/new_password.html"
    success_url = reverse_lazy("login")

    def get_form(self, form_class: Any = None) -> SetPasswordForm[User]:
        return _in_our_words(super().get_form(form_class))

    def form_valid(self, form: SetPasswordForm[User]) -> HttpResponse:
        answer = super().form_valid(form)
        messages.success(self.request, "Your password is new. Log in with it.")
        return answer
