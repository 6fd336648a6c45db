"""People and the tokens their programs use."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.names import FOLDED_MAX, folded

TOKEN_PREFIX = "vs_"
TOKEN_DAYS = 365
# A row is not written for each call of a busy program.
LAST_USE_PRECISION = timedelta(minutes=10)


class User(AbstractUser):
    """A person with an account."""

    allows_cuts = models.BooleanField(
        default=True, help_text="Whether others may cut the videos this person makes next"
    )
    # The same for names that look alike.
    folded_name = models.CharField(max_length=FOLDED_MAX, default="", db_index=True, editable=False)
    # Part of what every session of this person must know: counting up ends them all.
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded_name = folded(self.username)
        super().save(*args, **kwargs)

    def get_session_auth_hash(self) -> str:
        return f"{super().get_session_auth_hash()}{self.sessions_ended}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for digest in super().get_session_auth_fallback_hash():
            yield f"{digest}{self.sessions_ended}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def for_secret(self, secret: str) -> ApiTokenQuerySet:
        """The token of that secret, if it has not ended and its owner may log in."""
        return self.filter(digest=ApiToken.digest_of(secret), user__is_active=True, expires_at__gt=timezone.now())


def token_end(days: int = TOKEN_DAYS) -> datetime:
    """When a token made now ends."""
    return timezone.now() + timedelta(days=days)


class ApiToken(models.Model):
    """Lets a program act as its owner below /api/ until it ends. Only a digest is kept: the secret is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    label = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=token_end)
    last_used_at = models.DateTimeField(null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.label or f"token {self.pk}"

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def make(cls, *, user: User, label: str = "", days: int = TOKEN_DAYS) -> str:
        """Store a new token of `user` and return its secret, which cannot be read again later."""
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        cls.objects.create(user=user, label=label[:60], digest=cls.digest_of(secret), expires_at=token_end(days))
        return secret

    @property
    def has_ended(self) -> bool:
        return self.expires_at <= timezone.now()

    def note_use(self) -> None:
        """Remember that the token was used now, to within LAST_USE_PRECISION."""
        now = timezone.now()
        is_outdated = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USE_PRECISION)
        if self.last_used_at is None or self.last_used_at < now - LAST_USE_PRECISION:
            ApiToken.objects.filter(is_outdated, pk=self.pk).update(last_used_at=now)
