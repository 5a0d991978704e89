"""Every placeholder is described to translators by the kind of its value and an example of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from oppi18n.engine.decision import ParamType
from oppi18n.model.schema import Model
from oppi18n.templates import placeholders

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "bool": ("true or false", "true"),
    "currency": ("code of a currency", "SEK"),
    "date": ("date, written out", "March 31, 2026"),
    "decimal": ("number", "1,234.5"),
    "int": ("whole number", "2"),
    "list": ("list", "A, B, and C"),
    "money": ("amount with its currency", "$1,234.50"),
    "string": ("text", "Fabrikam"),
}
"""Kind of a value → what it is, and an example in English."""

NAMES: Final[Mapping[str, str]] = {
    "action": "close-quotes",
    "address": "127.0.0.1:8018",
    "anchor": "won",
    "backend": "duckdb",
    "byte": "17",
    "character": "U+001B",
    "charset": "latin-1",
    "check": "end-mark",
    "choices": "text, json",
    "code": "3",
    "column": "7",
    "command": "oppi18n check",
    "count": "2",
    "cycle": "a, b, a",
    "dialect": "tsql",
    "digits": "15",
    "enumeration": "quote_state",
    "error": "0x80040265",
    "escape": "\\q",
    "example": "yes",
    "examples": "QUO-1001, QUO-1002",
    "expected": "date",
    "expires_on": "2026-03-31",
    "extra": "bulk",
    "field": "state",
    "first": "active",
    "found": "yes",
    "function": "date",
    "fuzzy": "2",
    "guess": "UTF-16",
    "host": "crm.example.com",
    "id": "8f1b6c0e-4d0a-4a5e-9d3a-1f0c2b7a9e55",
    "key": "message",
    "keyword": "msgstr",
    "kinds": "CSV, Parquet",
    "known": "dataverse, json",
    "label": "Won",
    "last": "2026-03-31",
    "least": "32",
    "left": "int",
    "library": "duckdb",
    "limit": "65536",
    "line": "12",
    "locale": "ko",
    "locales": "ko, ja",
    "member": "quotes",
    "message": "The record is read-only.",
    "method": "DELETE",
    "missing": "2",
    "name": "state",
    "names": "draft, active, won",
    "near": "state",
    "nearest": "ko",
    "needs_review": "2",
    "number": "QUO-1001",
    "obsolete": "2",
    "offered": "en, ko, ja",
    "offset": "17",
    "operator": "+",
    "opportunity": "Fabrikam",
    "option": "--format",
    "other": "opportunity-open",
    "pack": "contoso",
    "path": "pipeline.json",
    "place": "rules/contoso.yaml:12:5",
    "places": "4",
    "pointer": "/opportunity/state",
    "prefix": ">",
    "problem": "could not find expected ':'",
    "quote": "QUO-1001",
    "reason": "Permission denied",
    "record": "quote",
    "reference": "close-opportunity#quotes",
    "revision": "1",
    "right": "date",
    "rule": "no-active-quotes",
    "rules": "no-active-quotes and opportunity-open",
    "ruleset": "close-opportunity",
    "second": "won",
    "setting": "drafts_block",
    "source": "pipeline.json",
    "state": "won",
    "states": "Won",
    "suggestion": "contoso",
    "table": "opportunity",
    "tag": "tlh",
    "term": "quote",
    "total": "40",
    "translated": "38",
    "type": "date",
    "unit": "104",
    "url": "sqlite:///crm.db",
    "value": "maybe",
    "values": "Won, Lost",
    "version": "2",
    "wanted": ")",
    "zone": "Asia/Seoul",
}
"""Name of a placeholder → an example, where nothing else is known about it."""


def typed(params: Iterable[ParamType], model: Model | None) -> dict[str, tuple[str, str]]:
    """What each param of a rule is, and an example of it.

    >>> typed([ParamType("count", "int")], None)
    {'count': ('whole number', '2')}
    """
    return {param.name: _described(param.kind, param.of, model) for param in params}


def _described(kind: str, of: str, model: Model | None) -> tuple[str, str]:
    if kind == "records":
        return f"list of {of}", record(of, model) if model else of
    if kind == "enumeration" and model is not None:
        labels = [value.label for value in model.enumerations[of].values.values()]
        return f"label of a value: {', '.join(dict.fromkeys(labels))}", labels[0] if labels else of
    if kind == "list":
        item, _, name = of.partition(" ")
        what, example = _described(item, name, model)
        return f"list, each a {what}", example
    return KINDS.get(kind, (kind, NAMES.get(kind, kind)))


def record(name: str, model: Model) -> str:
    """How an example record is shown in a sentence."""
    display = model.records[name].display
    found = display[0] if display else name
    return re.sub(r"\{(\w+)\}", lambda match: NAMES.get(match[1], model.records[name].label), found)


def lines(texts: Iterable[str | None], known: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """A comment line for each placeholder of some texts.

    >>> list(lines(["{count} of {path}"], {"count": KINDS["int"]}))
    ['{count}: whole number, such as 2', '{path}: such as pipeline.json']
    """
    for name in dict.fromkeys(name for text in texts if text for name in placeholders(text)):
        if name in known:
            what, example = known[name]
            yield f"{{{name}}}: {what}, such as {example}" if example else f"{{{name}}}: {what}"
        else:
            yield f"{{{name}}}: such as {NAMES.get(name, KINDS['string'][1])}"
