"""One check is one module: found by its file name, and its docstring is its page.

A check has

- `FAMILY`: the row of checks it belongs to;
- `SEVERITY`: `error`, `warning` or `info`, or a mapping from locale to one of them; `""` stands for all other locales,
  and a locale that is not there is not checked;
- `TEXTS`: the sentences of its findings by code, with placeholders, for translators;
- one of `check(unit, background)`, `check_document(units, background)` with all units of one file and locale, or
  `check_locales(units, background)` with all units of the run; what they yield are findings.

Units without a translation are passed over, unless the check says `EVERY = True`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Final

from oppi18n.checks import kinds
from oppi18n.checks.background import Background, language
from oppi18n.checks.finding import Finding
from oppi18n.units.unit import Unit

FAMILIES: Final = (
    "presence",
    "placeholders",
    "plurals",
    "whitespace",
    "punctuation",
    "words",
    "length",
    "markup",
    "terms",
    "meaning",
    "coherence",
    "korean",
)


@dataclass(frozen=True)
class Check:
    """A check by its name."""

    name: str
    module: ModuleType

    @property
    def family(self) -> str:
        """The row of checks it belongs to."""
        return str(self.module.FAMILY)

    @property
    def texts(self) -> Mapping[str, str]:
        """The sentences of its findings, by code."""
        return dict(self.module.TEXTS)

    def severity(self, locale: str) -> str | None:
        """How bad its findings are in that locale; None where they are none."""
        found: Any = self.module.SEVERITY
        if isinstance(found, str):
            return found
        severity: str | None = found[tag] if (tag := language(locale)) in found else found.get("")
        return severity


@cache
def checks() -> tuple[Check, ...]:
    """All checks, by name."""
    modules = (import_module(f"oppi18n.checks.kinds.{each.name}") for each in iter_modules(kinds.__path__))
    found = (Check(module.__name__.rpartition(".")[2].replace("_", "-"), module) for module in modules)
    return tuple(sorted(found, key=lambda each: each.name))


def run(
    units: Iterable[Unit], background: Background | None = None, *, only: Sequence[str] | None = None
) -> Iterator[Finding]:
    """What the checks find in units, of whatever files and locales; `only` names the checks to run.

    Findings come check by check. A document is the units with the same path and locale.

    >>> [finding.check for finding in run([Unit(id="1", source="A", targets=("",), locale="sv", state="missing")])]
    ['missing']
    """
    everything = tuple(units)
    about = background or Background()
    done = tuple(unit for unit in everything if unit.is_translated)
    locales = {unit.locale for unit in everything}
    for each in checks():
        if only is None or each.name in only:
            severities = {locale: each.severity(locale) for locale in locales}
            yield from _run(each, everything if getattr(each.module, "EVERY", False) else done, about, severities)


def _run(
    check: Check, units: Sequence[Unit], about: Background, severities: Mapping[str, str | None]
) -> Iterator[Finding]:
    if None in severities.values():
        units = tuple(unit for unit in units if severities[unit.locale] is not None)
    for finding in _findings(check.module, units, about):
        severity = severities.get(finding.unit.locale)
        if severity is not None:
            yield replace(finding, check=check.name, severity=finding.severity or severity)


def _findings(module: ModuleType, units: Sequence[Unit], about: Background) -> Iterator[Finding]:
    if hasattr(module, "check"):
        for unit in units:
            yield from module.check(unit, about)
    elif hasattr(module, "check_document"):
        for document in about.once("documents", units, lambda: documents(units)).values():
            yield from module.check_document(document, about)
    else:
        yield from module.check_locales(units, about)


def documents(units: Iterable[Unit]) -> dict[tuple[str, str], tuple[Unit, ...]]:
    """The units by path and locale, each document in its order."""
    found: dict[tuple[str, str], list[Unit]] = {}
    for unit in units:
        found.setdefault((unit.place.path, unit.locale), []).append(unit)
    return {key: tuple(each) for key, each in found.items()}
