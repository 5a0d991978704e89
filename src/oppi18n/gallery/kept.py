"""Smallest records are found once: the cache keeps them, as plain values, for as long as rules and code are the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from oppi18n.analysis import analyse
from oppi18n.analysis.judges import Form
from oppi18n.analysis.results import Example
from oppi18n.cache import source_stamp, user_cache
from oppi18n.engine.authoring import Content
from oppi18n.engine.loading import stamp
from oppi18n.model.values import NOT_LOADED, PartialList

Found = dict[tuple[str, Form], Example]
"""Rule and form → the smallest record."""


def kept(ruleset: str, contents: Iterable[Content], find: Callable[[], Found]) -> Found:
    """What was found for a ruleset in some files; else what `find` finds, which is then kept."""
    key = [ruleset.encode(), analyse.TODAY.isoformat().encode(), stamp()]
    key.append(source_stamp(os.path.dirname(analyse.__file__)))
    key += [part for pack, path, data in contents for part in (f"{pack.name}\0{path}".encode(), data)]
    made: Found = {}

    def make() -> list[Any]:
        made.update(find())
        return [(rule, form.category, form.partial, plain(example)) for (rule, form), example in made.items()]

    rows = user_cache().remember("samples", tuple(key), make)
    return made or {(rule, Form(category, partial)): example_of(each) for rule, category, partial, each in rows}


def plain(example: Example) -> tuple[Any, ...]:
    """An example as values that `marshal` can write.

    >>> from oppi18n.analysis.analyse import smallest
    >>> from oppi18n.analysis.subject import understood
    >>> found = smallest(understood("close-quotes"), "to-be-closed")[2].example
    >>> example_of(plain(found)) == found
    True
    """
    parts = (example.facts, example.request, example.today, example.settings)
    return (*map(_plain, parts), example.deployment, example.asked)


def example_of(found: tuple[Any, ...]) -> Example:
    """The example that was made plain."""
    facts, request, today, settings = map(_lively, found[:4])
    return Example(facts, request, today, settings, found[4], found[5])


def _plain(value: Any) -> Any:
    if value is NOT_LOADED:
        return ("not-loaded", None)
    if isinstance(value, Mapping):
        return ("record", [(name, _plain(each)) for name, each in value.items()])
    if isinstance(value, PartialList):
        return ("part", [_plain(each) for each in value])
    if isinstance(value, tuple):
        return ("tuple", [_plain(each) for each in value])
    if isinstance(value, list):
        return ("list", [_plain(each) for each in value])
    if isinstance(value, Decimal):
        return ("decimal", str(value))
    return ("date", value.isoformat()) if isinstance(value, date) else value


_LIVELY: Mapping[str, Callable[[Any], Any]] = {
    "not-loaded": lambda _: NOT_LOADED,
    "record": lambda pairs: {name: _lively(each) for name, each in pairs},
    "part": lambda items: PartialList(map(_lively, items)),
    "tuple": lambda items: tuple(map(_lively, items)),
    "list": lambda items: list(map(_lively, items)),
    "decimal": Decimal,
    "date": date.fromisoformat,
}


def _lively(value: Any) -> Any:
    return _LIVELY[value[0]](value[1]) if isinstance(value, tuple) else value
