"""YAML as its author wrote it: a tree of text scalars that all know their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from oppi18n.diagnostics import Diagnostics, Hint, Span

MAX_BYTES: Final = 256 * 1024
MAX_NESTING: Final = 32

Place = Span | tuple[str, Any, Any]
"""A span, or what it is made of: the path and the marks of YAML events."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Source:
    """An authored file: its path as shown to people, and its text."""

    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return self.text.split("\n")

    def span(self, start: Any, end: Any) -> Span:
        """The span between two YAML marks."""
        return Span(self.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


class Placed:
    """A node: it knows its place, which is worked out when somebody asks. Nodes never change."""

    __slots__ = ("_at",)

    def __init__(self, place: Place) -> None:
        self._at = place

    @property
    def span(self) -> Span:
        """Where it stands."""
        place = self._at
        if isinstance(place, Span):
            return place
        path, start, end = place
        found = self._at = Span(path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        return found

    def _key(self) -> tuple[object, ...]:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Placed) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._key()[1:]!r}"


class Scalar(Placed):
    """A value as text; nobody has yet asked for its type."""

    __slots__ = ("source", "style", "text")

    def __init__(self, text: str, place: Place, style: str, source: Source) -> None:
        self.text = text
        self._at = place
        self.style = style
        self.source = source

    def _key(self) -> tuple[object, ...]:
        return Scalar, self.text, self.span, self.style

    @property
    def plain_null(self) -> bool:
        """Whether it is written as nothing, `~` or `null`."""
        return self.style == "" and self.text in ("", "~", "null")

    def within(self, start: int, end: int) -> Span:
        """The place in the file of the characters `start` to `end` of the text.

        Quotes, escapes, folded lines and indented blocks are taken into account.
        """
        from_line, from_column = self._place(start)
        to_line, to_column = self._place(end - 1) if end > start else (from_line, from_column - 1)
        return Span(self.span.path, from_line, from_column, to_line, to_column + 1)

    def _place(self, offset: int) -> tuple[int, int]:
        places = list(_places(self))
        if not places:
            return self.span.line, self.span.column
        if offset < len(places):
            return places[offset]
        line, column = places[-1]
        return line, column + 1


class Sequence(Placed):
    """A list of nodes."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Node, ...], place: Place) -> None:
        self.items = items
        self._at = place

    def _key(self) -> tuple[object, ...]:
        return Sequence, self.items, self.span


class Mapping(Placed):
    """Keys and nodes in the order of the file; no key occurs twice."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: tuple[tuple[Scalar, Node], ...], place: Place) -> None:
        self.pairs = pairs
        self._at = place

    def _key(self) -> tuple[object, ...]:
        return Mapping, self.pairs, self.span

    def __getitem__(self, key: str) -> Node:
        node = self.get(key)
        if node is None:
            raise KeyError(key)
        return node

    def get(self, key: str) -> Node | None:
        """The node under a key, or None."""
        return next((node for name, node in self.pairs if name.text == key), None)

    def key(self, key: str) -> Scalar | None:
        """The key itself, for its place."""
        return next((name for name, _ in self.pairs if name.text == key), None)

    def keys(self) -> list[str]:
        """The keys as text."""
        return [name.text for name, _ in self.pairs]


Node = Scalar | Sequence | Mapping


_MEANINGFUL: Final = re.compile(r"(?:|~|null|true|false|-?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+)\Z")
"""Plain scalars that mean more than their text, at least to somebody who asks for a bool or a number."""


def same(one: Node, other: Node) -> bool:
    """Whether two trees say the same in the same order, wherever they stand and however their texts are quoted.

    >>> same(load(Source("a", "x: 'say'"), Diagnostics()), load(Source("b", "  {x: say}"), Diagnostics()))
    True
    >>> same(load(Source("a", "x: 'true'"), Diagnostics()), load(Source("b", "x: true"), Diagnostics()))
    False
    """
    if isinstance(one, Scalar):
        return isinstance(other, Scalar) and _said(one) == _said(other)
    if isinstance(one, Sequence):
        pairs = list(zip(one.items, other.items, strict=False)) if isinstance(other, Sequence) else []
        return isinstance(other, Sequence) and len(one.items) == len(other.items) and all(same(*each) for each in pairs)
    if not isinstance(other, Mapping) or len(one.pairs) != len(other.pairs):
        return False
    return all(
        _said(key) == _said(name) and same(node, value)
        for (key, node), (name, value) in zip(one.pairs, other.pairs, strict=True)
    )


