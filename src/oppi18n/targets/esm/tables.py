"""What a module knows of its ruleset and of the model, as constants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from oppi18n.model.schema import Field, Model
from oppi18n.rules.ruleset import Ruleset
from oppi18n.targets.esm.literals import plain, text


def head(ruleset: Ruleset, settings: Mapping[str, object], digest: str) -> str:
    """What the module tells of its ruleset."""
    told = {
        "id": ruleset.id,
        "action": ruleset.action,
        "digest": digest,
        "settings": {name: _setting(value) for name, value in sorted(settings.items())},
    }
    rules = "RULES.map(({ id, severity, remedies = [] }) => ({ id, severity, remedies }))"
    return f"export const ruleset = frozen({{ ...{plain(told)}, rules: {rules} }});"


def _setting(value: object) -> object:
    if isinstance(value, tuple):
        return [_setting(each) for each in value]
    return value if isinstance(value, (bool, int)) else str(value)


def tables(model: Model, shown: Mapping[str, Sequence[str]], *, counts: bool) -> Iterator[str]:
    """What facts may look like, and which fields of records are shown; with `counts`, the digits of currencies."""
    names = sorted(_reached(model))
    fields = [field for name in names for field in model.records[name].fields.values()]
    used = sorted({field.of for field in fields if field.type == "enumeration"})
    told = {name: [[each, _type(model.records[name].fields[each])] for each in shown[name]] for name in names}
    yield f"const ROOT = {text(model.root)};"
    yield f"const REQUEST = {text(model.request)};"
    yield f"const DEPLOYMENTS = {plain(list(model.deployments))};"
    yield f"const RECORDS = {plain({name: _fields(model, name) for name in names})};"
    yield f"const ENUMERATIONS = {plain({name: list(model.enumerations[name].values) for name in used})};"
    yield f"const SHOWN = {plain(told)};"
    yield f"const DIGITS = {plain(dict(sorted(model.digits.items())) if counts else {})};"


def _reached(model: Model) -> set[str]:
    """The records that facts may hold."""
    found: set[str] = set()
    todo = [model.root, model.request]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [each.of for each in model.records[name].lists]
    return found


def _fields(model: Model, record: str) -> dict[str, list[object]]:
    return {
        name: [each.type, int(each.required), *([each.of] if each.of else [])]
        for name, each in model.records[record].fields.items()
    }


def _type(field: Field) -> str:
    return {"timestamp": "date", "reference": "string"}.get(field.type, field.type)
