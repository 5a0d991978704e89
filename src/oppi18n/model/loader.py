"""A model file becomes a model: every label, code and reference in it is checked."""

from __future__ import annotations

from typing import Any

from oppi18n.diagnostics import Diagnostics, suggest
from oppi18n.model.layout import DEPLOYMENT, ENUMERATION, FIELD, MODEL, RECORD, TYPES, VALUE
from oppi18n.shapes import Shapes
from oppi18n.source import Mapping, Node, Scalar, Source, load
from oppi18n.templates import faults, placeholders


def read_model(
    source: Source, diagnostics: Diagnostics, *, pack: str = "oppi18n", language: str = "en"
) -> dict[str, Any] | None:
    """The plain data of a model file, for `schema.Model`; None if it cannot be used."""
    before = len(diagnostics)
    tree = load(source, diagnostics)
    if tree is None:
        return None
    plain = ModelReader(diagnostics, pack, language).model(tree)
    return plain if len(diagnostics) == before else None


def cldr_digits() -> dict[str, int]:
    """Digits after the point of each currency that does not have two, from CLDR."""
    from babel.core import get_global  # only when a model is compiled

    fractions = get_global("currency_fractions")
    return {code: digits[0] for code, digits in fractions.items() if code != "DEFAULT" and digits[0] != 2}


class ModelReader:
    """Reads the parts of a model file."""

    def __init__(self, diagnostics: Diagnostics, pack: str, language: str) -> None:
        self.diagnostics = diagnostics
        self.shapes = Shapes(diagnostics)
        self.pack = pack
        self.language = language

    def model(self, tree: Node) -> dict[str, Any] | None:
        top = self.shapes.laid_out(tree, MODEL)
        if top is None:
            return None
        named = list(self.shapes.entries(top.get("enumerations")))
        records = list(self.shapes.entries(top.get("records")))
        enumerations = dict(self.enumeration(*each) for each in named)
        record_names = [key.text for key, _ in records]
        plain = {
            "model": self.shapes.text(top.get("model")),
            "pack": self.pack,
            "languages": {self.pack: self.language},
            "root": self.shapes.choice(top.get("root"), record_names),
            "request": self.shapes.choice(top.get("request"), record_names),
            "deployments": self.deployments(top.get("deployments")),
            "digits": {**cldr_digits(), **self.digits(top.get("digits"))},
            "enumerations": enumerations,
            "records": {key.text: self.record(key.text, node, record_names, enumerations) for key, node in records},
        }
        for key, node in named:
            self.check_states(key.text, node, enumerations)
        return plain

    def deployments(self, node: Node | None) -> dict[str, tuple[str, str]]:
        found = {}
        for key, value in self.shapes.entries(node):
            body = self.shapes.laid_out(value, DEPLOYMENT)
            found[key.text] = (self.shapes.text(body.get("label")) if body else "", self.pack)
        return found

    def digits(self, node: Node | None) -> dict[str, int]:
        if node is None:
            return {}
        body = self.shapes.mapping(node, optional=getattr(node, "keys", list)())
        return {key.text: self.shapes.integer(value) for key, value in body.pairs} if body else {}

    def enumeration(self, key: Scalar, node: Node) -> tuple[str, dict[str, Any]]:
        body = self.shapes.laid_out(node, ENUMERATION)
        if body is None:
            return key.text, {"label": "", "of": "", "pack": self.pack, "values": ()}
        entries = list(self.shapes.entries(body.get("values")))
        values = tuple(self.value(*each) for each in entries)
        codes: dict[int, str] = {}
        for (name, _, code, _, _), (value_key, _) in zip(values, entries, strict=True):
            if code is not None and codes.setdefault(code, name) != name:
                self.diagnostics.report("duplicate-code", value_key.span, code=code, first=codes[code])
        return key.text, {
            "label": self.shapes.text(body.get("label")),
            "of": self.shapes.text(body.get("of")),
            "pack": self.pack,
            "values": values,
        }

    def value(self, key: Scalar, node: Node) -> tuple[Any, ...]:
        body = self.shapes.laid_out(node, VALUE)
        if body is None:
            return (key.text, "", None, "", self.pack)
        code = body.get("dataverse")
        return (
            key.text,
            self.shapes.text(body.get("label")),
            None if code is None else self.shapes.integer(code),
            self.shapes.text(body.get("state")),
            self.pack,
        )

    def check_states(self, name: str, node: Node, enumerations: dict[str, dict[str, Any]]) -> None:
        """Each value of an enumeration that is governed by another must say to which value it belongs."""
        governing = enumerations[name]["of"]
        of = node.get("of") if isinstance(node, Mapping) else None
        if not governing or of is None or not isinstance(node, Mapping):
            return
        if governing not in enumerations:
            hint = suggest(governing, enumerations)
            self.diagnostics.report("unknown-enumeration", of.span, hint, name=governing)
            return
        states = [value[0] for value in enumerations[governing]["values"]]
        values = node.get("values")
        for key, value in values.pairs if isinstance(values, Mapping) else ():
            state = value.get("state") if isinstance(value, Mapping) else None
            if state is None:
                self.diagnostics.report("absent-key", key.span, key="state")
            self.shapes.choice(state, states)

    def record(self, name: str, node: Node, records: list[str], enumerations: dict[str, Any]) -> dict[str, Any]:
        body = self.shapes.laid_out(node, RECORD)
        if body is None:
            return {"label": "", "display": (), "entity": "", "collection": "", "pack": self.pack, "fields": ()}
        entries = list(self.shapes.entries(body.get("fields")))
        names = [key.text for key, _ in entries]
        return {
            "label": self.shapes.text(body.get("label")),
            "display": tuple(self.display(item, name, names) for item in self.shapes.items(body.get("display"))),
            "entity": self.shapes.text(body.get("entity")),
            "collection": self.shapes.text(body.get("collection")),
            "pack": self.pack,
            "fields": tuple(self.field(key, value, names, records, enumerations) for key, value in entries),
        }

    def display(self, node: Node, record: str, fields: list[str]) -> str:
        """How a record is shown: a template of its fields."""
        scalar = self.shapes.scalar(node)
        if scalar is None:
            return ""
        wrong = list(faults(scalar.text))
        for fault in wrong:
            self.diagnostics.report(f"template-{fault.kind}", scalar.within(fault.offset, fault.end))
        for name in () if wrong else placeholders(scalar.text):
            if name not in fields:
                at = scalar.text.index("{" + name + "}") + 1
                place = scalar.within(at, at + len(name))
                self.diagnostics.report("unknown-field", place, suggest(name, fields), record=record, name=name)
        return scalar.text

    def field(
        self, key: Scalar, node: Node, names: list[str], records: list[str], enumerations: dict[str, Any]
    ) -> tuple[Any, ...]:
        body = self.shapes.laid_out(node, FIELD)
        if body is None:
            return (key.text, "string")
        type_ = self.shapes.choice(body.get("type"), TYPES, "string")
        targets = {"enumeration": list(enumerations), "list": records}.get(type_)
        if targets is not None and body.get("of") is None:
            self.diagnostics.report("absent-key", node.span, key="of")
        of = self.shapes.choice(body.get("of"), targets) if targets is not None else ""
        return (
            key.text,
            type_,
            of,
            self.shapes.boolean(body.get("required")),
            self.shapes.text(body.get("label")),
            self.shapes.text(body.get("description")),
            self.shapes.text(body.get("hint")),
            self.shapes.text(body.get("dataverse")),
            self.shapes.choice(body.get("currency"), names),
            self.shapes.integer(body.get("max_length")),
            self.shapes.text(body.get("default")),
            self.pack,
        )
