"""A file written anew: keys in their order, two spaces of indentation, quotation marks where they are needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from oppi18n.layout.declared import Items, Kind, Layout, Leaf, below, fitting
from oppi18n.layout.quoting import is_text, may_be_plain, may_stay_plain, quoted
from oppi18n.layout.trivia import Entry, Group, annotated, header_of
from oppi18n.source import Mapping, Node, Scalar, Source

STEP: Final = 2


def written(source: Source, tree: Node, kind: Kind | None) -> str:
    """The text of a file in its canonical form; `kind` is what is declared for it.

    >>> from oppi18n.diagnostics import Diagnostics
    >>> from oppi18n.layout.declared import SENTENCE, WORD, Key
    >>> from oppi18n.source import load
    >>> source = Source("x.yaml", "label: Hello  # greets\\nname:   'greeting'\\n")
    >>> layout = Layout("thing", (Key("name", WORD), Key("label", SENTENCE)))
    >>> print(written(source, load(source, Diagnostics()), layout), end="")
    name: greeting
    label: "Hello"  # greets
    """
    root, rest = annotated(source, tree)
    return "".join(f"{line}\n" for line in _Writer(source).document(root, rest, kind))


class _Writer:
    """Turns annotated trees into lines."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.open_end = False
        """Whether a blank line here would be one more line of the block that was written last."""

    def document(self, root: Entry, rest: list[str], kind: Kind | None) -> Iterator[str]:
        yield from _spaced(root.lead, first=True)
        if isinstance(root.value, Group) and not root.value.flow:
            yield from self.group(root.value, 0, kind)
        else:
            first, *more = self.value(root, 0, 0, kind)
            yield from (first, *more)
        yield from rest

    # ---- blocks ----

    def group(self, group: Group, indent: int, kind: Kind | None) -> list[str]:
        """The lines of a mapping or a list that stands in no brackets."""
        found: list[str] = []
        declared = fitting(kind, group.node)
        previous: Entry | None = None
        for entry in _ordered(group, declared):
            open_end = self.open_end
            hoisted, lines = self.entry(entry, indent, below(kind, group.node, entry.key.text if entry.key else ""))
            apart = (isinstance(declared, Items) and declared.apart) or (indent == 0 and entry.key is not None)
            apart = apart and (_is_block(entry) or (previous is not None and _is_block(previous)))
            lead = _spaced([*entry.lead, *hoisted], first=previous is None, apart=apart)
            if open_end and lead[:1] == [""]:
                lead = lead[1:]
            found += [_indented(line, indent) for line in lead] + lines
            previous = entry
        tail = group.tail[1:] if self.open_end and group.tail[:1] == [""] else group.tail
        self.open_end = self.open_end and not tail
        return found + [_indented(line, indent) for line in tail]

    def entry(self, entry: Entry, indent: int, kind: Kind | None) -> tuple[list[str], list[str]]:
        """Comments that must stand before the entry, and its lines."""
        head = " " * indent + (f"{self.key(entry.key, flow=False)}:" if entry.key else "-")
        if _is_block(entry):
            assert isinstance(entry.value, Group)
            lines = self.group(entry.value, indent + STEP, kind)
            if entry.key is not None:
                return [], [_commented(head, entry.opening), *lines]
            hoisted = [line.strip() for line in _comments_before(lines)]
            first = lines[len(hoisted)]
            return hoisted, [head + " " * (STEP - 1) + first[indent + STEP :], *lines[len(hoisted) + 1 :]]
        if entry.below and entry.key is not None:
            first, *more = self.value(entry, indent, indent + STEP, kind)
            return [], [_commented(head, entry.opening), _indented(first, indent + STEP), *more]
        first, *more = self.value(entry, indent, len(head) + 1, kind)
        return [], [f"{head} {first}".rstrip(), *more]

    def value(self, entry: Entry, indent: int, column: int, kind: Kind | None) -> list[str]:
        """The lines of a scalar, or of what stands in brackets, with its comment; the first goes to `column`."""
        value = entry.value
        self.open_end = False
        if isinstance(value, Group):
            lines = self.flow(value, column, indent + STEP if entry.below else indent, kind)
        elif value.style in ("|", ">"):
            first, *more = self.block(value, indent)
            return [_commented(first, entry.trailing), *more]
        else:
            lines = self.scalar(value, indent + STEP, kind, flow=False)
        lines[-1] = _commented(lines[-1], entry.trailing)
        return lines

    def block(self, scalar: Scalar, indent: int) -> list[str]:
        """A block scalar: its lines as they are, further to the left or to the right."""
        span, header = scalar.span, header_of(self.source, scalar)
        last = span.end_line if span.end_column > 1 else span.end_line - 1
        lines = [line.rstrip("\r") for line in self.source.lines[span.line : last]]
        first = next((line for line in lines if line.strip()), "")
        text = next((line for line in scalar.text.split("\n") if line.strip()), "")
        old = len(first) - len(first.lstrip(" ")) - (len(text) - len(text.lstrip(" ")))
        mark = _mark(header, scalar.text)
        self.open_end = "+" in mark
        while lines and not lines[-1][old:].strip("\n") and "+" not in mark:
            lines.pop()
        return [mark, *(_indented(line[old:], indent + STEP) for line in lines)]

    # ---- brackets and braces ----

    def flow(self, group: Group, column: int, base: int, kind: Kind | None) -> list[str]:
        """What stands in brackets or braces, with the line breaks of its author.

        `column` is where the bracket goes, `base` the indentation of its line.
        """
        entries = _ordered(group, fitting(kind, group.node))
        # Line breaks belong to positions, not to entries: what moves to the front does not begin a line there.
        breaks = [entry.breaks for entry in group.entries]
        mapping = isinstance(group.node, Mapping)
        hanging = bool(entries and (breaks[0] or entries[0].lead))
        inner = base + STEP if hanging else column + 1
        lines = ["{" if mapping else "["]
        broken = False
        for number, entry in enumerate(entries):
            if breaks[number] or entry.lead or broken:
                lines += [_indented(each, inner) for each in (*entry.lead, "")]
                lines[-1] = " " * inner
            elif number:
                lines[-1] += " "
            at = len(lines[-1]) + (column if len(lines) == 1 else 0)
            first, *more = self.item(entry, at, base if len(lines) == 1 else inner, kind, group.node)
            lines[-1] += first
            lines += more
            lines[-1] = _commented(lines[-1] + ("," if number + 1 < len(entries) else ""), entry.trailing)
            broken = bool(entry.trailing)
        lines += [_indented(each, inner) for each in group.tail]
        if group.tail or broken or (hanging and group.closing_breaks):
            lines.append(" " * (base if hanging else column))
        lines[-1] += "}" if mapping else "]"
        return lines

    def item(self, entry: Entry, column: int, base: int, kind: Kind | None, around: Node) -> list[str]:
        """An entry in braces or an item in brackets, without the comma behind it."""
        head = f"{self.key(entry.key, flow=True)}: " if entry.key else ""
        inner = below(kind, around, entry.key.text if entry.key else "")
        if isinstance(entry.value, Group):
            first, *more = self.flow(entry.value, column + len(head), base, inner)
        else:
            first, *more = self.scalar(entry.value, column + len(head), inner, flow=True)
        return [head + first, *more]

    # ---- scalars ----

    def key(self, key: Scalar, *, flow: bool) -> str:
        return self.scalar(key, 0, None, flow=flow)[0]

    def scalar(self, scalar: Scalar, indent: int, kind: Kind | None, *, flow: bool) -> list[str]:
        """A scalar on one line, or on the lines that its author gave it."""
        leaf = fitting(kind, scalar)
        spoken = isinstance(leaf, Leaf) and leaf.spoken
        raw = self.raw(scalar)
        if len(raw) == 1:
            return [_line(scalar, raw[0], spoken=spoken, flow=flow)]
        if scalar.style == "" and spoken and not any(mark in line for line in raw for mark in '"\\'):
            raw = [f'"{raw[0]}', *raw[1:-1], f'{raw[-1]}"']
        return [raw[0], *(_indented(line.lstrip(), indent) for line in raw[1:])]

    def raw(self, scalar: Scalar) -> list[str]:
        """The scalar as it is written, line by line."""
        span, lines = scalar.span, self.source.lines
        if span.line == span.end_line:
            return [lines[span.line - 1][span.column - 1 : span.end_column - 1]]
        first, last = lines[span.line - 1][span.column - 1 :], lines[span.end_line - 1][: span.end_column - 1]
        return [_rstripped(each) for each in (first, *lines[span.line : span.end_line - 1])] + [last]


