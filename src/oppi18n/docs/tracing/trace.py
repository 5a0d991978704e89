"""From rules to the sentences of pages and back: what backs a rule, what no rule states, what contradicts what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from oppi18n.analysis.sources import laid
from oppi18n.analysis.subject import Subject
from oppi18n.diagnostics import suggest
from oppi18n.docs.tracing import wording
from oppi18n.docs.tracing.conditions import Stand, is_in_force, stands
from oppi18n.docs.tracing.pages import Sentence
from oppi18n.errors import InputError
from oppi18n.i18n import locales
from oppi18n.i18n.localizer import Localizer
from oppi18n.i18n.speech import Text
from oppi18n.memory.texts import normal
from oppi18n.rules.ruleset import Rule

BACKED: Final = "backed"
UNBACKED: Final = "unbacked"
BROKEN: Final = "broken"
ABSENT: Final = "absent"
STATES: Final = (BACKED, UNBACKED, BROKEN, ABSENT)
"""A sentence backs the rule; it names none; it names one that its page does not have; that page was not given."""

NAMES: Final = "names"
POLARITY: Final = "polarity"
BEYOND: Final = "beyond"
"""Kinds of contradictions: they speak of different states; one forbids what the other allows; the rule forbids a state
that no sentence forbids, while a sentence forbids another one."""

_REFERENCE: Final = re.compile(r"(?<![\w./#-])([A-Za-z0-9][\w./-]*)#([\w.-]*\w)")
_QUOTED: Final = re.compile(r"“([^”]+)”|\"([^\"]+)\"")
_WORDS: Final = 3
"""Words that a quotation must have at least to be looked for."""


class Contradiction(NamedTuple):
    """A rule and a sentence that cannot both be right; the values are labels of states, in English."""

    kind: str
    sentence: Sentence
    page_values: tuple[str, ...]
    rule_values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """A rule, the sentences that back it, and what it says in every language; placeholders stay in its messages.

    `missing` are the references that lead nowhere.
    """

    ruleset: str
    rule: Rule
    in_force: bool
    state: str
    sentences: tuple[Sentence, ...]
    missing: tuple[str, ...]
    messages: Mapping[str, Text]
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing about it must be mended."""
        return self.state != BROKEN and not self.contradictions


@dataclass(frozen=True, slots=True)
class Trace:
    """All rules that were asked about, and the sentences that state a constraint which no rule names as its source."""

    rules: tuple[RuleTrace, ...]
    untraced: tuple[Sentence, ...]

    @property
    def is_clean(self) -> bool:
        """Whether there are no contradictions and no references that lead nowhere."""
        return all(each.is_clean for each in self.rules)


def trace(
    sentences: Sequence[Sentence],
    *,
    rule: str = "",
    rulesets: Iterable[str] = (),
    packs: Iterable[str] = (),
    settings: Mapping[str, object] | None = None,
) -> Trace:
    """How the rules of some rulesets, or one of them, stand to the sentences of pages; all rulesets, if none is named.

    Raises `AuthoringError` if rule files are wrong, `InputError` for unknown names.
    """
    sourced = laid(tuple(rulesets), tuple(packs))
    speakers = {tag: Localizer(tag, packs=sourced.packs) for tag in locales.PRODUCT}
    found = [
        each for subject in sourced.subjects(settings or {}) for each in _Tracing(subject, sentences, speakers).all()
    ]
    stated = {id(sentence) for each in found for sentence in each.sentences}
    untraced = (
        each
        for each in sentences
        if id(each) not in stated and not each.is_heading and wording.is_constraint(each.text)
    )
    return Trace(tuple(_asked(found, rule, sourced.names)), tuple(untraced))


def _asked(found: list[RuleTrace], rule: str, rulesets: Iterable[str]) -> list[RuleTrace]:
    known = tuple(dict.fromkeys(each.rule.id for each in found))
    if not rule or rule in known:
        return [each for each in found if rule in ("", each.rule.id)]
    near, names = suggest(rule, known), ", ".join(rulesets)
    if near is not None:
        raise InputError("unknown-rule-near", ruleset=names, name=rule, near=near.params["name"])
    raise InputError("unknown-rule", ruleset=names, name=rule, known=known)


