"""Typed readers of the environment: a wrong value stops the start and names its variable."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})


def text(name: str, default: str) -> str:
    """The variable's text without surrounding blanks, or `default` if it is not set or empty."""
    return os.environ.get(name, "").strip() or default  # noqa: TID251


def boolean(name: str, *, default: bool) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off; anything else is refused."""
    value = text(name, "").lower()
    if not value:
        return default
    if value in TRUE_WORDS:
        return True
    if value in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")


def integer(name: str, default: int, *, minimum: int = 0) -> int:
    """A whole number of at least `minimum`."""
    value = text(name, "")
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    if number < minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}, not {number}.")
    return number


def choice(name: str, default: str, *, allowed: Sequence[str]) -> str:
    """One of the words in `allowed`."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def secret(name: str) -> str:
    """The value of `name`, or the content of the file that `NAME_FILE` points to; empty if neither is set."""
    file_variable = f"{name}_FILE"
    file_name = text(file_variable, "")
    if not file_name:
        return text(name, "")
    if text(name, ""):
        raise ImproperlyConfigured(f"Set {name} or {file_variable}, not both.")
    try:
        return Path(file_name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{file_variable} cannot be read: {error}.") from error


def folder(name: str, default: Path) -> Path:
    """An absolute folder path; relative ones are refused, because each service has its own working folder."""
    path = Path(text(name, str(default)))
    if not path.is_absolute():
        raise ImproperlyConfigured(f"{name} must be an absolute path, not {str(path)!r}.")
    return path


def origin(name: str) -> str:
    """Scheme, host and port of the site, such as https://videos.example.org, or empty if not set."""
    value = text(name, "").rstrip("/")
    if not value:
        return ""
    parts = urlsplit(value)
    try:
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        port_is_right = False
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or not port_is_right:
        raise ImproperlyConfigured(f"{name} must look like https://videos.example.org, not {value!r}.")
    return value
