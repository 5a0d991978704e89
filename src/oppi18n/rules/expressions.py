"""An expression inside a rule file: parsed and typed, every fault shown at its own column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oppi18n.diagnostics import Diagnostics, Hint, suggest
from oppi18n.rules.ast import Let, Literal, Name, Node, Select, children, walk
from oppi18n.rules.checker import Checker, Finding
from oppi18n.rules.cursor import MAX_DEPTH
from oppi18n.rules.environment import Environment
from oppi18n.rules.lexer import Fault
from oppi18n.rules.parser import parse
from oppi18n.rules.ruleset import Expression
from oppi18n.rules.types import DYN, Type, unify
from oppi18n.source import Scalar

MAX_NODES: Final = 10_000
"""Nodes of an expression with the lets that it reads written out."""


def parsed(scalar: Scalar, diagnostics: Diagnostics) -> Node | None:
    """The untyped tree; None after a report."""
    if scalar.style == ">":
        diagnostics.report("folded-expression", scalar.span, Hint("use-literal-block"))
        return None
    try:
        return parse(scalar.text)
    except Fault as fault:
        diagnostics.report(fault.code, scalar.within(fault.start, fault.end), **fault.params)
        return None


def typed(
    scalar: Scalar,
    environment: Environment,
    diagnostics: Diagnostics,
    *,
    expected: Type | None = None,
    scope: Mapping[str, Type] | None = None,
    tree: Node | None = None,
) -> Expression | None:
    """The typed expression; None after a report of everything that is wrong with it."""
    tree = tree or parsed(scalar, diagnostics)
    if tree is None:
        return None
    checker = Checker(environment)
    node = checker.visit(tree, dict(scope or {}))
    if expected is not None:
        node = _fitted(checker, node, expected)
    for finding in checker.findings:
        _tell(finding, scalar, diagnostics)
    if checker.findings or _is_too_large(node, scalar, environment, diagnostics):
        return None
    return Expression(node, scalar)


def extent(node: Node, lets: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    """How many nodes and how many levels a tree has, with the lets that it reads written out."""
    if isinstance(node, Let):
        return lets.get(node.name, (1, 1))
    below = [extent(each, lets) for each in children(node)]
    return 1 + sum(nodes for nodes, _ in below), 1 + max((levels for _, levels in below), default=0)


def _is_too_large(node: Node, scalar: Scalar, environment: Environment, diagnostics: Diagnostics) -> bool:
    # A let stands for its whole text: twenty lets that each read the one before them twice are a million nodes.
    nodes, levels = extent(node, environment.extents)
    if nodes > MAX_NODES:
        diagnostics.report("expression-too-large", scalar.span, limit=MAX_NODES)
    elif levels > MAX_DEPTH:
        diagnostics.report("lets-too-deep", scalar.span, limit=MAX_DEPTH)
    return nodes > MAX_NODES or levels > MAX_DEPTH


def _fitted(checker: Checker, node: Node, expected: Type) -> Node:
    if expected.kind == "enumeration":
        node = checker.as_enumeration(node, expected)
    wider = unify(expected, node.type)
    if node.type != DYN and wider != expected and not checker.findings:
        checker.wrong("type-mismatch", node, expected=expected, found=node.type)
    return node


def _tell(finding: Finding, scalar: Scalar, diagnostics: Diagnostics) -> None:
    hint = Hint(*finding.hint) if finding.hint else suggest(finding.name, finding.known)
    if hint is None and finding.known and len(finding.known) <= 12:
        hint = Hint("one-of", {"names": ", ".join(sorted(finding.known))})
    params = {key: str(value) if isinstance(value, Type) else value for key, value in finding.params.items()}
    diagnostics.report(finding.code, scalar.within(finding.start, finding.end), hint, **params)


def names_read(tree: Node, lets: Mapping[str, Node]) -> set[str]:
    """The root names and lets that an expression reads, lets followed.

    Works on typed and untyped trees: in an untyped one a let is still a plain name.
    """
    found: set[str] = set()
    todo = [tree]
    while todo:
        for node in walk(todo.pop()):
            if isinstance(node, (Name, Let)) and node.name not in found:
                found.add(node.name)
                if node.name in lets:
                    todo.append(lets[node.name])
    return found


def follow(node: Node, lets: Mapping[str, Expression]) -> Node:
    """The node a let stands for, or the node itself; a let that could not be read stands for itself."""
    while isinstance(node, Let) and node.name in lets:
        node = lets[node.name].tree
    return node


def plain_word(tree: Node | None) -> str:
    """The word of an expression that is nothing but one name or one text."""
    if isinstance(tree, Name):
        return tree.name
    return tree.value if isinstance(tree, Literal) and isinstance(tree.value, str) else ""


def path_of(node: Node) -> tuple[str, ...]:
    """`('close', 'date')` for `close.date`; empty if the node is not a path from a root."""
    if isinstance(node, Name):
        return (node.name,)
    if isinstance(node, Select):
        above = path_of(node.operand)
        return (*above, node.field) if above else ()
    return ()
