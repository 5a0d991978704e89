"""A pack adds to a model: status reasons of its own, deployments, digits of currencies."""

from __future__ import annotations

from typing import Any

from oppi18n.diagnostics import Diagnostics, Hint, suggest
from oppi18n.model.layout import MORE_VALUES, OVERLAY
from oppi18n.model.loader import ModelReader
from oppi18n.source import Mapping, Node, Source, load


def target(source: Source) -> Node | None:
    """The name of the model that a file changes; None if it declares one."""
    tree = load(source, Diagnostics())
    return tree.get("overlay") if isinstance(tree, Mapping) else None


def lay_over(
    plain: dict[str, Any], source: Source, diagnostics: Diagnostics, *, pack: str, language: str = "en"
) -> dict[str, Any]:
    """The model's plain data with the additions of an overlay file; wrong ones are reported and left out."""
    tree = load(source, diagnostics)
    if tree is None:
        return plain
    return _Overlay(diagnostics, pack, language).laid(plain, tree)


class _Overlay(ModelReader):
    def laid(self, plain: dict[str, Any], tree: Node) -> dict[str, Any]:
        top = self.shapes.laid_out(tree, OVERLAY)
        if top is None:
            return plain
        enumerations = dict(plain["enumerations"])
        for key, node in self.shapes.entries(top.get("enumerations")):
            if key.text not in enumerations:
                hint = suggest(key.text, enumerations)
                self.diagnostics.report("unknown-enumeration", key.span, hint, name=key.text)
                continue
            enumerations[key.text] = self.extended(key.text, enumerations, node)
        return {
            **plain,
            "languages": {**plain["languages"], self.pack: self.language},
            "enumerations": enumerations,
            "deployments": {**plain["deployments"], **self.deployments(top.get("deployments"))},
            "digits": {**plain["digits"], **self.digits(top.get("digits"))},
        }

    def extended(self, name: str, enumerations: dict[str, Any], node: Node) -> dict[str, Any]:
        """An enumeration with more values; one that governs others, such as a state, is closed."""
        known = enumerations[name]
        if not known["of"]:
            self.diagnostics.report("closed-enumeration", node.span, name=name)
            return dict(known)
        body = self.shapes.laid_out(node, MORE_VALUES)
        values = {value[0]: value for value in known["values"]}
        codes = {value[2]: value[0] for value in known["values"]}
        states = [value[0] for value in enumerations[known["of"]]["values"]]
        for key, entry in self.shapes.entries(body.get("values") if body else None):
            added = self.value(key, entry)
            self.shapes.choice(entry.get("state") if isinstance(entry, Mapping) else None, states)
            if added[0] in values or added[2] in codes:
                first = codes.get(added[2], added[0])
                hint = Hint("choose-another")
                self.diagnostics.report("duplicate-value", key.span, hint, name=added[0], first=first)
                continue
            if not added[3]:
                self.diagnostics.report("absent-key", key.span, key="state")
            values[added[0]] = added
        return {**known, "values": tuple(values.values())}
