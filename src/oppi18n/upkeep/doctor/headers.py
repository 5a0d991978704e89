"""The header of a catalog is compared with what CLDR says; its plural rule is looked up, never calculated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from gettext import c2py
from typing import Final

from babel.core import Locale, UnknownLocaleError
from babel.messages.plurals import PLURALS

from oppi18n.diagnostics import Diagnostic, Hint, Span
from oppi18n.i18n import locales
from oppi18n.i18n.plural_header import plural_categories, plural_forms

_RULE: Final = re.compile(r"\s*nplurals\s*=\s*([0-9])\s*;\s*plural\s*=\s*([n0-9 ()?:!=<>&|%]{1,1000}?)\s*;?\s*")
_NUMBERS: Final = (*range(201), 1000, 1001, 1002, 1011, 1100, 10_000, 10_001)
"""Numbers by which two rules are told apart; beyond, they differ in ways that no catalog follows (one million)."""

_LONGEST: Final = 1100
"""Characters of a rule; there is none that needs so many."""

Header = Sequence[tuple[str, int]]
Parting = tuple[int, ...]


def holes_in_header(header: Header, path: str, locale: str | None, *, has_plurals: bool) -> Iterator[Diagnostic]:
    """What a header says about language and plurals that is not so."""
    fields = {name.strip().lower(): (value.strip(), line) for name, value, line in _fields(header)}
    language, line = fields.get("language", ("", 1))
    named = locales.canonical(language) if language else None
    if locale and named and not _is_alike(locale, named):
        span = Span(path, line, 1, line, 1)
        params: dict[str, object] = {"expected": locale, "found": language}
        yield Diagnostic("catalog-language", span, params, Hint("babel-silent"), "warning")
    tag = locale or named
    forms = plural_forms(tag) if tag else None
    if tag is None or forms is None:
        return
    if "plural-forms" in fields:
        rule, line = fields["plural-forms"]
        if not _is_right(rule, tag):
            span = Span(path, line, 1, line, 1)
            yield Diagnostic("catalog-plural-rule", span, {"expected": forms[1], "locale": tag}, Hint("not-from-babel"))
    elif has_plurals and forms[0] != 2:
        span = Span(path, 1, 1, 1, 1)
        yield Diagnostic("catalog-header-field", span, {"field": "Plural-Forms"}, Hint("not-from-babel"))


def _fields(header: Header) -> Iterator[tuple[str, str, int]]:
    """Name, value and line of each field; one may be spread over several pieces of text."""
    begun = 1
    waiting: list[str] = []
    for piece, line in header:
        begun = begun if waiting else line
        waiting.append(piece)
        if "\n" not in piece:
            continue
        *whole, rest = "".join(waiting).split("\n")
        for each in whole:
            name, _, value = each.partition(":")
            yield name, value, begun
            begun = line
        waiting = [rest] if rest else []


def _is_alike(one: str, other: str) -> bool:
    same_language = one.partition("-")[0] == other.partition("-")[0]
    return same_language and locales.script(one) == locales.script(other)


def _is_right(rule: str, tag: str) -> bool:
    """Whether a rule parts the numbers as CLDR does; a rule that is in nobody's table is only counted."""
    match = _RULE.fullmatch(rule) if len(rule) <= _LONGEST else None
    if match is None:
        return False
    wanted = _parting_of(tag)
    if int(match[1]) not in (len(set(wanted)), len(plural_categories(tag))):
        return False
    found = _known().get(_bare(match[2]))
    return found is None or found == wanted


def _bare(expression: str) -> str:
    text = "".join(expression.split())
    while text.startswith("(") and text.endswith(")") and "(" not in text[1:-1]:
        text = text[1:-1]
    return text


@cache
def _known() -> dict[str, Parting]:
    """How the rules in Babel's table part the numbers; these are Babel's own texts, and no project's."""
    expressions = {text for _, text in PLURALS.values()} | {"n != 1", "n > 1", "0"}
    return {_bare(text): _parting([c2py(text)(number) for number in _NUMBERS]) for text in expressions}


@cache
def _parting_of(tag: str) -> Parting:
    rule = _cldr(tag).plural_form
    return _parting([rule(number) for number in _NUMBERS])


def _cldr(tag: str) -> Locale:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(tag.partition("-")[0])


def _parting(forms: Sequence[object]) -> Parting:
    """Which numbers go together, whatever their forms are called."""
    order: dict[object, int] = {}
    return tuple(order.setdefault(form, len(order)) for form in forms)
