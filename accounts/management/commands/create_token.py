"""`manage.py create_token USERNAME` prints a new API token."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import ApiToken, User


class Command(BaseCommand):
    help = "Makes an API token for a person and prints it. It cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--label", default="made on the command line", help="what the token is for")

    def handle(self, *_args: Any, username: str, label: str, **_options: Any) -> None:
        try:
            user = User.objects.get(username=username)
        except User.DoesNotExist:
            raise CommandError(f"There is no account named {username!r}.") from None
        self.stdout.write(ApiToken.make(user=user, label=label))
