"""Each form of each rule's message has a record that brings it about: the smallest one, else one of a case, else none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from oppi18n import packs as packing
from oppi18n.analysis.analyse import TODAY, decided
from oppi18n.analysis.choices import Bound
from oppi18n.analysis.inquiry import Inquiry
from oppi18n.analysis.judges import Form, form_of, forms_of
from oppi18n.analysis.results import Example
from oppi18n.analysis.smallest import Smallests
from oppi18n.analysis.subject import Subject, understood
from oppi18n.diagnostics import AuthoringError
from oppi18n.engine.authoring import workspace
from oppi18n.engine.decision import RuleInfo, Violation
from oppi18n.engine.loading import contents_of
from oppi18n.gallery.kept import Found, kept
from oppi18n.packs import Pack
from oppi18n.proofs.cases import Case
from oppi18n.proofs.library import case_contents, library, rule_contents

LONG: Final = 40
"""Characters beyond which a text of one repeated character is written in short."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A form of a rule's message; `example` and `violation` are None if no record is known that brings it about.

    `case` names the case that the record comes from; it is empty for the smallest record.
    """

    info: RuleInfo
    form: Form
    example: Example | None = None
    violation: Violation | None = None
    case: str = ""

    @property
    def rule(self) -> str:
        """The rule's id."""
        return self.info.id

    @property
    def record(self) -> Mapping[str, Any]:
        """The record as JSON data, in the words of a case; long runs of one character are written in short."""
        found = self.example.written() if self.example is not None else {}
        return {name: _short(value) for name, value in found.items() if (name, value) != ("today", TODAY.isoformat())}


@dataclass(frozen=True, slots=True)
class Sampled:
    """A ruleset with a sample for each form of each of its rules."""

    subject: Subject
    samples: tuple[Sample, ...]


def sampled(layers: tuple[Pack, ...], names: tuple[str, ...] = ()) -> Iterator[Sampled]:
    """The rulesets of some names, of ours with packs laid over them; without names, all of them.

    >>> [found] = sampled((), ("close-quotes",))
    >>> [(each.rule, each.form.category, len(each.record)) for each in found.samples][:2]
    [('opportunity-open', 'other', 1), ('something-to-close', 'other', 1)]
    """
    every = (packing.shipped(), *layers)
    contents = list(contents_of(every))
    space = workspace(contents)
    space.check()
    for name in names or sorted(space.names):
        subject = understood(name, packs=layers)
        smallest = kept(name, contents, partial(_smallest, subject))
        yield Sampled(subject, tuple(_samples(subject, smallest, every)))


def _smallest(subject: Subject) -> Found:
    inquiry = Inquiry(subject, bound=Bound(), today=TODAY)
    found = (each for rule in inquiry.judges for each in Smallests(inquiry, rule).found)
    return {(each.rule, each.form): each.example for each in found}


def _samples(subject: Subject, smallest: Found, every: tuple[Pack, ...]) -> Iterator[Sample]:
    cases: _Cases | None = None
    # A rule that is switched off says nothing, but its message waits in the catalogs.
    for rule in (*subject.ruleset.rules, *subject.ruleset.off):
        info = subject.alone(rule).infos[0]
        for form in forms_of(info):
            example = smallest.get((rule.id, form))
            if example is not None:
                yield Sample(info, form, example, _violation(subject, example, rule.id))
            else:
                cases = cases or _Cases(subject, every)
                yield cases.sample(info, form)


def _violation(subject: Subject, example: Example, rule: str) -> Violation:
    return next(each for each in decided(subject, example).violations if each.rule == rule)


class _Cases:
    """The cases of a ruleset, looked through once."""

    def __init__(self, subject: Subject, every: tuple[Pack, ...]) -> None:
        self.subject = subject
        self.found: dict[tuple[str, Form], tuple[Case, Example, Violation]] = {}
        for case in _cases(subject.ruleset.id, every):
            asked = subject.model.request
            example = Example(case.facts, case.request, case.today, dict(case.settings), case.deployment, asked)
            for each in decided(subject, example).violations:
                self.found.setdefault((each.rule, form_of(each)), (case, example, each))

    def sample(self, info: RuleInfo, form: Form) -> Sample:
        """The first case in which a rule fails in a form; no record, if there is none."""
        if (info.id, form) not in self.found:
            return Sample(info, form)
        case, example, violation = self.found[info.id, form]
        return Sample(info, form, example, violation, case.name)


def _cases(ruleset: str, every: tuple[Pack, ...]) -> tuple[Case, ...]:
    found = library(rule_contents(every), case_contents(every))
    known = found.ruleset(ruleset)
    cases = found.cases(ruleset, known) if known else ()
    if found.space.diagnostics.failed:
        raise AuthoringError(found.space.diagnostics, found.space.texts)
    return cases


def _short(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _short(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_short(each) for each in value]
    if isinstance(value, str) and len(value) > LONG and len(set(value)) == 1:
        return {"repeat": value[0], "times": len(value)}
    return value