def _line(scalar: Scalar, raw: str, *, spoken: bool, flow: bool) -> str:
    """A scalar of one line, with the quotation marks that it needs."""
    text = scalar.text
    if scalar.style == "":
        as_it_is = not spoken or not is_text(text) if may_stay_plain(text) else False
        return raw if as_it_is else quoted(text)
    if not spoken and may_be_plain(text, flow=flow):
        return text
    return raw if scalar.style == '"' or '"' in text or "\\" in text else quoted(text)


def _mark(header: str, text: str) -> str:
    """The mark of a block: with `-` or `+` where the end of the text asks for it, and with no number but our own."""
    if not text.strip("\n"):
        end = "".join(each for each in header if each in "-+")
    else:
        end = "+" if text.endswith("\n\n") else "" if text.endswith("\n") else "-"
    return header[0] + (str(STEP) if any(map(str.isdigit, header)) else "") + end


def _rstripped(line: str) -> str:
    """A line of a text that goes on, without the blanks at its end; an escaped one is no blank."""
    found = line.rstrip()
    return line if found.endswith("\\") else found


def _ordered(group: Group, declared: object) -> list[Entry]:
    """The entries in the order of the layout; one that it does not know stays behind the one it follows."""
    if not isinstance(declared, Layout):
        return group.entries
    places = {name: number for number, name in enumerate(declared.names)}
    ranks, rank = [], -1
    for entry in group.entries:
        rank = places.get(entry.key.text if entry.key else "", rank)
        ranks.append(rank)
    return [group.entries[number] for number in sorted(range(len(ranks)), key=ranks.__getitem__)]


def _is_block(entry: Entry) -> bool:
    return isinstance(entry.value, Group) and not entry.value.flow


def _spaced(lead: Iterable[str], *, first: bool, apart: bool = False) -> list[str]:
    """Lines before an entry: never two blank ones together, none at the beginning, one where things are kept apart."""
    found: list[str] = []
    for line in lead:
        if line or (found and found[-1]) or not (found or first):
            found.append(line)
    return ["", *found] if apart and not first and found[:1] != [""] else found


def _comments_before(lines: list[str]) -> list[str]:
    count = next(number for number, line in enumerate(lines) if line and not line.lstrip().startswith("#"))
    return lines[:count]


def _indented(line: str, indent: int) -> str:
    return " " * indent + line if line else ""


def _commented(line: str, comment: str) -> str:
    return f"{line}  {comment}" if comment else line
