"""One pass over a list of records finds the elements of all selections over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from oppi18n.model.schema import Field, Model
from oppi18n.rules.ast import Literal, Name, Select, walk
from oppi18n.rules.expressions import path_of
from oppi18n.rules.fold import fold
from oppi18n.targets.fast import FastEmitter
from oppi18n.targets.fields import TYPES
from oppi18n.targets.selections import ELEMENT, Selection


def walked(path: tuple[str, ...], selections: Sequence[Selection], model: Model, emitter: FastEmitter) -> Iterator[str]:
    """Source that fills `h<number>` with the positions of each selection's elements.

    Elements are told apart by an enumeration first, if that decides anything.
    """
    chosen = [(number, each) for number, each in enumerate(selections) if each.path == path]
    branch = _Branch(chosen, model.records[chosen[0][1].record].fields, model, emitter)
    found = [f"h{number}" for number, _ in chosen]
    # Neither the lists nor `enumerate` cost nothing, and a list without elements is common.
    yield f"if not {emitter.variable(path)}:"
    yield f"    {' = '.join(found)} = ()"
    yield "else:"
    yield from (f"    {each} = []" for each in found)
    yield f"    for i, element in enumerate({emitter.variable(path)}):"
    yield from indented(indented([*branch.dispatch()] or ["break"]))


class _Branch:
    def __init__(
        self, chosen: list[tuple[int, Selection]], record: dict[str, Field], model: Model, emitter: FastEmitter
    ) -> None:
        self.chosen = chosen
        self.record = record
        self.model = model
        self.emitter = emitter

    def dispatch(self) -> Iterator[str]:
        """What is done with each element."""
        field = _telling([selection for _, selection in self.chosen], self.record)
        if field is None:
            yield from self.lines(None)
            return
        yield f"s = element[{field.name!r}]"
        branches: dict[tuple[str, ...], list[str]] = {}
        for value in self.model.enumerations[field.of].values:
            branches.setdefault(tuple(self.lines((field.name, value))), []).append(value)
        dull = branches.pop((), [])
        if dull:
            yield f"if {_one_of(dull)}:"
            yield "    continue"
        word = "if"
        for lines, values in branches.items():
            yield f"{word} {_one_of(values)}:"
            yield from indented(lines)
            word = "elif"
        yield "else:" if branches else "if True:"
        yield "    bail()"

    def lines(self, known: tuple[str, str] | None) -> Iterator[str]:
        """What is done with an element of which one field's value is known."""
        self.emitter.elements = {}
        tests: list[str] = []
        for number, selection in self.chosen:
            values = {(ELEMENT, known[0]): known[1]} if known else None
            predicate = fold(selection.predicate, None, values)
            if isinstance(fold(selection.predicate), Literal):
                # Constant or not, it reads what a filter reads: where that is missing, nobody knows.
                predicate = selection.predicate
            if isinstance(predicate, Literal):
                tests += [f"h{number}.append(i)"] if predicate.value is True else []
            else:
                tests += [f"if {self.emitter.test(predicate, frozenset(), {})}:", f"    h{number}.append(i)"]
        for name, variable in self.emitter.elements.items():
            yield from filled(f"element.get({name!r})", variable, self.record[name], self.model)
        yield from tests


def _telling(selections: Sequence[Selection], record: dict[str, Field]) -> Field | None:
    """The enumeration that most predicates ask about."""
    asked: dict[str, int] = {}
    for selection in selections:
        names = {node.field for node in walk(selection.predicate) if isinstance(node, Select) and _own(node)}
        for name in names:
            if record[name].type == "enumeration" and record[name].required:
                asked[name] = asked.get(name, 0) + 1
    return record[max(asked, key=lambda name: asked[name])] if asked else None


def _own(node: Select) -> bool:
    return isinstance(node.operand, Name) and path_of(node)[0] == ELEMENT


def _one_of(values: Sequence[str]) -> str:
    return f"s == {values[0]!r}" if len(values) == 1 else f"s in {{{', '.join(map(repr, values))}}}"


def filled(source: str, variable: str, field: Field, model: Model) -> Iterator[str]:
    """Source that fills a variable; it bails out unless the value fits its field."""
    yield f"{variable} = {source}"
    yield from checked(variable, field, model)


def checked(variable: str, field: Field, model: Model) -> Iterator[str]:
    """Source that bails out unless a value fits its field, or may be missing and is."""
    if field.required:
        yield from fitting(variable, field, model)
    else:
        yield f"if {variable} is not None:"
        yield from indented(fitting(variable, field, model))


def fitting(variable: str, field: Field, model: Model, *, sized: bool = False) -> Iterator[str]:
    """Source that bails out unless a value that is given fits its field; `sized`: the size of a number is looked at later."""
    if field.type == "currency":
        yield from (f"if {variable} not in DIGITS:", f"    join({variable})")
        return
    if field.type == "enumeration":
        unfit = f"{variable} not in {{{', '.join(map(repr, model.enumerations[field.of].values))}}}"
    elif field.type == "decimal":
        unfit = f"type({variable}) is not Decimal{'' if sized else f' or not LEAST < {variable} < MOST'}"
    else:
        unfit = (
            f"type({variable}) is not {TYPES[{'timestamp': 'date', 'reference': 'string'}.get(field.type, field.type)]}"
        )
    yield f"if {unfit}:"
    yield "    bail()"


def indented(lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    """The lines, one level deeper."""
    return ("    " + line for line in lines)
