"""Why a decision came out as it did: each rule's outcome, and the value of every expression that was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from oppi18n.engine.authoring import Content, Workspace, workspace
from oppi18n.engine.careful import Careful, applies, judged
from oppi18n.engine.program import careful_source
from oppi18n.engine.rules import Rules
from oppi18n.errors import InputError
from oppi18n.rules import kleene
from oppi18n.rules.ruleset import Ruleset
from oppi18n.rules.settings import given

PASSES, FAILS, UNKNOWN = "passes", "fails", "unknown"
PENDING, NOT_APPLICABLE, NOT_IN_FORCE = "pending", "not-applicable", "not-in-force"


class Step(NamedTuple):
    """An expression as it was written, and its value as text."""

    text: str
    value: str


class RuleTrace(NamedTuple):
    """A rule, how it came out, and the expressions that made it so."""

    rule: str
    outcome: str
    steps: tuple[Step, ...]


class Tracer:
    """Traces decisions of one ruleset."""

    def __init__(self, rules: Rules, contents: Iterable[Content], settings: Mapping[str, object]) -> None:
        self.rules = rules
        self.careful = Careful(rules)
        space: Workspace = workspace(contents)
        found = space.ruleset(rules.id)
        space.check()
        if found is None:
            raise InputError("unknown-ruleset", name=rules.id, known=tuple(sorted(space.names)))
        self.ruleset, model = found
        values = given(self.ruleset.settings, settings, model)
        source = careful_source(self.ruleset, model, values, trace=True)
        self.code = compile(source, f"<{rules.id}, traced>", "exec")
        self.texts = dict(_texts(self.ruleset))

    def trace(
        self, facts: Any, *, today: date, request: Mapping[str, Any] | None = None, deployment: str | None = None
    ) -> list[RuleTrace]:
        """One trace per rule, in the order of the ruleset."""
        record, asked = self.careful.checked(facts, getattr(facts, "record", facts), request)
        notes: dict[tuple[str, str], dict[tuple[int, int], Any]] = {}

        def noter(owner: str, part: str) -> Any:
            seen = notes.setdefault((owner, part), {})

            def note(start: int, end: int, value: Any) -> Any:
                seen.setdefault((start, end), value)
                return value

            return note

        parts = self.careful.bound(record, asked, today, self.code, noter).parts
        return [self._rule(info, parts, notes, asked, today, deployment) for info in self.rules.infos]

    def _rule(self, info: Any, parts: Any, notes: Any, asked: Any, today: date, deployment: str | None) -> RuleTrace:
        if info.reads_request and asked is None:
            return RuleTrace(info.id, PENDING, ())
        if not applies(info, today, deployment):
            return RuleTrace(info.id, NOT_IN_FORCE, ())
        outcome = judged(parts[info.id])
        steps = tuple(dict.fromkeys(self._steps(info.id, notes)))
        named = FAILS if outcome is False else PASSES if outcome is True else UNKNOWN
        if outcome is True and parts[info.id][0] is not None and parts[info.id][0]() is False:
            named = NOT_APPLICABLE
        return RuleTrace(info.id, named, steps)

    def _steps(self, rule: str, notes: Any) -> Iterable[Step]:
        """The expressions in the order of the text; a record by itself says nothing and is left out."""
        for part in ("when", "condition"):
            for (start, end), value in sorted(notes.get((rule, part), {}).items(), key=lambda each: each[0]):
                if not isinstance(value, kleene.Rec):
                    yield Step(self.texts[rule, part][start:end], shown(value))


def _texts(ruleset: Ruleset) -> Iterable[tuple[tuple[str, str], str]]:
    for rule in ruleset.rules:
        if rule.when:
            yield (rule.id, "when"), rule.when.text
        yield (rule.id, "condition"), rule.condition.text


def shown(value: Any) -> str:
    """A value in a trace: CEL-like for scalars, `missing /path` and `error: code` for what is not there.

    >>> shown(True), shown(kleene.missing("/close/date")), shown(kleene.Seq([1, 2]))
    ('true', 'missing /close/date', '[2]')
    """
    if isinstance(value, kleene.Unknown):
        parts = [f"missing {', '.join(sorted(value.paths))}"] if value.paths else []
        return "; ".join([*parts, *([f"error: {value.error}"] if value.error else [])])
    if isinstance(value, kleene.Seq):
        return f"[{len(value.items)}{'' if value.missing is None else '+'}]"
    if isinstance(value, kleene.Rec):
        return value.pointer or "{…}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}'" if isinstance(value, str) else str(value)
