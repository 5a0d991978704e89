"""An expression inside a rule file: parsed and typed, every fault shown at its own column."""

from __future__ import annotations

from collections.abc import Mapping

from oppi18n.diagnostics import Diagnostics, Hint, suggest
from oppi18n.rules.ast import Let, Literal, Name, Node, Select, walk
from oppi18n.rules.checker import Checker, Finding
from oppi18n.rules.environment import Environment
from oppi18n.rules.lexer import Fault
from oppi18n.rules.parser import parse
from oppi18n.rules.ruleset import Expression
from oppi18n.rules.types import DYN, Type, unify
from oppi18n.source import Scalar


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
    return None if checker.findings else Expression(node, scalar)


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
