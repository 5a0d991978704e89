"""What came out: closable, blocked or undetermined, with every violation and everything that is missing."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from oppi18n.tuples import Named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from oppi18n.model.schema import Model

CLOSABLE, BLOCKED, UNDETERMINED = "closable", "blocked", "undetermined"


class ParamType(Named):
    """What kind of value a message param is.

    `kind` is int, decimal, money, date, string, bool, currency, enumeration, records or list; `of` names the
    enumeration, the record type or the kind of the items; `shown` the fields that such a record may be shown by.
    """

    name: str
    kind: str
    of: str = ""
    shown: tuple[str, ...] = ()


class Message(Named):
    """The sentence of a rule in its source language, and the catalog context that its translations stand under."""

    context: str
    forms: Mapping[str, str]
    partial: Mapping[str, str]
    plural: str
    language: str


class RuleInfo(Named):
    """What a decision needs to know of a rule."""

    id: str
    severity: str
    source: str
    dataverse: int
    when: str
    condition: str
    place: tuple[str, str]
    message: Message
    params: tuple[ParamType, ...]
    remedies: tuple[str, ...]
    reads_request: bool
    effective: tuple[str, str]
    applies_to: tuple[str, ...]
    model: Model | None = None


class RemedyInfo(Named):
    """What a plan or a button needs to know of a remedy; the label stands under `context` in the catalogs."""

    id: str
    label: str
    cost: int
    ask: tuple[str, ...]
    context: str
    language: str


class SettingInfo(Named):
    """A setting: its type, its value and its default as plain data; what it means stands under `context`."""

    name: str
    type: str
    value: Any
    doc: str
    default: Any
    context: str
    language: str


class RecordValue(Named):
    """A record inside a message: the fields that it may be shown by."""

    record: str
    values: Mapping[str, object]

    @classmethod
    def of(cls, record: str, found: Mapping[str, object]) -> RecordValue:
        """A record of facts, without what is not known of it.

        >>> from oppi18n.model.values import NOT_LOADED
        >>> RecordValue.of("quote", {"id": "q", "number": NOT_LOADED, "quotes": []}).values
        {'id': 'q'}
        """
        return cls(record, {name: value for name, value in found.items() if isinstance(value, (str, int))})

    @property
    def key(self) -> str:
        """Its number, else its id: what machine output calls it."""
        return str(self.values.get("number") or self.values.get("id") or "")


class Money(Named):
    """An amount and its currency, an ISO 4217 code; None if the currency is not known."""

    amount: Any
    currency: str | None


class Violation:
    """A rule that failed, with the values of its sentence and pointers to the offenders."""

    __slots__ = ("_hits", "_values", "info", "partial")

    def __init__(self, info: RuleInfo, hits: Sequence[Any] | None, values: tuple[Any, ...], partial: bool) -> None:
        self.info = info
        self.partial = partial
        self._hits = hits
        self._values = values

    @property
    def rule(self) -> str:
        """The rule's id."""
        return self.info.id

    @property
    def severity(self) -> str:
        """error, warning or info."""
        return self.info.severity

    @property
    def source(self) -> str:
        """The sentence that the rule states: a page and its segment, the platform, or "house rule"."""
        return self.info.source

    @property
    def dataverse(self) -> str | None:
        """The platform's own error code, as `0x80040516`."""
        return f"0x{self.info.dataverse:08x}" if self.info.dataverse else None

    @property
    def remedies(self) -> tuple[str, ...]:
        """The ids of remedies that may help."""
        return self.info.remedies

    @property
    def values(self) -> tuple[Any, ...]:
        """The values of the sentence as the rules found them, in the order of `info.params`."""
        return self._values

    @property
    def params(self) -> dict[str, Any]:
        """The values of the sentence by name: int, Decimal, `Money`, date, str, tuples of `RecordValue`; None is missing."""
        return {kind.name: _param(kind, value) for kind, value in zip(self.info.params, self._values, strict=True)}

    @property
    def pointers(self) -> tuple[str, ...]:
        """JSON Pointers to the offenders, in the model's shape."""
        before, field = self.info.place
        if self._hits is None:
            return (before,) if before else ()
        end = f"/{field}" if field else ""
        return tuple([f"{before}/{hit}{end}" if type(hit) is int else f"{hit}{end}" for hit in self._hits])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Violation) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((self.rule, self.pointers))

    def _key(self) -> tuple[Any, ...]:
        return self.info.id, self.params, self.pointers, self.partial

    def __repr__(self) -> str:
        return f"Violation({self.rule!r}, {self.params!r}, pointers={self.pointers!r})"


