"""Sign-up and API tokens. Log-in and log-out are Django's; the profile page shows videos and lives in streaming."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import require_user
from accounts.forms import SignUpForm, TokenForm
from accounts.models import ApiToken


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
