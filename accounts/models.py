"""People and the tokens their programs use."""

from __future__ import annotations

import hashlib
import secrets

from django.contrib.auth.models import AbstractUser
from django.db import models

TOKEN_PREFIX = "vs_"


class User(AbstractUser):
    """A person with an account."""


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def for_secret(self, secret: str) -> ApiTokenQuerySet:
        return self.filter(digest=ApiToken.digest_of(secret), user__is_active=True)


class ApiToken(models.Model):
    """Lets a program act as its owner. Only a digest is kept: the secret is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    label = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.label or f"token {self.pk}"

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def make(cls, *, user: User, label: str = "") -> str:
        """Store a new token of `user` and return its secret, which cannot be read again later."""
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        cls.objects.create(user=user, label=label[:60], digest=cls.digest_of(secret))
        return secret
