"""`manage.py create_token USERNAME` prints a new API token."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import TOKEN_DAYS, ApiToken, User


class Command(BaseCommand):
    help = "Makes an API token for a person and prints it. It cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--label", default="made on the command line", help="what the token is for")
        parser.add_argument("--days", type=int, default=TOKEN_DAYS, help=f"how long it works, {TOKEN_DAYS} by default")

    def handle(self, *_args: Any, username: str, label: str, days: int, **_options: Any) -> None:
        if days < 1:
            raise CommandError("--days must be at least 1.")
        try:
            user = User.objects.get(username=username)
        except User.DoesNotExist:
            raise CommandError(f"There is no account named {username!r}.") from None
        self.stdout.write(ApiToken.make(user=user, label=label, days=days))
