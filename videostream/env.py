"""Typed readers of the environment: a wrong value stops the start and names its variable."""

from __future__ import annotations

import ipaddress
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


def integer(name: str, default: int, *, minimum: int = 0, maximum: int | None = None) -> int:
    """A whole number of at least `minimum` and at most `maximum`."""
    value = text(name, "")
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    if number < minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}, not {number}.")
    if maximum is not None and number > maximum:
        raise ImproperlyConfigured(f"{name} must be at most {maximum}, not {number}.")
    return number


def port(name: str, default: int) -> int:
    """A number of a TCP port."""
    return integer(name, default, minimum=1, maximum=65_535)


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


def network(name: str) -> str:
    """An IP network such as 172.16.0.0/12, or empty if not set."""
    value = text(name, "")
    try:
        ipaddress.ip_network(value or "127.0.0.1", strict=False)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a network such as 172.16.0.0/12, not {value!r}.") from error
    return value


def origin(name: str, *, also: str = "") -> str:
    """Scheme, host and port of a site, such as https://videos.example.org; or the word `also`; or empty."""
    value = text(name, "").rstrip("/")
    if value in {"", also}:
        return value
    parts = urlsplit(value)
    try:
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        port_is_right = False
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or not port_is_right:
        raise ImproperlyConfigured(f"{name} must look like https://videos.example.org, not {value!r}.")
    return value
