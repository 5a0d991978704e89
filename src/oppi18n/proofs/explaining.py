"""A rule taken apart: what decides it, which settings and names it reads, which cases show it, when it says what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from oppi18n import packs as packing
from oppi18n.analysis.analyse import smallest
from oppi18n.analysis.judges import Form, forms_of
from oppi18n.analysis.results import Smallest
from oppi18n.analysis.subject import Subject, understood
from oppi18n.diagnostics import AuthoringError, suggest
from oppi18n.engine.decision import Message
from oppi18n.errors import InputError
from oppi18n.packs import Pack
from oppi18n.proofs.cases import Case
from oppi18n.proofs.library import case_contents, library, rule_contents
from oppi18n.rules.ast import Has, Let, Node, Select, Setting, walk
from oppi18n.rules.ruleset import Expression, Rule


@dataclass(frozen=True, slots=True)
class Wording:
    """A form of a rule's message, and the smallest record that brings it about, if one was found."""

    form: Form
    template: str
    smallest: Smallest | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule and all that belongs to it.

    `lets` are the names that it reads, lets followed, with their expressions; `settings` those it reads; `fields` are
    (record, field) pairs on which it depends. `packs` are those that are laid over ours.
    """

    subject: Subject
    rule: Rule
    enabled: bool
    message: Message
    lets: Mapping[str, str]
    settings: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    cases: tuple[Case, ...]
    wordings: tuple[Wording, ...]


def explain(
    name: str,
    ruleset: str = "close-opportunity",
    *,
    packs: Iterable[str | Pack] = (),
    settings: Mapping[str, object] | None = None,
) -> Explanation:
    """The explanation of a rule, also of one that is switched off.

    Raises `AuthoringError` if the files are wrong, `InputError` for unknown names.

    >>> found = explain("drafts-not-closable", "close-quotes")
    >>> found.settings, found.fields[0], found.wordings[0].form.category
    (('draft_closable',), ('opportunity', 'quotes'), 'one')
    """
    layers = [each if isinstance(each, Pack) else packing.named(each) for each in packs]
    subject = understood(ruleset, packs=layers, settings=settings)
    rule = _rule(name, subject)
    enabled = name in subject.rules
    decisive = [each.tree for each in (rule.when, rule.condition) if each is not None]
    lets, read = _names([*decisive, *_shown(rule)], subject.ruleset.lets)
    message = subject.alone(rule).infos[0].message
    return Explanation(
        subject=subject,
        rule=rule,
        enabled=enabled,
        message=message,
        lets={each: let.text for each, let in subject.ruleset.lets.items() if each in lets},
        settings=tuple(each for each in subject.ruleset.settings if each in read),
        fields=tuple(dict.fromkeys(_fields(decisive, subject.ruleset.lets))),
        cases=tuple(_cases(name, ruleset, layers)),
        wordings=tuple(_wordings(subject, rule, message, enabled=enabled)),
    )


def _rule(name: str, subject: Subject) -> Rule:
    known = {rule.id: rule for rule in (*subject.ruleset.rules, *subject.ruleset.off)}
    if name in known:
        return known[name]
    near = suggest(name, known)
    if near is not None:
        raise InputError("unknown-rule-near", ruleset=subject.ruleset.id, name=name, near=near.params["name"])
    raise InputError("unknown-rule", ruleset=subject.ruleset.id, name=name, known=tuple(known))


def _shown(rule: Rule) -> Iterator[Node]:
    parts = [rule.at, *(each for param in rule.params for each in (param.value, param.currency))]
    yield from (each.tree for each in parts if each is not None)


def _names(trees: Iterable[Node], lets: Mapping[str, Expression]) -> tuple[set[str], set[str]]:
    """The lets and the settings that some trees read, lets followed."""
    found, settings, todo = set[str](), set[str](), list(trees)
    while todo:
        for node in walk(todo.pop()):
            if isinstance(node, Setting):
                settings.add(node.name)
            elif isinstance(node, Let) and node.name not in found:
                found.add(node.name)
                todo.append(lets[node.name].tree)
    return found, settings


def _fields(trees: Iterable[Node], lets: Mapping[str, Expression]) -> Iterator[tuple[str, str]]:
    """The fields that some trees read, in the order of the text."""
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Let):
                yield from _fields([lets[node.name].tree], lets)
            elif isinstance(node, Select | Has) and node.operand.type.kind == "record":
                yield node.operand.type.name, node.field


def _cases(rule: str, ruleset: str, layers: list[Pack]) -> Iterator[Case]:
    every = [packing.shipped(), *layers]
    found = library(rule_contents(every), case_contents(every))
    known = found.ruleset(ruleset)
    cases = found.cases(ruleset, known) if known else ()
    if found.space.diagnostics.failed:
        raise AuthoringError(found.space.diagnostics, found.space.texts)
    yield from (case for case in cases if case.rule == rule)


def _wordings(subject: Subject, rule: Rule, message: Message, *, enabled: bool) -> Iterator[Wording]:
    found = {each.form: each for each in (smallest(subject, rule.id) if enabled else ())}
    for form in forms_of(subject.alone(rule).infos[0]):
        templates = message.partial if form.partial else message.forms
        yield Wording(form, templates.get(form.category, templates["other"]), found.get(form))
