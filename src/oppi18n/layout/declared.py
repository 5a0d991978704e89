"""A layout says which keys a mapping has, in which order they are written, and what stands under each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from oppi18n import source

NAME: Final = r"[a-z][a-z0-9_]*"
ID: Final = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar; `schema` is what JSON Schema says of it, `spoken` ones are sentences and labels, always quoted."""

    schema: Mapping[str, Any]
    spoken: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list of equal things; `apart` ones have a blank line between them."""

    of: Kind
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Entries:
    """Things by name, in the order of their author; `names` is the pattern of the names, None where any will do."""

    of: Kind
    names: str | None = NAME


@dataclass(frozen=True, slots=True)
class Either:
    """One of several kinds; no two of them are lists, and no two are scalars."""

    kinds: tuple[Kind, ...]


class Key(NamedTuple):
    """A key of a mapping, what stands under it, and what it is for."""

    name: str
    kind: Kind
    about: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A mapping with known keys.

    Of each group in `one_of` one key is there, of each in `at_most_one` one or none. `needs` says which key must be
    there where another one has some value: `(key, values, other)`.
    """

    title: str
    keys: tuple[Key, ...]
    one_of: tuple[tuple[str, ...], ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    _by_name: dict[str, Key] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._by_name.update({key.name: key for key in self.keys})

    @property
    def required(self) -> tuple[str, ...]:
        """The keys that must be there."""
        return tuple(key.name for key in self.keys if key.required)

    @property
    def optional(self) -> tuple[str, ...]:
        """The keys that may be there."""
        return tuple(key.name for key in self.keys if not key.required)

    @property
    def names(self) -> tuple[str, ...]:
        """All keys, in the order in which they are written."""
        return tuple(key.name for key in self.keys)

    def key(self, name: str) -> Key | None:
        """The key of a name."""
        return self._by_name.get(name)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The layout that goes with the first of some keys that is there, else the last one."""

    by: tuple[tuple[str, Layout], ...]
    otherwise: Layout

    def of(self, node: source.Node) -> Layout:
        """The layout of a mapping."""
        keys = node.keys() if isinstance(node, source.Mapping) else []
        return next((layout for key, layout in self.by if key in keys), self.otherwise)


Kind = Leaf | Items | Entries | Either | Layout | Chosen

# ---- scalars ----

SENTENCE: Final = Leaf({"type": "string"}, spoken=True)
TEXT: Final = Leaf({"type": "string"})
EXPRESSION: Final = Leaf({"type": ["string", "number", "boolean"]})
SCALAR: Final = Leaf({"type": ["string", "number", "boolean", "null"]})
TRUTH: Final = Leaf({"type": "boolean"})
WHOLE: Final = Leaf({"type": "integer"})
DAY: Final = Leaf({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
WORD: Final = Leaf({"type": "string", "pattern": f"^{NAME}$"})
IDENTITY: Final = Leaf({"type": "string", "pattern": f"^{ID}$"})


def choice(*words: str) -> Leaf:
    """One of some words."""
    return Leaf({"enum": list(words)})


def either(*kinds: Kind) -> Either:
    """One of several kinds."""
    return Either(kinds)


# ---- what stands under a node ----


def fitting(kind: Kind | None, node: source.Node) -> Leaf | Items | Entries | Layout | None:
    """What is declared for a node of its shape: one of several kinds, the layout of its keys; None if nothing is.

    >>> from oppi18n.diagnostics import Diagnostics
    >>> tree = source.load(source.Source("x.yaml", "[a]"), Diagnostics())
    >>> fitting(either(SENTENCE, Items(SENTENCE)), tree) == Items(SENTENCE)
    True
    """
    if isinstance(kind, Either):
        found = (fitting(each, node) for each in kind.kinds)
        return next((each for each in found if each is not None), None)
    if isinstance(kind, Chosen):
        return kind.of(node) if isinstance(node, source.Mapping) else None
    shape = {source.Scalar: (Leaf,), source.Sequence: (Items,), source.Mapping: (Layout, Entries)}[type(node)]
    return kind if isinstance(kind, shape) else None


def below(kind: Kind | None, node: source.Node, name: str = "") -> Kind | None:
    """What is declared for the items of a list, or for what stands in a mapping under a name."""
    found = fitting(kind, node)
    if isinstance(found, Layout):
        key = found.key(name)
        return key.kind if key else None
    return found.of if isinstance(found, Items | Entries) else None