def _said(scalar: Scalar) -> tuple[str, str]:
    """A scalar's text, and its style as far as that makes a difference: blocks keep their columns, words their type."""
    if scalar.style in ("|", ">"):
        return scalar.text, scalar.style
    return scalar.text, "plain" if scalar.style == "" and _MEANINGFUL.match(scalar.text) else ""


def load(source: Source, diagnostics: Diagnostics) -> Node | None:
    """The tree of one YAML document, or None after a report of why there is none.

    >>> problems = Diagnostics()
    >>> tree = load(Source("x.yaml", "a: [1, yes]"), problems)
    >>> [item.text for item in tree["a"].items]
    ['1', 'yes']
    """
    if len(source.text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        diagnostics.report("file-too-large", Span(source.path, 1, 1, 1, 1), limit=MAX_BYTES)
        return None
    try:
        return _Builder(source, diagnostics).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        span = source.span(mark, mark) if mark else Span(source.path, 1, 1, 1, 1)
        hint = Hint("quote-it") if "mapping values are not allowed" in str(error.problem) else None
        diagnostics.report("yaml-syntax", span, hint, problem=str(error.problem or error.context))
    except yaml.reader.ReaderError as error:
        diagnostics.report("yaml-character", _character(source, error.position), character=_shown(error.character))
    except RecursionError:
        diagnostics.report("too-deep", Span(source.path, 1, 1, 1, 1), limit=MAX_NESTING)
    except _TooDeepError as error:
        diagnostics.report("too-deep", error.span, limit=MAX_NESTING)
    return None


def _shown(character: object) -> str:
    return f"U+{character:04X}" if isinstance(character, int) else repr(character)


def _character(source: Source, offset: int) -> Span:
    before = source.text[:offset]
    line = before.count("\n") + 1
    column = offset - (before.rfind("\n") + 1) + 1
    return Span(source.path, line, column, line, column + 1)


class _TooDeepError(Exception):
    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span


class _Builder:
    """Parse events → nodes: one look at each event, for a file may have tens of thousands."""

    def __init__(self, source: Source, diagnostics: Diagnostics) -> None:
        self._source = source
        self._path = source.path
        self._diagnostics = diagnostics
        self._loader = _LOADER(source.text)
        self._next: Callable[[], Any] = self._loader.get_event
        self._depth = 0

    def document(self) -> Node | None:
        root: Node | None = None
        seen = 0
        try:
            while type(event := self._next()) is not StreamEndEvent:
                if isinstance(event, DocumentStartEvent):
                    seen += 1
                    if seen == 2:
                        self._diagnostics.report("several-documents", self._span(event))
                        return root
                elif isinstance(event, NodeEvent):
                    root = self._node(event)
        finally:
            self._loader.dispose()
        if root is None:
            self._diagnostics.report("empty-file", Span(self._path, 1, 1, 1, 1))
        return root

    def _span(self, event: Any) -> Span:
        return self._source.span(event.start_mark, event.end_mark)

    def _node(self, event: Any) -> Node:
        kind = type(event)
        if event.anchor is not None:
            code = "alias" if kind is AliasEvent else "anchor"
            self._diagnostics.report(code, self._span(event), name=event.anchor)
        if kind is not AliasEvent and event.tag is not None:
            hint = Hint("quote-it") if event.tag.startswith("!") else None
            self._diagnostics.report("tag", self._span(event), hint, tag=event.tag)
        if kind is ScalarEvent:
            place = (self._path, event.start_mark, event.end_mark)
            return Scalar(event.value, place, event.style or "", self._source)
        if kind is SequenceStartEvent:
            return self._sequence(event)
        if kind is MappingStartEvent:
            return self._mapping(event)
        return Scalar("", self._span(event), "", self._source)

    def _sequence(self, start: Any) -> Sequence:
        self._enter(start)
        items = []
        while type(event := self._next()) is not SequenceEndEvent:
            items.append(self._node(event))
        self._depth -= 1
        return Sequence(tuple(items), (self._path, start.start_mark, event.end_mark))

    def _mapping(self, start: Any) -> Mapping:
        self._enter(start)
        pairs: dict[str, tuple[Scalar, Node]] = {}
        next_event, node = self._next, self._node
        while type(event := next_event()) is not MappingEndEvent:
            key, value = node(event), node(next_event())
            if type(key) is not Scalar:
                self._diagnostics.report("key-not-text", key.span)
            elif key.text in pairs:
                self._duplicate(key, pairs[key.text][0])
            else:
                pairs[key.text] = (key, value)
        self._depth -= 1
        return Mapping(tuple(pairs.values()), (self._path, start.start_mark, event.end_mark))

    def _duplicate(self, key: Scalar, first: Scalar) -> None:
        hint = Hint("first-is", {"line": first.span.line})
        self._diagnostics.report("duplicate-key", key.span, hint, key=key.text)

    def _enter(self, event: Any) -> None:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise _TooDeepError(self._span(event))


def _places(scalar: Scalar) -> Iterator[tuple[int, int]]:
    """(line, column) of each character of the text, both from 1."""
    if scalar.style == "|":
        return _block_places(scalar)
    lines = scalar.source.lines
    span = scalar.span
    stretch = lines[span.line - 1 : span.end_line]
    if not stretch:
        return iter(())
    if len(stretch) == 1:
        raw = stretch[0][span.column - 1 : span.end_column - 1]
    else:
        raw = "\n".join([stretch[0][span.column - 1 :], *stretch[1:-1], stretch[-1][: span.end_column - 1]])
    quoted = scalar.style in ("'", '"')
    first = 1 if quoted else 0
    return _flow_places(scalar, raw[first : len(raw) - first], span.column + first)


_ESCAPES: Final = {"x": 4, "u": 6, "U": 10}


def _flow_places(scalar: Scalar, raw: str, column: int) -> Iterator[tuple[int, int]]:
    """Walk the raw text and say where each character of the value came from."""
    line, at = scalar.span.line, 0
    while at < len(raw):
        blank = _blank(raw, at)
        if "\n" in raw[at:blank]:
            breaks = raw[at:blank].count("\n")
            yield from [(line, column)] * max(1, breaks - 1)
            line, column = line + breaks, blank - raw.rfind("\n", at, blank)
            at = blank
            continue
        taken = 1
        if scalar.style == "'" and raw.startswith("''", at):
            taken = 2
        elif scalar.style == '"' and raw[at] == "\\":
            taken = _ESCAPES.get(raw[at + 1 : at + 2], 2)
        if raw[at : at + 2] == "\\\n" and scalar.style == '"':
            end = _blank(raw, at + 1)
            line, column, at = line + raw[at:end].count("\n"), end - raw.rfind("\n", at, end), end
            continue
        yield line, column
        at, column = at + taken, column + taken


def _blank(raw: str, at: int) -> int:
    while at < len(raw) and raw[at] in " \t\n\r":
        at += 1
    return at


def _block_places(scalar: Scalar) -> Iterator[tuple[int, int]]:
    lines = scalar.source.lines
    number = scalar.span.line + 1
    texts = scalar.text.split("\n")
    # The end of a block is where the next token begins, so the lines are counted by the text.
    pairs = zip(lines[number - 1 :], texts, strict=False)
    indent = next((len(line.rstrip("\r")) - len(text) for line, text in pairs if text.strip()), 0)
    for text in texts:
        for column in range(len(text) + 1):
            yield number, indent + column + 1
        number += 1
