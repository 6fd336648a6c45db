from __future__ import annotations

from operations import nginx_revision
from tests.nginx_server import TEMPLATE


def test_the_template_tells_its_own_revision() -> None:
    """If not: `make fix` writes it."""
    assert f'return 200 "{nginx_revision.expected()}";' in TEMPLATE.read_text(encoding="utf-8")


def test_another_text_has_another_revision_whatever_the_template_tells_of_itself() -> None:
    first = nginx_revision.revision_of({"site": 'limit 1;\nreturn 200 "0";\n'})

    assert nginx_revision.revision_of({"site": 'limit 1;\nreturn 200 "1";\n'}) == first
    assert nginx_revision.revision_of({"site": 'limit 2;\nreturn 200 "0";\n'}) != first
    assert nginx_revision.revision_of({"site": 'limit 1;\nreturn 200 "0";\n', "tls": ""}) != first
