"""Log-in, sign-up, and what people change about their account. Deleting it lives in streaming, with all its videos."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import require_user
from accounts.api import session_of
from accounts.errors import WrongLogIn
from accounts.forms import CuttingForm, MailForm, SignUpForm, TokenForm
from accounts.models import User
from accounts.reset_mail import can_send
from limits.spending import address_of, limit_of, spend
from problems.answers import wants_json


class LogIn(LoginView):
    """A page, or what a dialog on another page needs to log people in without leaving it.

    GET with `?part=1` answers with the form alone. POST with `Accept: application/json` answers with the session as
    `/api/session/` gives it, or with the problem `wrong_login`.
    """

    template_name = "accounts/login.html"

    def get_template_names(self) -> list[str]:
        return ["accounts/_login_form.html"] if "part" in self.request.GET else [self.template_name]

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        answer = super().form_valid(form)
        if not wants_json(self.request):
            return answer
        return JsonResponse(session_of(self.request).dict(), headers={"Cache-Control": "no-store"})

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        if wants_json(self.request):
            raise WrongLogIn
        return super().form_invalid(form)


@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        spend(limit_of("sign_up"), address_of(request), what="Many accounts were made from your address lately.")
        login(request, form.save())
        return HttpResponseRedirect(_next_page(request))
    next_page = request.POST.get("next", "") or request.GET.get("next", "")
    return render(request, "accounts/sign_up.html", {"form": form, "next": next_page})


def _next_page(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is on this site."""
    target = request.POST.get("next", "")
    is_here = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_here else reverse("feed")


@never_cache
@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Mail address, password, sessions, cutting, API tokens, deleting."""
    user = require_user(request)
    context = {
        "mail_form": MailForm(user, None) if can_send() else None,
        "tokens": user.api_tokens.all(),
        "token_form": TokenForm(),
        "cutting_form": CuttingForm(instance=user),
    }
    return render(request, "accounts/account.html", context)


@require_POST
@login_required
def change_mail(request: HttpRequest) -> HttpResponse:
    user = require_user(request)
    form = MailForm(user, request.POST)
    if form.is_valid():
        User.objects.filter(pk=user.pk).update(email=form.cleaned_data["email"])
        messages.success(request, "Saved." if form.cleaned_data["email"] else "Your mail address is forgotten.")
    else:
        messages.error(request, " ".join(str(fault) for faults in form.errors.values() for fault in faults))
    return redirect("account")


@require_POST
@login_required
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Every other browser that is logged in is not any more; this one goes on."""
    user = require_user(request)
    User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
    user.refresh_from_db()
    update_session_auth_hash(request, user)
    messages.success(request, f"You are logged out everywhere else. {tokens_left(user)}".strip())
    return redirect("account")


def tokens_left(user: User) -> str:
    """A sentence about the tokens that still open the account, or nothing without any."""
    count = sum(not token.has_ended for token in user.api_tokens.all())
    return f"API tokens that still work: {count}. Revoke those that you do not know." if count else ""


@require_POST
@login_required
def set_cutting(request: HttpRequest) -> HttpResponse:
    """Whether others may cut the videos that this person makes from now on."""
    CuttingForm(request.POST, instance=require_user(request)).save()
    messages.success(request, "Saved. Videos that are there already stay as they are.")
    return redirect("account")
