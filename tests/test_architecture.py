"""Rules of docs/architecture.md that no tool of others' checks: who may look a video up."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live_site import REPOSITORY

PACKAGES = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "root_packages"
]
# Modules that answer requests.
ANSWERING = ("api.py", "views.py", "tus.py", "page.py", "forms.py", "page_forms.py")
ONE_OF_MANY = {"get", "first", "last", "get_or_create", "in_bulk"}
BY_NAME = {"pk", "id", "name", "pk__in", "name__in", "id__in"}


def lookups(source: str) -> Iterator[int]:
    """The lines that look a video up by its name or number, past videos/access.py."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in {"get_object_or_404", "get_list_or_404"}:
            if any(isinstance(argument, ast.Name) and argument.id.endswith("Video") for argument in node.args):
                yield node.lineno
        elif isinstance(called, ast.Attribute) and _begins_with_videos(called.value):
            named = {keyword.arg for keyword in node.keywords}
            if called.attr in ONE_OF_MANY or (called.attr in {"filter", "exclude"} and named & BY_NAME):
                yield node.lineno


def _begins_with_videos(node: ast.expr) -> bool:
    """Whether a chain of attributes and calls starts with Video.objects or one of its sisters."""
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute) and node.attr == "objects" and isinstance(node.value, ast.Name):
            return node.value.id in {"Video", "OriginalVideo", "CutVideo", "ReplyVideo"}
        node = node.func if isinstance(node, ast.Call) else node.value
    return False


def answering_modules() -> list[Path]:
    return sorted(
        path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py") if path.name in ANSWERING
    )


@pytest.mark.parametrize("module", answering_modules(), ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_a_view_gets_a_video_through_access_only(module: Path) -> None:
    """Who looks it up past `videos/access.py` forgets to ask who may see it."""
    assert list(lookups(module.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "line",
    [
        "Video.objects.get(name=name)",
        "Video.objects.filter(pk=3).update(title='')",
        "CutVideo.objects.published().filter(name=name).first()",
        "get_object_or_404(Video, name=name)",
        "Video.objects.select_related('owner').get(pk=1)",
    ],
)
def test_the_rule_sees_a_way_past_it(line: str) -> None:
    assert list(lookups(line))


def test_lists_for_everybody_are_no_way_past_it() -> None:
    assert not list(lookups("Video.objects.listed().filter(reply_to=video)"))
