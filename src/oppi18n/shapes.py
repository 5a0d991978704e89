"""Asking a spanned tree for what it should hold: words, numbers, choices, mappings with known keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from oppi18n.diagnostics import Diagnostics, Hint, suggest
from oppi18n.layout.declared import ID, NAME, Layout
from oppi18n.source import Mapping, Node, Scalar, Sequence

_NAME: Final = re.compile(rf"{NAME}\Z")
_ID: Final = re.compile(rf"{ID}\Z")
_YAML11: Final = {"yes", "no", "on", "off", "y", "n", "True", "False", "TRUE", "FALSE"}


class Shapes:
    """Questions to nodes; a wrong answer is reported and comes back as None."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self.diagnostics = diagnostics

    def mapping(
        self, node: Node | None, *, required: Iterable[str] = (), optional: Iterable[str] = ()
    ) -> Mapping | None:
        """A mapping with these keys and no others."""
        if not isinstance(node, Mapping):
            self._wrong(node, "mapping")
            return None
        wanted = [*required]
        known = [*wanted, *optional]
        for key, _ in node.pairs:
            if key.text not in known:
                self.diagnostics.report("unknown-key", key.span, suggest(key.text, known), key=key.text)
        for key_text in wanted:
            if node.get(key_text) is None:
                self.diagnostics.report("absent-key", node.span, key=key_text)
        return node

    def laid_out(self, node: Node | None, layout: Layout) -> Mapping | None:
        """A mapping with the keys of a layout."""
        return self.mapping(node, required=layout.required, optional=layout.optional)

    def entries(self, node: Node | None, *, name: str = "name") -> Iterator[tuple[Scalar, Node]]:
        """The named entries of a mapping; names are checked (`name`: snake_case, `id`: kebab-case)."""
        if node is None:
            return
        if not isinstance(node, Mapping):
            self._wrong(node, "mapping")
            return
        for key, value in node.pairs:
            if self.is_name(key, name):
                yield key, value

    def is_name(self, scalar: Scalar, kind: str = "name") -> bool:
        """Whether a scalar is a well-formed name; reported if not."""
        if (_ID if kind == "id" else _NAME).match(scalar.text):
            return True
        self.diagnostics.report("bad-name" if kind == "name" else "bad-id", scalar.span, name=scalar.text)
        return False

    def items(self, node: Node | None) -> tuple[Node, ...]:
        """The items of a list; nothing where there is no list."""
        if node is None:
            return ()
        if not isinstance(node, Sequence):
            self._wrong(node, "list")
            return ()
        return node.items

    def scalar(self, node: Node | None) -> Scalar | None:
        """A scalar that is not null."""
        if isinstance(node, Scalar) and not node.plain_null:
            return node
        self._wrong(node, "text")
        return None

    def text(self, node: Node | None) -> str:
        """A text; empty where there is none."""
        found = self.scalar(node) if node is not None else None
        return found.text if found else ""

    def boolean(self, node: Node | None, default: bool = False) -> bool:
        """`true` or `false`, as YAML 1.2 has it."""
        if node is None:
            return default
        if isinstance(node, Scalar) and node.style == "" and node.text in ("true", "false"):
            return node.text == "true"
        hint = Hint("true-or-false") if isinstance(node, Scalar) and node.text in _YAML11 else None
        self.diagnostics.report("not-a-boolean", node.span, hint, found=_shown(node))
        return default

    def integer(self, node: Node | None, default: int = 0) -> int:
        """A decimal or 0x-hexadecimal whole number."""
        if node is None:
            return default
        if isinstance(node, Scalar) and node.style == "":
            if re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", node.text):
                return int(node.text)
            if re.fullmatch(r"0x[0-9a-fA-F]{1,8}", node.text):
                return int(node.text, 16)
        self.diagnostics.report("not-a-number", node.span, found=_shown(node))
        return default

    def choice(self, node: Node | None, choices: Iterable[str], default: str = "") -> str:
        """One of some words."""
        if node is None:
            return default
        known = list(choices)
        found = self.scalar(node)
        if found is None:
            return default
        if found.text not in known:
            hint = suggest(found.text, known) or (Hint("one-of", {"names": ", ".join(known)}) if known else None)
            self.diagnostics.report("not-a-choice", found.span, hint, found=found.text)
            return default
        return found.text

    def _wrong(self, node: Node | None, expected: str) -> None:
        if node is not None:
            self.diagnostics.report(f"not-a-{expected}", node.span, found=_shown(node))


def _shown(node: Node) -> str:
    if isinstance(node, Scalar):
        return node.text if len(node.text) <= 40 else node.text[:39] + "…"
    return "[…]" if isinstance(node, Sequence) else "{…}"
