"""Remedies that cannot help: whatever they change, a rule that names them fails as before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from oppi18n.diagnostics import Diagnostics, Span
from oppi18n.model.schema import Model, Record
from oppi18n.rules.ast import Has, Literal, Node, Select, walk
from oppi18n.rules.expressions import follow
from oppi18n.rules.propositions import Atom, Joined, Key, Proposition, Propositions, joined, negated
from oppi18n.rules.ruleset import Remedy, Rule, Ruleset
from oppi18n.rules.tautology import Worlds

Changes = Mapping[str, str | None]
"""Field → the word that it becomes; None is a value that depends on the record."""

_ELEMENT: Final[Key] = ("Name", "$0")
"""The element that a list is asked for, outside all other lists."""


def check(ruleset: Ruleset, failing: Mapping[str, Proposition], worlds: Worlds, diagnostics: Diagnostics) -> None:
    """Report remedies that change nothing, and mentions of remedies that cannot make their rule pass."""
    for remedy in ruleset.remedies.values():
        if not remedy.changes and not remedy.ask:
            diagnostics.report("remedy-changes-nothing", remedy.span, name=remedy.id)
    for rule in ruleset.rules:
        for name, place in zip(rule.remedies, rule.mentions, strict=True):
            remedy = ruleset.remedies[name]
            if (remedy.changes or remedy.ask) and not _may_help(rule, remedy, failing[rule.id], ruleset, worlds):
                diagnostics.report("hopeless-remedy", place, None, _written(remedy), rule=rule.id, name=name)


def _written(remedy: Remedy) -> Span:
    """Where it says what the remedy changes; an overlay may have said that."""
    return next((each.scalar.span for each in remedy.changes.values()), remedy.span)


def _may_help(rule: Rule, remedy: Remedy, failing: Proposition, ruleset: Ruleset, worlds: Worlds) -> bool:
    """Whether nothing shows that a remedy leaves a rule as it is."""
    record = remedy.each.tree.type.item
    assert record is not None
    changes = _changes(remedy, worlds.model.records[record.name], worlds.model)
    read = {field for name, field in _fields(rule, ruleset) if name == record.name}
    if not read & changes.keys():
        return False
    selected = Propositions(ruleset.lets).selected(remedy.each.tree)
    return any(_turns(part, wanted, selected, changes, worlds) for part, wanted in _questions(failing, False))


def _changes(remedy: Remedy, record: Record, model: Model) -> dict[str, str | None]:
    changes = {field: _word(each.tree) for field, each in remedy.changes.items()}
    changes |= dict.fromkeys(remedy.ask)
    governing = {record.fields[name].of for name in changes if record.fields[name].type == "enumeration"}
    for field in record.fields.values():
        # A reason that does not go with the new status goes away.
        if field.type == "enumeration" and model.enumerations[field.of].of in governing:
            changes.setdefault(field.name, None)
    return changes


def _word(tree: Node) -> str | None:
    return tree.value if isinstance(tree, Literal) and tree.type.kind == "enumeration" else None


def _fields(rule: Rule, ruleset: Ruleset) -> Iterator[tuple[str, str]]:
    """The record types and fields that a rule reads, lets followed."""
    todo = [each.tree for each in (rule.when, rule.condition) if each is not None]
    while todo:
        for node in walk(todo.pop()):
            below = follow(node, ruleset.lets)
            if below is not node:
                todo.append(below)
            if isinstance(node, Select | Has):
                yield node.operand.type.name, node.field


def _questions(part: Proposition, wanted: bool) -> Iterator[tuple[Atom, bool]]:
    """The questions of a proposition, each with the answer that would help to make it `wanted`."""
    if isinstance(part, Atom):
        yield part, wanted
    elif isinstance(part, Joined):
        for each in part.parts:
            yield from _questions(each, wanted is not (part.operator == "not"))


def _turns(atom: Atom, wanted: bool, selected: Atom, changes: Changes, worlds: Worlds) -> bool:
    """Whether the changes of some selected elements can give a question the answer that is wanted."""
    if atom.kind != "exists" or atom.subject != selected.subject:
        return _mentions(atom, changes)
    after = _changed(atom.other, changes)
    if after is None:
        return True
    before = atom.other
    # An element must leave those that are looked for, or join them.
    turned = joined("and", negated(before), after) if wanted else joined("and", before, negated(after))
    table = worlds.table(turned, selected.other)
    return table is None or bool(table.rows(turned) & table.rows(selected.other))


def _changed(part: Proposition, changes: Changes) -> Proposition | None:
    """What is asked of an element once its fields are changed; None if that cannot be told."""
    if isinstance(part, bool):
        return part
    if isinstance(part, Atom):
        return _answer(part, changes)
    found = [_changed(each, changes) for each in part.parts]
    known = [each for each in found if each is not None]
    if len(known) < len(found):
        return None
    return negated(known[0]) if part.operator == "not" else joined(part.operator, *known)


def _answer(atom: Atom, changes: Changes) -> Proposition | None:
    for field, word in changes.items():
        if atom.kind == "is" and atom.subject[1] == ("Select", _ELEMENT, field) and word is not None:
            return bool(atom.other == word)
        if atom.kind == "plain" and atom.subject == ("Has", _ELEMENT, field) and word is not None:
            return True
    return None if _mentions(atom, changes) else atom


def _mentions(key: object, changes: Changes) -> bool:
    """Whether a question has anything to do with fields of these names, other than those of a root."""
    if not isinstance(key, tuple):
        return False
    if len(key) == 3 and key[0] in ("Select", "Has") and key[2] in changes:
        operand = key[1]
        return not (operand[0] == "Name" and not operand[1].startswith("$"))
    return any(_mentions(each, changes) for each in key)
