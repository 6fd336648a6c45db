"""Which version of nginx's configuration this version of the site was made for.

The templates in `nginx/` carry a checksum of themselves, and a running nginx tells it at /nginx-revision: so the doctor
finds out that an upgrade left the old nginx running. `python -m operations.nginx_revision` writes it (`make fix`).
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "nginx"
ADDRESS = "/nginx-revision"
_TOLD = re.compile(r'(?<=return 200 ")\w+(?=";)')


def expected() -> str:
    """What an nginx with the templates beside this site tells. Raises OSError if they are not there."""
    return revision_of({path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.template")})


def revision_of(templates: dict[str, str]) -> str:
    """Twelve hexadecimal digits for the text of all templates, but for the one place that tells the revision itself."""
    digest = hashlib.sha256()
    for name, text in sorted(templates.items()):
        digest.update(f"{name}\n{_TOLD.sub('', text)}".encode())
    return digest.hexdigest()[:12]


def write() -> None:
    """Put the checksum where nginx tells it."""
    template = FOLDER / "site.conf.template"
    text = template.read_text(encoding="utf-8")
    template.write_text(_TOLD.sub(expected(), text), encoding="utf-8")


if __name__ == "__main__":
    write()
