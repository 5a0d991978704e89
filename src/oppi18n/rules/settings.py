"""What a deployment decides: typed settings, their defaults, and values given from outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from oppi18n.diagnostics import Diagnostics, Hint, suggest
from oppi18n.errors import InputError
from oppi18n.model.schema import Model
from oppi18n.model.values import INT_MAX, INT_MIN, ValueFault, to_date, to_decimal
from oppi18n.rules.draft import Draft, Part
from oppi18n.rules.layout import SETTING
from oppi18n.rules.ruleset import Setting
from oppi18n.rules.types import BOOL, DATE, DECIMAL, INT, STRING, Type, list_of
from oppi18n.shapes import Shapes
from oppi18n.source import Node, Scalar, Sequence

TYPES = {"bool": BOOL, "int": INT, "decimal": DECIMAL, "date": DATE, "string": STRING}


def read_settings(draft: Draft, model: Model, diagnostics: Diagnostics) -> dict[str, Setting]:
    """The settings that a draft declares; wrong ones are reported and left out."""
    shapes = Shapes(diagnostics)
    found = {name: _setting(name, part, model, shapes) for name, part in draft.settings.items()}
    return {name: setting for name, setting in found.items() if setting is not None}


def _setting(name: str, part: Part, model: Model, shapes: Shapes) -> Setting | None:
    body = shapes.laid_out(part.node, SETTING)
    kind_scalar = shapes.scalar(body.get("type")) if body else None
    if body is None or kind_scalar is None or body.get("default") is None:
        return None
    kind = type_named(kind_scalar.text, model)
    if kind is None:
        known = [*TYPES, *model.enumerations]
        hint = suggest(kind_scalar.text, known) or Hint("one-of", {"names": ", ".join(known)})
        shapes.diagnostics.report("unknown-type", kind_scalar.span, hint, name=kind_scalar.text)
        return None
    value = _default(body["default"], kind, model, shapes)
    return Setting(name, kind, value, shapes.text(body.get("doc")), part.key.span, part.origin)


def type_named(name: str, model: Model) -> Type | None:
    """`bool`, an enumeration's name, `list of int` …"""
    if name.startswith("list of "):
        item = type_named(name.removeprefix("list of "), model)
        return list_of(item) if item and item.kind != "list" else None
    return TYPES.get(name) or (Type("enumeration", name) if name in model.enumerations else None)


def _default(node: Node, kind: Type, model: Model, shapes: Shapes) -> object:
    if kind.kind == "list" and isinstance(node, Sequence) and kind.item:
        return tuple(_default(item, kind.item, model, shapes) for item in node.items)
    scalar = shapes.scalar(node)
    if scalar is None:
        return None
    try:
        return from_text(scalar.text, kind, model)
    except ValueFault:
        report_value(scalar, kind, model, shapes.diagnostics)
        return None


def report_value(scalar: Scalar, kind: Type, model: Model, diagnostics: Diagnostics) -> None:
    """Report a text that is no value of a type."""
    hint = suggest(scalar.text, model.enumerations[kind.name].values) if kind.kind == "enumeration" else None
    diagnostics.report("not-a-value", scalar.span, hint, found=scalar.text, expected=str(kind))


def date_in(node: Node | None, shapes: Shapes) -> date | None:
    """A date that is written out, such as `2026-03-31`; reported if it is none."""
    scalar = shapes.scalar(node) if node is not None else None
    if scalar is None:
        return None
    try:
        return to_date(scalar.text)
    except ValueFault:
        hint = Hint("write-full-date")
        shapes.diagnostics.report("not-a-value", scalar.span, hint, found=scalar.text, expected="date")
        return None


def from_text(text: str, kind: Type, model: Model) -> Any:
    """A setting's value from text; `ValueFault` if it is not one."""
    if kind.kind == "list" and kind.item:
        return tuple(from_text(part.strip(), kind.item, model) for part in text.split(",")) if text else ()
    if kind == BOOL and text in ("true", "false"):
        return text == "true"
    if kind == INT and text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 20:
        number = int(text)
        if INT_MIN <= number <= INT_MAX:
            return number
    if kind == DECIMAL:
        return to_decimal(text)
    if kind == DATE:
        return to_date(text)
    if kind == STRING:
        return text
    if kind.kind == "enumeration" and text in model.enumerations[kind.name].values:
        return text
    raise ValueFault("wrong-value", expected=str(kind), found=text)


def given(settings: Mapping[str, Setting], values: Mapping[str, object], model: Model) -> dict[str, object]:
    """All settings with the values given from outside; text is read, typed values are checked."""
    result = {name: setting.value for name, setting in settings.items()}
    for name, value in values.items():
        setting = settings.get(name)
        if setting is None:
            raise InputError("unknown-setting", name=name, known=tuple(sorted(settings)))
        try:
            result[name] = _given(value, setting.type, model)
        except ValueFault:
            raise InputError("wrong-setting", name=name, value=value, expected=str(setting.type)) from None
    return result


def _given(value: object, kind: Type, model: Model) -> object:
    if isinstance(value, str):
        return from_text(value, kind, model)
    if kind.kind == "list" and isinstance(value, (list, tuple)) and kind.item:
        return tuple(_given(item, kind.item, model) for item in value)
    if kind == BOOL and isinstance(value, bool):
        return value
    if kind == INT and isinstance(value, int) and not isinstance(value, bool) and INT_MIN <= value <= INT_MAX:
        return value
    if kind == DECIMAL:
        return to_decimal(value)
    if kind == DATE:
        return to_date(value)
    raise ValueFault("wrong-value", expected=str(kind), found=str(value))