def _param(kind: ParamType, value: Any) -> Any:
    if value is None:
        return None
    if kind.kind == "records":
        return tuple(sorted((_record(kind, each) for each in value), key=_order))
    if kind.kind == "money":
        return Money(*value) if value[0] is not None else None
    return tuple(value) if kind.kind == "list" else value


def _record(kind: ParamType, found: Any) -> RecordValue:
    """A record as either way answers with it: the fast one has the bare values, in the order of `kind.shown`."""
    if isinstance(found, RecordValue):
        return found
    return RecordValue(kind.of, dict(zip(kind.shown, found, strict=True)))


def _order(record: RecordValue) -> tuple[str, int, str]:
    revision = record.values.get("revision")
    number = record.values.get("number")
    return str(number or ""), revision if isinstance(revision, int) else -1, str(record.values.get("id") or "")


def _number(found: tuple[int, Any, Any]) -> int:
    return found[0]


class Need(Named):
    """Missing data: the JSON Pointer of a value, and the rules that would be decided by it."""

    pointer: str
    rules: tuple[str, ...]


class UnknownRule(Named):
    """A rule that could not be decided; `error` names what went wrong, None if data is missing."""

    rule: str
    error: str | None
    needs: tuple[str, ...]


class Roster(Named):
    """What all decisions of one ruleset share: the numbers in it are places in `infos`."""

    ruleset: str
    digest: str
    infos: tuple[RuleInfo, ...]
    pending: tuple[str, ...]
    errors: frozenset[int]


class Decision:
    """The answer about one opportunity. It is true only for a closing that may be done.

    `verdict` is closable, blocked or undetermined; `needs` is the missing data that would settle an undetermined one,
    `unknown` has every rule that could not be decided. `request` is the close request, None if only the record was
    judged; `defaults` are those of its values that the dialog filled in.
    """

    # In the class because many decisions have no others: what is not stored takes no time.
    verdict: str = CLOSABLE
    unknown: tuple[UnknownRule, ...] = ()
    needs: tuple[Need, ...] = ()
    defaults: Mapping[str, Any] = MappingProxyType({})
    _found: Sequence[tuple[int, Any, tuple[Any, ...]]] = ()
    _violations: tuple[Violation, ...] | None = None
    _locate: Callable[[str], str] | None = None

    def __init__(
        self,
        roster: Roster,
        today: date,
        request: Mapping[str, Any] | None,
        found: Sequence[tuple[int, Any, tuple[Any, ...]]],
    ) -> None:
        self._roster = roster
        self.today = today
        self.request = request
        if found:
            self._found = found
            errors = roster.errors
            for each in found:
                if each[0] in errors:
                    self.verdict = BLOCKED
                    break

    @property
    def asked(self) -> str:
        """record (does anything on record stand in the way?) or closing."""
        return "record" if self.request is None else "closing"

    @property
    def pending(self) -> tuple[str, ...]:
        """The rules that read the close request, when none was given."""
        return self._roster.pending if self.request is None else ()

    @property
    def ruleset(self) -> str:
        """The id of the ruleset."""
        return self._roster.ruleset

    @property
    def digest(self) -> str:
        """What the ruleset was compiled from, as a digest."""
        return self._roster.digest

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The rules that failed, in the order of the rule file."""
        if self._violations is None:
            # Sorted only here: most who ask want the verdict.
            infos, found = self._roster.infos, sorted(self._found, key=_number)
            self._violations = tuple([Violation(infos[n], hits, values, False) for n, hits, values in found])
        return self._violations

    def __bool__(self) -> bool:
        return self.verdict == CLOSABLE and self.asked == "closing"

    @property
    def errors(self) -> tuple[Violation, ...]:
        """The violations that block."""
        return tuple(each for each in self.violations if each.info.severity == "error")

    def source_pointer(self, pointer: str) -> str:
        """Where a pointer leads in the file that the facts were read from."""
        return self._locate(pointer) if self._locate else pointer

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Decision) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((self.ruleset, self.digest, self.verdict, self.today))

    def _key(self) -> tuple[Any, ...]:
        return (
            self.asked, self.verdict, self.violations, self.pending, self.today, self.ruleset, self.digest,
            self.unknown, self.needs,
        )  # fmt: skip

    def __repr__(self) -> str:
        rules = ", ".join(each.rule for each in self.violations)
        return f"Decision({self.verdict}, asked={self.asked!r}, violations=[{rules}])"
