"""YAML as its author wrote it: a tree of text scalars that all know their place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import yaml

from oppi18n.diagnostics import Diagnostics, Hint, Span

MAX_BYTES: Final = 256 * 1024
MAX_NESTING: Final = 32

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


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value as text; nobody has yet asked for its type."""

    text: str
    span: Span
    style: str
    source: Source = field(repr=False, compare=False)

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


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and nodes in the order of the file; no key occurs twice."""

    pairs: tuple[tuple[Scalar, Node], ...]
    span: Span

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
    """Parse events → nodes."""

    def __init__(self, source: Source, diagnostics: Diagnostics) -> None:
        self._source = source
        self._diagnostics = diagnostics
        self._events: Iterator[Any] = iter(yaml.parse(source.text, Loader=_LOADER))
        self._depth = 0

    def document(self) -> Node | None:
        root: Node | None = None
        seen = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                seen += 1
                if seen == 2:
                    self._diagnostics.report("several-documents", self._span(event))
                    return root
            elif isinstance(event, yaml.NodeEvent):
                root = self._node(event)
        if root is None:
            self._diagnostics.report("empty-file", Span(self._source.path, 1, 1, 1, 1))
        return root

    def _span(self, event: Any) -> Span:
        return self._source.span(event.start_mark, event.end_mark)

    def _node(self, event: Any) -> Node:
        if event.anchor is not None:
            code = "alias" if isinstance(event, yaml.AliasEvent) else "anchor"
            self._diagnostics.report(code, self._span(event), name=event.anchor)
        tag = getattr(event, "tag", None)
        if tag is not None:
            hint = Hint("quote-it") if tag.startswith("!") else None
            self._diagnostics.report("tag", self._span(event), hint, tag=tag)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event)
        text, style = getattr(event, "value", ""), getattr(event, "style", None)
        return Scalar(text, self._span(event), style or "", self._source)

    def _sequence(self, start: Any) -> Sequence:
        self._enter(start)
        items = []
        event = next(self._events)
        while not isinstance(event, yaml.SequenceEndEvent):
            items.append(self._node(event))
            event = next(self._events)
        self._depth -= 1
        return Sequence(tuple(items), self._source.span(start.start_mark, event.end_mark))

    def _mapping(self, start: Any) -> Mapping:
        self._enter(start)
        pairs: dict[str, tuple[Scalar, Node]] = {}
        event = next(self._events)
        while not isinstance(event, yaml.MappingEndEvent):
            key = self._node(event)
            value = self._node(next(self._events))
            if not isinstance(key, Scalar):
                self._diagnostics.report("key-not-text", key.span)
            elif key.text in pairs:
                self._duplicate(key, pairs[key.text][0])
            else:
                pairs[key.text] = (key, value)
            event = next(self._events)
        self._depth -= 1
        return Mapping(tuple(pairs.values()), self._source.span(start.start_mark, event.end_mark))

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
