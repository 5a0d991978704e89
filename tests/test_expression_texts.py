"""Every code that an expression can be wrong with has a text, and every text belongs to a code."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from oppi18n import errors
from oppi18n.texts.diagnostics import HINTS, TEXTS

CALLS = {"Fault", "Finding", "Diagnostic", "report", "warn", "wrong", "wrong_word"}
ERRORS = {"error"}


@pytest.fixture(scope="module")
def modules(checkout: Path) -> dict[str, ast.Module]:
    source = checkout / "src" / "oppi18n"
    return {
        path.relative_to(source).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(source.rglob("*.py"))
        if path.parent.name != "texts"
    }


def called(tree: ast.Module, names: set[str]) -> Iterator[str]:
    """The literal first arguments of calls of these functions and methods."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            first = node.args[0]
            if name in names and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def words(modules: dict[str, ast.Module]) -> set[str]:
    """All texts of the source; of one that is put together, what it begins with."""
    return {
        node.value
        for tree in modules.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def is_used(code: str, used: set[str]) -> bool:
    """Whether a code is written in the source, in full or as f"template-{kind}"."""
    heads = (code[: end + 1] for end, letter in enumerate(code) if letter == "-")
    return code in used or any(head in used for head in heads)


def test_every_diagnostic_has_a_text(modules: dict[str, ast.Module]):
    """Nothing is reported that nobody has worded."""
    raised = {(code, name) for name, tree in modules.items() for code in called(tree, CALLS)}

    assert {(code, name) for code, name in raised if code not in TEXTS} == set()


def test_every_hint_has_a_text(modules: dict[str, ast.Module]):
    """Nothing is advised that nobody has worded."""
    given = {(code, name) for name, tree in modules.items() for code in called(tree, {"Hint"})}

    assert {(code, name) for code, name in given if code not in HINTS} == set()


def test_every_error_of_an_evaluation_has_a_text(modules: dict[str, ast.Module]):
    """An evaluation ends with no error that nobody has worded."""
    rooms = {name: tree for name, tree in modules.items() if name.startswith("rules/")}
    codes = {f"value-{code}" for tree in rooms.values() for code in called(tree, ERRORS)}

    assert codes
    assert codes <= errors.TEXTS.keys()


def test_every_text_is_used(modules: dict[str, ast.Module]):
    """No text stays behind when its code goes."""
    used = words(modules)

    assert [code for code in (*TEXTS, *HINTS) if not is_used(code, used)] == []


@pytest.mark.parametrize("table", [TEXTS, HINTS, errors.TEXTS], ids=["diagnostics", "hints", "errors"])
def test_tables_are_sorted_and_plain(table: dict[str, str]):
    """Codes are sorted; texts have named placeholders alone and begin and end as compilers write them."""
    fields = [field for text in table.values() for _, field, form, conversion in string.Formatter().parse(text)
              if field is not None and (form or conversion or not field.isidentifier())]  # fmt: skip

    assert list(table) == sorted(table)
    assert fields == []
    assert [text for text in table.values() if text != text.strip() or text.endswith(".") or text[:1].isspace()] == []
