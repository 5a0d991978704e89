"""Placeholders that the translation leaves out, or that its source does not have.

`{name}` stands for a value. Who translates it, drops it or mistypes it takes the value from the reader; a translation
with a placeholder that nobody fills is not shown at all. A plural form for one number may do without `{count}`
(“one quote”).

>>> from oppi18n.checks.background import Background
>>> unit = Unit(id="1", source="{count} left", targets=("{kount} kvar",), locale="sv", markup="template")
>>> [(finding.code, finding.quote, finding.suggestion) for finding in check(unit, Background())]
[('unknown', '{kount}', '{count}')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from oppi18n.checks.background import Background
from oppi18n.checks.finding import ERROR, Finding
from oppi18n.templates import Placeholder, TemplateFault, faults, parse, placeholders
from oppi18n.units.unit import CATALOG, MARKDOWN, Unit

FAMILY: Final = "placeholders"
SEVERITY: Final = ERROR
TEXTS: Final = {
    "unknown": "The source has no placeholder {name}.",
    "missing": "The placeholder {name} is missing.",
}

COUNT: Final = "count"

_FOREIGN: Final = re.compile(r"\{[\w.\[\]!:<>^]*\}")


def check(unit: Unit, background: Background) -> Iterator[Finding]:
    """A unit whose source and translation have other placeholders."""
    texts = (unit.source or "", unit.plural or "")
    if unit.markup == MARKDOWN or not any("{" in text for text in (*texts, *unit.targets)):
        return
    if unit.origin != CATALOG and not any(map(placeholders, texts)):
        return
    if any(True for text in texts for _ in faults(text)):
        yield from _otherwise(unit, texts)
        return
    known = [*dict.fromkeys(name for text in texts for name in placeholders(text))]
    for form, text in enumerate(unit.targets):
        yield from _compared(unit, form, text, known)


def _compared(unit: Unit, form: int, text: str, known: list[str]) -> Iterator[Finding]:
    found = list(_places(text))
    # A placeholder in a wrong form is another check's finding, and not a missing one.
    misshapen = " ".join(text[each.offset : each.end] for each in faults(text))
    names = {name for name, _, _ in found} | {*re.findall(r"\w+", misshapen)}
    absent = [name for name in known if name not in names]
    spared = COUNT if unit.plural is not None and form < len(unit.targets) - 1 else None
    for name, start, end in found:
        if name not in known:
            near = _nearest(name, absent, known)
            if near in absent:
                absent.remove(near)
            better = "{" + near + "}" if near else None
            params = {"name": "{" + name + "}"}
            yield Finding(unit=unit, code="unknown", params=params, form=form, start=start, end=end, suggestion=better)
    for name in absent:
        if name != spared:
            yield _missing(unit, form, "{" + name + "}")


def _missing(unit: Unit, form: int, name: str) -> Finding:
    return Finding(unit=unit, code="missing", params={"name": name}, form=form)


def _otherwise(unit: Unit, texts: tuple[str, ...]) -> Iterator[Finding]:
    """What differs where a source of somebody else's has placeholders of another kind: `{0}`, `{user.name}`."""
    wanted = list(dict.fromkeys(_FOREIGN.findall(" ".join(texts))))
    if "{" in _FOREIGN.sub("", "".join(texts)).replace("{{", ""):
        # Of other languages inside of braces, nobody here knows enough.
        return
    for form, text in enumerate(unit.targets):
        found = list(dict.fromkeys(_FOREIGN.findall(text)))
        for name in found:
            if name not in wanted:
                start = text.index(name)
                yield Finding(
                    unit=unit, code="unknown", params={"name": name}, form=form, start=start, end=start + len(name)
                )
        if form == len(unit.targets) - 1:
            yield from (_missing(unit, form, name) for name in wanted if name not in found)


def _nearest(name: str, absent: list[str], known: list[str]) -> str:
    """The placeholder that was meant: one that is missing, if there is but one, else the most similar one."""
    near = get_close_matches(name, absent or known, n=1, cutoff=0.6)
    if near:
        return near[0]
    return absent[0] if len(absent) == 1 else ""


def _places(text: str) -> Iterator[tuple[str, int, int]]:
    """The placeholders of a text with their places; text that is broken elsewhere is looked at all the same."""
    try:
        pieces = parse(text)
    except TemplateFault:
        for name in placeholders(text):
            start = text.find("{" + name + "}")
            yield name, start, start + len(name) + 2
        return
    for each in pieces:
        if isinstance(each, Placeholder):
            yield each.text, each.offset, each.offset + len(each.text) + 2
