"""Making and revoking API tokens."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import require_user
from accounts.forms import TokenForm
from accounts.models import ApiToken
from limits.spending import limit_of, person, spend

COOKIE = "new_token"
SHOWN_WITHIN_S = 300


@require_POST
@login_required
def make_token(request: HttpRequest) -> HttpResponse:
    """Makes a token, and leads to the page that shows its secret once: loading that anew makes no other one.

    On the way the secret lies in a signed cookie of the person's own browser, and nowhere on the server.
    """
    form = TokenForm(request.POST)
    if not form.is_valid():
        messages.error(request, "A token's label may have at most 60 characters, and it works for 30, 90 or 365 days.")
        return redirect("account")
    spend(limit_of("token"), person(require_user(request).pk))
    secret = ApiToken.make(user=require_user(request), **form.cleaned_data)
    response = redirect("token_made")
    response.set_signed_cookie(
        COOKIE,
        secret,
        max_age=SHOWN_WITHIN_S,
        path=reverse("token_made"),
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return response


@never_cache
@require_safe
@login_required
def token_made(request: HttpRequest) -> HttpResponse:
    secret = request.get_signed_cookie(COOKIE, default="", max_age=SHOWN_WITHIN_S)
    response = render(request, "accounts/token_made.html", {"secret": secret})
    response.delete_cookie(COOKIE, path=reverse("token_made"), samesite="Strict")
    return response


@require_POST
@login_required
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    get_object_or_404(ApiToken, pk=token_id, user=require_user(request)).delete()
    messages.success(request, "The token no longer works.")
    return redirect("account")
