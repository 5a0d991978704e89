"""What can be said of a ruleset without any record: rules that never fail, and parts that nothing uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import permutations

from oppi18n.diagnostics import Diagnostics
from oppi18n.model.schema import Model
from oppi18n.rules import hopeless
from oppi18n.rules.ast import Let, Node, Setting, walk
from oppi18n.rules.propositions import Key, Proposition, Propositions, atoms, constant, joined, negated
from oppi18n.rules.ruleset import SEVERITIES, Expression, Remedy, Rule, Ruleset
from oppi18n.rules.tautology import Worlds


def check(ruleset: Ruleset, model: Model, diagnostics: Diagnostics) -> None:
    """Report rules that can never fail or never pass and remedies that cannot help; warn of parts without effect.

    The ruleset must be free of errors. Settings count as questions with either answer, so a rule that a setting
    switches off is not one that never fails.
    """
    propositions = Propositions(ruleset.lets)
    failing = {rule.id: fails(rule, propositions) for rule in ruleset.rules}
    worlds = Worlds(model)
    lively = [rule for rule in ruleset.rules if _can_be_either(rule, failing[rule.id], worlds, diagnostics)]
    _implied(lively, failing, worlds, diagnostics)
    hopeless.check(ruleset, failing, worlds, diagnostics)
    _unused(ruleset, diagnostics)


def fails(rule: Rule, propositions: Propositions) -> Proposition:
    """When a rule fails: `when` holds and the condition does not."""
    condition = propositions.of(rule.condition.tree)
    broken = condition if rule.negated else negated(condition)
    return joined("and", propositions.of(rule.when.tree), broken) if rule.when else broken


def _can_be_either(rule: Rule, failing: Proposition, worlds: Worlds, diagnostics: Diagnostics) -> bool:
    table = worlds.table(failing)
    rows = table.rows(failing) if table else None
    if table is None or rows not in (0, table.possible):
        return True
    diagnostics.report("never-passes" if rows else "never-fails", rule.condition.scalar.span, rule=rule.id)
    return False


# ---- implied rules ----


def _implied(
    rules: Iterable[Rule], failing: Mapping[str, Proposition], worlds: Worlds, diagnostics: Diagnostics
) -> None:
    told: set[str] = set()
    subjects = {name: {key for atom in atoms(part) for key in _subjects(atom)} for name, part in failing.items()}
    for rule, other in permutations(rules, 2):
        one, two = failing[rule.id], failing[other.id]
        # Where the other rule asks about something that this one never mentions, it cannot follow from it.
        if rule.id in told or other.id in told or not subjects[other.id] <= subjects[rule.id]:
            continue
        if _covers(other, rule) and worlds.follows(one, two) and not _is_first_of_twins(rule, other, one, two, worlds):
            told.add(rule.id)
            diagnostics.warn("implied-rule", rule.span, rule=rule.id, other=other.id)


def _subjects(atom: tuple[str, Key, object]) -> Iterator[Key]:
    kind, subject, other = atom
    operands = (subject, other) if kind in ("less", "equal") and isinstance(other, tuple) else (subject,)
    yield from (each for each in operands if constant(each) is None)


def _is_first_of_twins(rule: Rule, other: Rule, one: Proposition, two: Proposition, worlds: Worlds) -> bool:
    """Of two rules that say the same the later one is superfluous."""
    return (rule.span < other.span) and _covers(rule, other) and worlds.follows(two, one)


def _covers(other: Rule, rule: Rule) -> bool:
    """Whether a rule weighs at least as much as another, and is in force wherever that one is."""
    if SEVERITIES.index(other.severity) > SEVERITIES.index(rule.severity):
        return False
    if other.applies_to and not (rule.applies_to and set(rule.applies_to) <= set(other.applies_to)):
        return False
    first, last = other.effective
    start, end = rule.effective
    return (first or date.min) <= (start or date.min) and (last or date.max) >= (end or date.max)


# ---- parts without use ----


def _unused(ruleset: Ruleset, diagnostics: Diagnostics) -> None:
    rules = (*ruleset.rules, *ruleset.off)
    used = set(_reached(_trees(rules, ruleset.remedies.values()), ruleset.lets))
    named = {name for rule in rules for name in rule.remedies}
    for name, let in ruleset.lets.items():
        if ("let", name) not in used:
            diagnostics.warn("unused-let", let.scalar.span, name=name)
    for name, setting in ruleset.settings.items():
        if ("setting", name) not in used:
            diagnostics.warn("unused-setting", setting.span, name=name)
    for name, remedy in ruleset.remedies.items():
        if name not in named:
            diagnostics.warn("unused-remedy", remedy.span, name=name)


def _trees(rules: Iterable[Rule], remedies: Iterable[Remedy]) -> Iterator[Node]:
    for rule in rules:
        params = [each for param in rule.params for each in (param.value, param.currency)]
        yield from (each.tree for each in (rule.condition, rule.when, rule.at, *params) if each is not None)
    for remedy in remedies:
        yield from (each.tree for each in (remedy.each, *remedy.changes.values()))


def _reached(trees: Iterable[Node], lets: Mapping[str, Expression]) -> Iterator[tuple[str, str]]:
    """The lets and settings that some trees read, lets followed."""
    todo, seen = list(trees), set[str]()
    while todo:
        for node in walk(todo.pop()):
            if isinstance(node, Setting):
                yield "setting", node.name
            elif isinstance(node, Let) and node.name not in seen:
                seen.add(node.name)
                todo.append(lets[node.name].tree)
                yield "let", node.name
