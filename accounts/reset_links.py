"""Links with which a person chooses a new password, sent by mail or handed over by who runs the site."""

from __future__ import annotations

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User


def reset_path(user: User) -> str:
    """The path of the page on which `user` chooses a new password, once, within PASSWORD_RESET_TIMEOUT."""
    number = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("new_password", args=[number, default_token_generator.make_token(user)])
