"""What the house allows nobody: files that grow, leftovers, errors swallowed, and anyone who knows the builder."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "warehouse_app"
MOST_LINES = 450
LONGER: dict[str, str] = {}
"""Files of more lines, each with its reason."""
CATCHES_ALL = {"warehouse_app/books/bookkeeping.py": 1}
"""A fact that fails must not stop the others: there, and nowhere else, everything is caught."""
LEFTOVER = re.compile("|".join(rf"\b{left}{right}\b" for left, right in (("TO", "DO"), ("FIX", "ME"), ("X", "XX"))))


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(path for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def catches_all(node: ast.AST) -> bool:
    """Whether an except clause takes Exception, BaseException without raising it on, or anything at all."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    if node.type is None:
        return True
    named = {part.id for part in ast.walk(node.type) if isinstance(part, ast.Name)}
    raised_on = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
    return "Exception" in named or ("BaseException" in named and not raised_on)


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names


def test_no_file_grows_beyond_what_can_be_read_in_one_go() -> None:
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources("warehouse_app")}

    assert {name: count for name, count in lines.items() if count > MOST_LINES and name not in LONGER} == {}


def test_nothing_is_left_for_later() -> None:
    found = {
        name_of(path): LEFTOVER.findall(path.read_text(encoding="utf-8"))
        for path in sources("warehouse_app", "tests", "tools", "migrations")
    }

    assert {name: words for name, words in found.items() if words} == {}


def test_only_the_bookkeeper_catches_everything() -> None:
    found: dict[str, int] = {}
    for path in sources("warehouse_app"):
        count = sum(map(catches_all, ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
        if count:
            found[name_of(path)] = count

    assert found == CATCHES_ALL


def test_nobody_knows_the_builder() -> None:
    knows = {
        name_of(path)
        for path in sources("warehouse_app")
        if path not in (PACKAGE / "app.py", PACKAGE / "__main__.py")
        and "warehouse_app.app" in imported(ast.parse(path.read_text(encoding="utf-8")))
    }

    assert knows == set()


@pytest.mark.parametrize("room", ["domain", "planning"])
def test_pure_rooms_ask_no_clock_and_open_no_file(room: str) -> None:
    impure = re.compile(
        r"\b(datetime\.now|date\.today|time\.time|time\.monotonic|open)\(|\.(read|write)_(text|bytes)\("
    )

    found = {
        name_of(path): impure.findall(path.read_text(encoding="utf-8"))
        for path in sources(f"warehouse_app/{room}")
        if impure.search(path.read_text(encoding="utf-8"))
    }

    assert found == {}
