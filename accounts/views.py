"""Log-in, sign-up and API tokens. The profile page shows videos and lives in streaming."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import require_user
from accounts.api import session_of
from accounts.errors import WrongLogIn
from accounts.forms import SignUpForm, TokenForm
from accounts.models import ApiToken
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
        login(request, form.save())
        return HttpResponseRedirect(_next_page(request))
    return render(request, "accounts/sign_up.html", {"form": form, "next": request.GET.get("next", "")})


def _next_page(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is on this site."""
    target = request.POST.get("next", "")
    is_here = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_here else reverse("feed")


@require_POST
@login_required
def make_token(request: HttpRequest) -> HttpResponse:
    """Makes a token and shows its secret once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        messages.error(request, "A token's label may have at most 60 characters.")
        return redirect("profile")
    secret = ApiToken.make(user=require_user(request), label=form.cleaned_data["label"])
    response = render(request, "accounts/token_made.html", {"secret": secret})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@login_required
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    get_object_or_404(ApiToken, pk=token_id, user=require_user(request)).delete()
    messages.success(request, "The token no longer works.")
    return redirect("profile")
