"""A ruleset ready to be asked: immutable, safe to share between threads, built once."""

from __future__ import annotations

from datetime import date
from decimal import Context, Decimal, InvalidOperation
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from oppi18n.engine.decision import Decision, Message, ParamType, RemedyInfo, Roster, RuleInfo, SettingInfo
from oppi18n.errors import InputError
from oppi18n.model.facts import Facts
from oppi18n.model.schema import Model
from oppi18n.model.values import DECIMAL_DIGITS, DECIMAL_PLACES, scale

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType

    from oppi18n.model.records import CloseRequest, Opportunity

_FEW: Final = 1000
_MOST: Final = Decimal(10**DECIMAL_DIGITS)
_ZERO: Final = Decimal(0)
_CENT: Final = Decimal("0.01")
_PLACES: Final = -1 - DECIMAL_PLACES
_ROUND: Final = Context(prec=2 * DECIMAL_DIGITS, traps=[InvalidOperation]).quantize
"""A context of its own: whatever the calling thread has set for its decimals changes no verdict."""


class Bail(Exception):
    """The fast way met something missing or odd."""


_LEAVES: Final = (Bail, LookupError, TypeError, AttributeError, ValueError, ArithmeticError)


def bail() -> Any:
    """Leave the fast way."""
    raise Bail


def value(found: Any) -> Any:
    """A value, or leave the fast way."""
    if found is None:
        raise Bail
    return found


def of_type(found: Any, kind: type) -> Any:
    """A value of a type or None, or leave the fast way."""
    if found is None or type(found) is kind:
        return found
    raise Bail


def one_of(found: Any, values: frozenset[str]) -> Any:
    """A value of an enumeration or None, or leave the fast way."""
    if found is None or found in values:
        return found
    raise Bail


def few(items: Any) -> Any:
    """A list that may be walked inside another walk, or leave the fast way."""
    if len(items) > _FEW:
        raise Bail
    return items


def is_currency(code: Any) -> bool:
    """Whether this is the form of an ISO 4217 code."""
    return type(code) is str and len(code) == 3 and code.isascii() and code.isupper() and code.isalpha()


class _Currencies:
    """Digits after the point, and the smallest amount, of each code that was met.

    Plain dicts, because nothing is looked up faster. A code joins once it was found to have the right form; there are
    17,576 such.
    """

    def __init__(self, digits: Mapping[str, int]) -> None:
        self.digits = dict(digits)
        self.quanta = {code: Decimal(1).scaleb(-places) for code, places in digits.items()}

    def join(self, code: Any) -> None:
        """Let a code join, or leave the fast way."""
        if not is_currency(code):
            raise Bail
        self.quanta.setdefault(code, _CENT)
        self.digits.setdefault(code, 2)


def exact(found: Any) -> Any:
    """A decimal, whose size was looked at, as the careful way would show it, or leave the fast way."""
    if not found:
        return found and _ZERO
    text = str(found)
    # The point stands before the last four digits, or an exponent says where it would.
    if "." in text[:_PLACES] or "E" in text:
        raise Bail
    return found


class _LazyKleene:
    """Arithmetic with checks, loaded by the first rule that counts with something."""

    def __getattr__(self, name: str) -> Any:
        from oppi18n.rules import kleene

        return getattr(kleene, name)


def _known(found: Any) -> Any:
    from oppi18n.rules.kleene import Unknown

    if type(found) is Unknown:
        raise Bail
    return found


