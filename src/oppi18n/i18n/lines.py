"""Results of decisions as JSON text in one go: what is the same in all of them is written once and kept.

The text is that of `answers.result`; what is unusual (data missing, lists half loaded, pseudo-locales, sentences without
a translation) is left to that.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, Any, Final

from oppi18n.engine.decision import Money
from oppi18n.i18n import answers, phrases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from oppi18n.engine.decision import Decision, ParamType, RuleInfo, Violation
    from oppi18n.i18n.localizer import Localizer
    from oppi18n.model.facts import Facts
    from oppi18n.model.schema import Model

    Row = tuple[Any, ...]
    Part = Callable[[Any], tuple[Any, str]]

_MOST: Final = 1000


class Unusual(Exception):
    """Something for the ordinary way."""


class Lines:
    """Writes results in one locale. It may be shared between threads.

    >>> from oppi18n import Localizer, load_rules
    >>> from oppi18n.model.facts import Facts
    >>> facts = Facts({"opportunity": {"id": "o1", "state": "won", "quotes": []}})
    >>> decision = load_rules().evaluate(facts, today=date(2026, 3, 31))
    >>> ko = Localizer("ko")
    >>> Lines(ko, "close").result(facts, decision) == answers.line_of(answers.result(facts, decision, ko, "close"))
    True
    """

    def __init__(self, localizer: Localizer, request_name: str) -> None:
        self._localizer = localizer
        self._request = request_name
        # With each entry stays what its number belongs to, so that the number is nobody else's.
        self._rules: dict[int, tuple[RuleInfo, _Rule]] = {}
        self._pending: dict[int, tuple[Sequence[str], str]] = {}

    def result(self, facts: Facts, decision: Decision) -> str:
        """The result of one opportunity."""
        if decision.unknown or decision.needs:
            return answers.line_of(answers.result(facts, decision, self._localizer, self._request))
        identity = facts.id
        located = decision.source_pointer if facts.is_elsewhere else None
        violations = ",".join([self._violation(each, decision, located) for each in decision.violations])
        return (
            f'{{"source":{quoted(facts.source)},"opportunity":{"null" if identity is None else quoted(identity)},'
            f'"verdict":"{decision.verdict}","violations":[{violations}],"unknown":[],"pending":{self._listed(decision)},'
            f'"needs":[],"defaults":{self._defaults(decision.defaults)}}}'
        )

    def _violation(self, each: Violation, decision: Decision, located: Callable[[str], str] | None) -> str:
        _, rule = self._rules.get(id(each.info)) or self._prepared(each.info)
        try:
            if each.partial:
                raise Unusual
            return rule.line(each, located)
        except Unusual:
            return answers.line_of(answers.violation(each, decision, self._localizer))

    def _prepared(self, info: RuleInfo) -> tuple[RuleInfo, _Rule]:
        if len(self._rules) >= _MOST:
            self._rules.clear()
        found = self._rules[id(info)] = (info, _Rule(self._localizer, info))
        return found

    def _listed(self, decision: Decision) -> str:
        pending = decision.pending
        if not pending:
            return "[]"
        found = self._pending.get(id(pending))
        if found is None:
            if len(self._pending) >= _MOST:
                self._pending.clear()
            found = self._pending[id(pending)] = (pending, answers.line_of(list(pending)))
        return found[1]

    def _defaults(self, defaults: Mapping[str, Any]) -> str:
        if not defaults:
            return "{}"
        return "{" + ",".join([f'"/{self._request}/{name}":{_json(value)}' for name, value in defaults.items()]) + "}"


class _Rule:
    """What is said of one rule in one locale."""

    __slots__ = (
        "_after", "_before", "_constant", "_count", "_info", "_locale", "_localizer", "_parts", "_plural", "_sentences",
    )  # fmt: skip

    def __init__(self, localizer: Localizer, info: RuleInfo) -> None:
        self._localizer, self._info = localizer, info
        self._locale = quoted(localizer.locale)
        self._before = f'{{"rule":{quoted(info.id)},"severity":"{info.severity}","message":'
        dataverse = f'"0x{info.dataverse:08x}"' if info.dataverse else "null"
        self._after = f'],"dataverse":{dataverse},"remedies":{answers.line_of(list(info.remedies))}}}'
        names = [each.name for each in info.params]
        self._count = names.index(info.message.plural) if info.message.plural else None
        self._parts = [(each.name, f"{quoted(each.name)}:", _part(localizer, each, info.model)) for each in info.params]
        self._plural = localizer.formats().plural
        self._constant: str | None = None
        self._sentences: dict[str, phrases.Renderer] = {}

    def line(self, each: Violation, located: Callable[[str], str] | None) -> str:
        """A violation as JSON. Raises Unusual."""
        values, said, params = each.values, {}, []
        for value, (name, start, part) in zip(values, self._parts, strict=True):
            if value is None:
                raise Unusual
            said[name], text = part(value)
            params.append(start + text)
        pointers = each.pointers
        places = ",".join([quoted(pointer) for pointer in pointers])
        sources = places if located is None else ",".join([quoted(located(pointer)) for pointer in pointers])
        return (
            f'{self._before}{self._message(each, values, said)},"locale":{self._locale},"params":{{{",".join(params)}}},'
            f'"partial":false,"pointers":[{places}],"source_pointers":[{sources}{self._after}'
        )

    def _message(self, each: Violation, values: Row, said: Mapping[str, Any]) -> str:
        if not said:
            if self._constant is None:
                text = self._localizer.violation(each)
                if text.locale != self._localizer.locale:
                    raise Unusual
                self._constant = quoted(text.text)
            return self._constant
        category = "" if self._count is None else self._plural(values[self._count])
        sentence = self._sentences.get(category)
        if sentence is None:
            sentence = self._sentences[category] = self._sentence(values)
        return quoted(sentence(said))

    def _sentence(self, values: Row) -> phrases.Renderer:
        message = self._info.message
        forms = message.forms
        found = self._localizer.renderer(
            forms.get("one", forms["other"]),
            context=message.context,
            plural=forms["other"] if "one" in forms else "",
            count=None if self._count is None else values[self._count],
            language=message.language,
            kinds={each.name: _KINDS.get(each.kind, "text") for each in self._info.params},
        )
        if found is None:
            raise Unusual
        return found


# ---- the values of a sentence: as it shows them, and as JSON ----

_KINDS: Final = {
    "int": "integer", "decimal": "decimal", "date": "date", "money": "money", "enumeration": "ready", "records": "ready",
    "bool": "ready", "list": "list",
}  # fmt: skip


def _part(localizer: Localizer, kind: ParamType, model: Model | None) -> Part:
    if kind.kind == "records" and model is not None:
        return _Records(localizer, kind, model)
    if kind.kind == "enumeration" and model is not None:
        return _enumeration(localizer, kind, model)
    return _PARTS.get(kind.kind, _unusual)


def _unusual(_: Any) -> tuple[Any, str]:
    raise Unusual


def _int(value: Any) -> tuple[Any, str]:
    if type(value) is not int:
        raise Unusual
    return value, str(value)


def _plain(value: Any) -> tuple[Any, str]:
    return value, _json(value)


def _money(value: Any) -> tuple[Any, str]:
    amount, currency = value
    if amount is None or not currency:
        raise Unusual
    return Money(amount, currency), _json(amount)


_PARTS: Final[dict[str, Part]] = {
    "int": _int,
    "decimal": _plain,
    "date": _plain,
    "string": _plain,
    "currency": _plain,
    "money": _money,
}


def _json(value: Any) -> str:
    if type(value) is str:
        return quoted(value)
    if type(value) is Decimal:
        return f'"{value:f}"'
    if type(value) is date:
        return f'"{value.isoformat()}"'
    return answers.line_of(answers.scalar(value))


def _enumeration(localizer: Localizer, kind: ParamType, model: Model) -> Part:
    known: dict[str, tuple[Any, str]] = {}

    def part(value: Any) -> tuple[Any, str]:
        found = known.get(value)
        if found is None:
            found = known[value] = (localizer.value(model, kind.of, value).text, quoted(value))
        return found

    return part


class _Records:
    """Records in a sentence, in order, each by the first display template whose values are all given."""

    __slots__ = ("_displays", "_identity", "_listed", "_number", "_order")

    def __init__(self, localizer: Localizer, kind: ParamType, model: Model) -> None:
        shown, record = kind.shown, model.records[kind.of]
        self._number, revision, self._identity = (
            shown.index(name) if name in shown else len(shown) for name in ("number", "revision", "id")
        )
        self._order = _order(self._number, revision, self._identity)
        self._displays: list[tuple[list[tuple[str, int]], phrases.Renderer | None]] = []
        context = f"{record.pack}/model/{model.name}/{record.name}/display"
        for template in record.display:
            names = phrases.names(template)
            says = localizer.renderer(template, context=context, language=model.language(record.pack))
            if any(record.fields[name].type == "enumeration" for name in names) or not names:
                says = None
            self._displays.append(([(name, shown.index(name)) for name in names], says))
        self._listed = localizer.formats().list

    def __call__(self, found: Any) -> tuple[Any, str]:
        rows = [(*row, None) for row in found if type(row) is tuple]
        if len(rows) < len(found):
            raise Unusual
        if len(rows) > 1:
            rows.sort(key=self._order)
        number, identity = self._number, self._identity
        keys = [quoted(str(row[number] or row[identity] or "")) for row in rows]
        return self._listed([self._shown(row) for row in rows]), f"[{','.join(keys)}]"

    def _shown(self, row: Row) -> str:
        for places, says in self._displays:
            values = {}
            for name, place in places:
                value = row[place]
                if value is None:
                    break
                values[name] = value if type(value) is str else str(value)
            else:
                if says is None:
                    raise Unusual
                return says(values)
        raise Unusual


def _order(number: int, revision: int, identity: int) -> Callable[[Row], tuple[str, int, str]]:
    """The order of `Violation.params`. In a place behind the values of a row, where a model has no such field, is None."""

    def order(row: Row) -> tuple[str, int, str]:
        of = row[revision]
        return str(row[number] or ""), of if isinstance(of, int) else -1, str(row[identity] or "")

    return order