class _Tracing:
    """One ruleset held against the sentences."""

    def __init__(self, subject: Subject, sentences: Sequence[Sentence], speakers: Mapping[str, Localizer]) -> None:
        self.subject = subject
        self.sentences = sentences
        self.speakers = speakers
        self.documents = {each.document for each in sentences}
        trusted = sorted(sentences, key=lambda each: bool(each.versions))
        self.numbered = {(each.document, number): each for each in trusted for number in each.numbers}
        self.bare = [(f" {normal(each.text)} ", each) for each in sentences]

    def all(self) -> Iterator[RuleTrace]:
        """Each rule of the ruleset, also those that are switched off."""
        found = [self._rule(rule) for rule in (*self.subject.ruleset.rules, *self.subject.ruleset.off)]
        for each in found:
            yield replace(each, contradictions=tuple(self._contradictions(each, found)))

    def _rule(self, rule: Rule) -> RuleTrace:
        backing, missing, is_absent = self._backing(rule.source)
        state = BROKEN if missing else BACKED if backing else ABSENT if is_absent else UNBACKED
        return RuleTrace(
            ruleset=self.subject.ruleset.id,
            rule=rule,
            in_force=is_in_force(rule, self.subject.ruleset, self.subject.settings),
            state=state,
            sentences=backing,
            missing=missing,
            messages={tag: _message(rule, speaker) for tag, speaker in self.speakers.items()},
        )

    def _backing(self, source: str) -> tuple[tuple[Sentence, ...], tuple[str, ...], bool]:
        """The sentences that a source names or quotes, what it names in vain, whether a page is not at hand."""
        found: dict[int, Sentence] = {}
        missing, is_absent = [], False
        for document, number in _REFERENCE.findall(source):
            sentence = self.numbered.get((document, number))
            if sentence is not None:
                found[id(sentence)] = sentence
            elif document in self.documents:
                missing.append(f"{document}#{number}")
            else:
                is_absent = True
        for sentence in self._quoted(source):
            found[id(sentence)] = sentence
        return tuple(found.values()), tuple(missing), is_absent

    def _quoted(self, source: str) -> Iterator[Sentence]:
        """The sentences that a source is, or has in quotation marks, whatever their markup and blanks."""
        quotes = [one or other for one, other in _QUOTED.findall(source)]
        for quote in [source, *quotes]:
            bare = normal(quote)
            if len(bare.split()) >= _WORDS:
                yield from (sentence for text, sentence in self.bare if f" {bare} " in text)

    # ---- contradictions ----

    def _contradictions(self, traced: RuleTrace, others: list[RuleTrace]) -> Iterator[Contradiction]:
        if not traced.in_force:
            return
        for stand in self._stands(traced.rule):
            for sentence in traced.sentences:
                yield from self._against(traced.rule, stand, sentence)
            if traced.state == UNBACKED and traced.rule.severity == "error" and stand.stated:
                yield from self._beyond(stand, others)

    def _against(self, rule: Rule, stand: Stand, sentence: Sentence) -> Iterator[Contradiction]:
        """A rule against a sentence that is said to back it."""
        said = self._said(sentence, stand)
        if not said:
            return
        if not said & stand.named:
            yield self._told(NAMES, sentence, said, stand, stand.failing or stand.named)
        elif wording.has_exception(sentence.text) or rule.severity != "error":
            return
        elif wording.forbids(sentence.text):
            if not said & stand.failing:
                yield self._told(POLARITY, sentence, said, stand, said & stand.passing)
        elif wording.allows(sentence.text) and said & stand.stated:
            yield self._told(POLARITY, sentence, said, stand, said & stand.stated)

    def _beyond(self, stand: Stand, others: list[RuleTrace]) -> Iterator[Contradiction]:
        """A rule that no sentence backs, against the sentences that back the other rules in force.

        It may forbid other states than these do, or a state that these allow.
        """
        told: set[int] = set()
        for other in (each for each in others if each.in_force):
            theirs = next((each for each in self._stands(other.rule) if each.enumeration == stand.enumeration), None)
            for sentence in other.sentences if theirs is not None else ():
                said = self._said(sentence, stand)
                kind = self._clash(stand, said, sentence)
                if kind and id(sentence) not in told:
                    told.add(id(sentence))
                    ours = stand.stated if kind == BEYOND else said & stand.stated
                    yield self._told(kind, sentence, said, stand, ours)

    def _clash(self, stand: Stand, said: frozenset[str], sentence: Sentence) -> str:
        if not said or wording.has_exception(sentence.text):
            return ""
        if wording.forbids(sentence.text):
            return "" if said & stand.stated else BEYOND
        return POLARITY if wording.allows(sentence.text) and said & stand.stated else ""

    def _stands(self, rule: Rule) -> tuple[Stand, ...]:
        return stands(rule, self.subject.ruleset, self.subject.model, self.subject.settings)

    def _said(self, sentence: Sentence, stand: Stand) -> frozenset[str]:
        return wording.values_named(sentence.text, stand.enumeration, self.subject.model)

    def _told(
        self, kind: str, sentence: Sentence, said: frozenset[str], stand: Stand, ours: frozenset[str]
    ) -> Contradiction:
        values = self.subject.model.enumerations[stand.enumeration].values
        labels = [tuple(value.label for name, value in values.items() if name in each) for each in (said, ours)]
        return Contradiction(kind, sentence, *labels)


def _message(rule: Rule, speaker: Localizer) -> Text:
    """The message of a rule as it is written: the form for several, placeholders and all."""
    forms = rule.message.forms
    one, other = forms.get("one", forms["other"]).text, forms["other"].text if "one" in forms else ""
    return speaker.text(one, context=rule.message.context, plural=other, count=2, language=rule.message.language)
