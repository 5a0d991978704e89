"""The defaults of a request as one Python function, for requests and records that are complete and well-typed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from oppi18n.model.schema import Model
from oppi18n.rules.ast import Node
from oppi18n.rules.fold import fold
from oppi18n.targets.fast import FastEmitter
from oppi18n.targets.fields import named
from oppi18n.targets.roots import Roots
from oppi18n.targets.walks import indented


def filling(model: Model, defaults: Sequence[tuple[str, Node]], settings: dict[str, object]) -> str:
    """Source of `def filled(opportunity, close, today)`; it returns the defaults of the fields that are empty.

    The request is looked at as a whole, since a caller may have made it by hand. What the fast way cannot decide makes
    it raise `Bail`, or one of the errors that missing data cause, and the careful way decides.
    """
    return ast.unparse(ast.parse("\n".join(_lines(model, defaults, settings)))) + "\n"


def _lines(model: Model, defaults: Sequence[tuple[str, Node]], settings: dict[str, object]) -> Iterator[str]:
    roots = Roots(model)
    emitter = FastEmitter(always=frozenset(named(path) for path, field in roots.fields.items() if field.required))
    fills: list[str] = []
    for name, tree in defaults:
        variable = named((model.request, name))
        fills += [f"if {variable} is None:", f"    {variable} = {emitter.emit(fold(tree, settings))}"]
        fills += [f"    if {variable} is not None:", f"        added[{name!r}] = {variable}"]
    yield from (f"{name} = {source}" for source, name in emitter.constants.items())
    yield f"def filled({model.root}, {model.request}, today):"
    own = [(model.request, name) for name in model.records[model.request].fields]
    yield f"    if not {model.request}.keys() <= {{{', '.join(repr(name) for _, name in own)}}}:"
    yield "        bail()"
    for path in (*own, *(path for path in emitter.roots if path not in own)):
        yield from indented(roots.read(path))
        if path in own and roots.fields[path].type == "decimal":
            # As the careful way would have it, or not at all.
            yield f"    if {named(path)} is not None and exact({named(path)}) is not {named(path)}:"
            yield "        bail()"
    yield "    added = {}"
    yield from indented(fills)
    yield "    return added"
