"""The reference pages of the checks, made from their docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Final

from oppi18n.checks import FAMILIES, Check, checks
from oppi18n.checks.finding import SEVERITIES

INDEX: Final = "README"
"""The name of the page that leads to the others."""

_ABOUT: Final = """\
Made from the docstrings of the checks; `pytest --update-golden` rewrites them. A check is one module in
`src/oppi18n/checks/kinds/`, found by its file name.

*Severity*: an **error** has to be mended (exit status 3), a **warning** should be looked at (exit status 1), an **info**
is good to know and changes no exit status. Where it depends on the language, the languages stand in brackets.

What is wrong with a file as such comes out of the same lints: a catalog whose header, encoding, plural forms, syntax or
duplicates are wrong has findings whose names begin with `catalog-`.

How often the checks are wrong, and how much they find, is measured by `benchmarks/checks.py`: on published human
translations, and on texts that were damaged on purpose."""


def pages() -> dict[str, str]:
    """The text of every page, by its name without the ending.

    >>> sorted(pages()) == sorted([INDEX, *(each.name for each in checks())])
    True
    """
    return {INDEX: "\n".join(_index()) + "\n", **{each.name: "\n".join(_page(each)) + "\n" for each in checks()}}


def summary(check: Check) -> str:
    """What a check looks for, in one sentence.

    >>> summary(next(each for each in checks() if each.name == "double-space"))
    'Two spaces where one is enough.'
    """
    return _lines(check)[0]


def _index() -> Iterator[str]:
    yield from ("# Checks", "", *_ABOUT.split("\n"))
    for family in FAMILIES:
        found = [each for each in checks() if each.family == family]
        if found:
            yield from ("", f"## {family.capitalize()}", "", "| check | finds | severity |", "|---|---|---|")
            yield from (
                f"| [{each.name}]({each.name}.md) | {_cell(summary(each))} | {_severity(each)} |" for each in found
            )


def _page(check: Check) -> Iterator[str]:
    yield from (f"# {check.name}", "", summary(check), "")
    yield from ("| | |", "|---|---|", f"| family | {check.family} |", f"| severity | {_severity(check)} |")
    yield from (f"| says | {_cell(text)} |" for text in check.texts.values())
    yield f"| module | `{check.module.__name__}` |"
    yield from _body(_lines(check)[1:])


def _lines(check: Check) -> list[str]:
    return inspect.cleandoc(check.module.__doc__ or "").split("\n")


def _body(lines: list[str]) -> Iterator[str]:
    """The lines of a docstring as Markdown: what is typed into Python stands in a fence."""
    is_code = False
    for line in lines:
        if line.startswith(">>>") and not is_code:
            is_code = True
            yield "```pycon"
        elif not line and is_code:
            is_code = False
            yield "```"
        yield line
    if is_code:
        yield "```"


def _severity(check: Check) -> str:
    found = check.module.SEVERITY
    if isinstance(found, str):
        return found
    told = []
    for severity in sorted({each for each in found.values() if each}, key=SEVERITIES.index):
        locales = sorted(locale or "others" for locale, each in found.items() if each == severity)
        told.append(f"{severity} ({', '.join(locales)})")
    return ", ".join(told)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
