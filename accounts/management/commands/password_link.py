"""`manage.py password_link USERNAME` prints a link with which that person chooses a new password."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.reset_links import reset_path


class Command(BaseCommand):
    help = "Prints a link with which a person chooses a new password. It works once, for a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *_args: Any, username: str, **_options: Any) -> None:
        try:
            user = User.objects.get(username=username, is_active=True)
        except User.DoesNotExist:
            raise CommandError(f"There is no open account named {username!r}.") from None
        self.stdout.write(settings.PUBLIC_URL + reset_path(user))
        if not settings.PUBLIC_URL:
            self.stderr.write("PUBLIC_URL is not set: put the address of the site in front.")
