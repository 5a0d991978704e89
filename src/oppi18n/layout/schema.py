"""The JSON Schema of an authored file, made from its layout, for editors that complete and check as one types."""

from __future__ import annotations

from typing import Any, Final

from oppi18n.layout.declared import Chosen, Either, Entries, Items, Key, Kind, Layout, Leaf

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema(kind: Chosen | Layout, *, identity: str, title: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a file.

    It says what can be said of the file alone: whether a name is known elsewhere is left to `rules lint`.

    >>> from oppi18n.layout.declared import WORD
    >>> schema(Layout("thing", (Key("name", WORD, "what it is called", True),)), identity="urn:x", title="T")["$defs"]
    {'thing': {'type': 'object', 'properties': {'name': {'type': 'string', 'pattern': '^[a-z][a-z0-9_]*$', \
'description': 'what it is called'}}, 'additionalProperties': False, 'required': ['name']}}
    """
    made = _Definitions()
    root = made.of(kind)
    return {"$schema": DIALECT, "$id": identity, "title": title, **root, "$defs": made.found}


class _Definitions:
    """Each layout is defined once, under its title."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}

    def of(self, kind: Kind) -> dict[str, Any]:
        """What JSON Schema says of a kind."""
        if isinstance(kind, Leaf):
            return dict(kind.schema)
        if isinstance(kind, Items):
            return {"type": "array", "items": self.of(kind.of)}
        if isinstance(kind, Entries):
            return self._entries(kind)
        if isinstance(kind, Either):
            return {"anyOf": [self.of(each) for each in kind.kinds]}
        if isinstance(kind, Chosen):
            return self._chosen(kind)
        self._define(kind)
        return {"$ref": f"#/$defs/{kind.title}"}

    def _entries(self, kind: Entries) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "object", "additionalProperties": self.of(kind.of)}
        if kind.names is not None:
            found["propertyNames"] = {"pattern": f"^(?:{kind.names})$"}
        return found

    def _chosen(self, kind: Chosen) -> dict[str, Any]:
        found = self.of(kind.otherwise)
        for key, layout in reversed(kind.by):
            found = {"if": {"type": "object", "required": [key]}, "then": self.of(layout), "else": found}
        return found

    def _define(self, layout: Layout) -> None:
        if layout.title in self.found:
            return
        made = self.found[layout.title] = {"type": "object"}
        made["properties"] = {key.name: self._described(key) for key in layout.keys}
        made["additionalProperties"] = False
        if layout.required:
            made["required"] = list(layout.required)
        conditions = [*self._conditions(layout)]
        if conditions:
            made["allOf"] = conditions

    def _described(self, key: Key) -> dict[str, Any]:
        return self.of(key.kind) | ({"description": key.about} if key.about else {})

    def _conditions(self, layout: Layout) -> list[dict[str, Any]]:
        one = [{"oneOf": [{"required": [name]} for name in group]} for group in layout.one_of]
        few = [{"not": {"required": list(group)}} for group in layout.at_most_one]
        return [*one, *few, *(self._need(*each) for each in layout.needs)]

    def _need(self, key: str, values: tuple[str, ...], other: str) -> dict[str, Any]:
        if not values:
            return {"dependentRequired": {key: [other]}}
        return {"if": {"properties": {key: {"enum": list(values)}}, "required": [key]}, "then": {"required": [other]}}