class Rules:
    """A compiled ruleset.

    `settings` holds what a deployment decides, `digest` names the content it was compiled from.
    """

    __slots__ = (
        "_closing", "_filled", "_plain", "_record", "_requested", "_root", "action", "careful", "digest", "id", "infos", "model",
        "pack", "roster",
    )  # fmt: skip

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self._plain = plain
        self.id: str = plain["id"]
        self.pack: str = plain["pack"]
        self.action: str = plain["action"]
        self.digest: str = plain["digest"]
        self.model = Model(plain["model"])
        self.infos = tuple(_info(each, self.model, plain["shown"]) for each in plain["rules"])
        self.roster = Roster(
            self.id,
            self.digest,
            self.infos,
            tuple(sorted([info.id for info in self.infos if info.reads_request])),
            frozenset([number for number, info in enumerate(self.infos) if info.severity == "error"]),
        )
        self._root, self._requested = self.model.root, self.model.request
        currencies = _Currencies(self.model.digits)
        self._record = self._function(plain["record"], currencies)
        self._closing = self._function(plain["closing"], currencies)
        self._filled = self._function(plain["filled"], currencies)
        self.careful: Any = None

    def _function(self, code: CodeType, currencies: _Currencies) -> Any:
        scope: dict[str, Any] = {
            "bail": bail, "value": value, "known": _known, "of_type": of_type, "one_of": one_of, "few": few,
            "scale": scale, "date": date, "Decimal": Decimal, "K": _LazyKleene(), "exact": exact, "LEAST": -_MOST,
            "MOST": _MOST, "DIGITS": currencies.digits, "QUANTA": currencies.quanta, "join": currencies.join,
            "rounded": _ROUND, "itemgetter": itemgetter,
        }  # fmt: skip
        exec(code, scope)  # noqa: S102 - compiled by us from a checked ruleset
        return scope.get("fused") or scope["filled"]

    @property
    def plain(self) -> Mapping[str, Any]:
        """The program as plain data."""
        return self._plain

    @property
    def settings(self) -> dict[str, Any]:
        """The settings and their values; decimals and dates as text."""
        return {name: each[1] for name, each in self._plain["settings"].items()}

    @property
    def declared(self) -> dict[str, SettingInfo]:
        """What is known of each setting."""
        return {name: SettingInfo(name, *each) for name, each in self._plain["settings"].items()}

    @property
    def remedies(self) -> dict[str, RemedyInfo]:
        """What is known of each remedy, in the order in which they are declared."""
        return {name: RemedyInfo(name, *each) for name, each in self._plain["remedies"].items()}

    @property
    def rules(self) -> tuple[RuleInfo, ...]:
        """What is known of each rule, in the order of the file."""
        return self.infos

    def evaluate(
        self,
        facts: Facts | Opportunity | Mapping[str, Any],
        *,
        today: date,
        request: CloseRequest | Mapping[str, Any] | None = None,
        deployment: str | None = None,
    ) -> Decision:
        """The decision about one opportunity.

        `facts` are `Facts` of a reader, an `Opportunity`, or a mapping in the model's shape
        (`{"opportunity": {…, "quotes": […]}}`). Without a `request` only the record is judged. `today` is a plain
        date: rules never read the clock. Facts that do not fit the model raise `DataError` with every problem.

        >>> from oppi18n import load_rules
        >>> quotes = [{"id": "q1", "number": "QUO-1", "revision": 0, "state": "active"}]
        >>> facts = {"opportunity": {"id": "o1", "state": "open", "quotes": quotes}}
        >>> load_rules("close-opportunity").evaluate(facts, today=date(2026, 3, 31)).verdict
        'blocked'
        """
        if type(today) is not date:
            raise InputError("today-not-a-date", found=repr(today))
        if deployment is not None and deployment not in self.model.deployments:
            raise InputError("unknown-deployment", name=deployment, known=tuple(self.model.deployments))
        record: Any = facts if type(facts) is dict else record_of(facts)
        asked: Any = request if request is None or type(request) is dict else request_of(request)
        try:
            if asked is None:
                asked = record.get(self._requested)
            function = self._record if asked is None else self._closing
            found = function(record[self._root], asked, today, deployment)
        except _LEAVES:
            return self._carefully(facts, record, asked, today, deployment)
        decision = Decision(self.roster, today, asked, found)
        if type(facts) is Facts:
            decision._locate = facts.source_pointer
        return decision

    def _carefully(self, facts: Any, record: Any, asked: Any, today: date, deployment: str | None) -> Decision:
        from oppi18n.engine.careful import Careful

        if self.careful is None:
            self.careful = Careful(self)
        checked, request = self.careful.checked(facts, record, asked)
        try:
            function = self._record if request is None else self._closing
            decision = Decision(self.roster, today, request, function(checked[self._root], request, today, deployment))
        except _LEAVES:
            decision = self.careful.decide(checked, request, today=today, deployment=deployment)
        if type(facts) is Facts:
            decision._locate = facts.source_pointer
        return decision

    def complete(
        self, facts: Facts | Opportunity | Mapping[str, Any], request: CloseRequest | Mapping[str, Any], *, today: date
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The request with the dialog's defaults filled in, and the defaults alone.

        A default that cannot be worked out, because data is missing, stays empty.
        """
        record, asked = record_of(facts), request_of(request)
        if type(facts) is Facts and type(asked) is dict:
            try:
                added: dict[str, Any] = self._filled(record[self._root], asked, today)
            except _LEAVES:
                pass
            else:
                return {**asked, **added}, added
        return self._complete_carefully(facts, record, asked, today)

    def _complete_carefully(
        self, facts: Any, record: Any, asked: Any, today: date
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        from oppi18n.engine.careful import Careful

        if self.careful is None:
            self.careful = Careful(self)
        checked, asked = self.careful.checked(facts, record, asked)
        completed: tuple[dict[str, Any], dict[str, Any]] = self.careful.complete(checked, asked, today)
        return completed


def record_of(facts: Any) -> Any:
    """The mapping in the model's shape behind facts of any form."""
    if type(facts) is Facts:
        return facts.record
    made = getattr(facts, "facts", None)
    return made().record if callable(made) else facts


def request_of(request: Any) -> Any:
    """The mapping behind a close request of any form."""
    found = getattr(request, "record", None)
    return request if found is None else found


def _info(plain: tuple[Any, ...], model: Model, shown: Mapping[str, tuple[str, ...]]) -> RuleInfo:
    values: list[Any] = [*plain, model]
    values[7] = Message(*plain[7])
    values[8] = tuple([ParamType(name, kind, of, shown.get(of, ())) for name, kind, of in plain[8]])
    return RuleInfo(*values)
