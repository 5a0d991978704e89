"""What the dialog consists of: frozen values that know every text together with its language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from oppi18n.engine.decision import Decision
from oppi18n.i18n.speech import Text

CHOICE, MONEY, DATE, TEXT, MULTILINE = "choice", "money", "date", "text", "multiline"
KINDS = (CHOICE, MONEY, DATE, TEXT, MULTILINE)


@dataclass(frozen=True, slots=True)
class Option:
    """A value on offer; `dataverse` is its code, `outcomes` the ones it can be chosen with."""

    value: str
    label: Text
    dataverse: int | None
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A value that would do, raw and as the locale writes it."""

    value: Any
    shown: Text


@dataclass(frozen=True, slots=True)
class Offender:
    """A record that stands in the way: where it is, what it is called, its state if that is known.

    `source_pointer` is its place in the file that the facts were read from.
    """

    pointer: str
    source_pointer: str
    key: str
    label: Text
    state: str | None
    state_label: Text | None


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something that may help, to be shown as a button."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A violation as the dialog shows it; `severity` is error, warning or info."""

    rule: str
    severity: str
    message: Text
    pointers: tuple[str, ...]
    dataverse: str | None
    remedies: tuple[str, ...]
    offenders: tuple[Offender, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Data that is missing, and the rules that it would decide."""

    pointer: str
    label: Text
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """The answer above the fields: what no field of the form can mend, and what might.

    `verdict` is closable, blocked or undetermined; `asked` is record or closing. The verdict counts the problems of
    the fields as well, which stand with their fields.
    """

    verdict: str
    asked: str
    title: Text
    obstacles: tuple[Obstacle, ...]
    missing: tuple[Gap, ...]
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of the dialog.

    `required` and `relevant` are the outcomes with which it must, and may, be given; `defaults` has what is filled in
    with each outcome, raw. `value` is what stands in it now (a str, Decimal or date, None if empty), `shown` the same
    as the locale writes it (None if empty), and `filled` says that it is a default. `max_length` is in characters; `digits` are those
    after the point of a `currency`, an ISO 4217 code, as far as it is known.
    """

    name: str
    pointer: str
    kind: str
    label: Text
    description: Text
    hint: Text
    required: tuple[str, ...]
    relevant: tuple[str, ...]
    defaults: Mapping[str, Any]
    options: tuple[Option, ...] = ()
    max_length: int | None = None
    currency: str | None = None
    currency_pointer: str | None = None
    digits: int | None = None
    example: Example | None = None
    value: Any = None
    shown: Text | None = None
    filled: bool = False
    problems: tuple[Obstacle, ...] = ()

    def offered(self, outcome: str | None) -> tuple[Option, ...]:
        """The options that can be chosen with an outcome; all of them while none is chosen."""
        return tuple(each for each in self.options if outcome is None or outcome in each.outcomes)


@dataclass(frozen=True, slots=True)
class Button:
    """A button: `ok` or `cancel`."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class Form:
    """The Close opportunity dialog in one language.

    `about` is what the opportunity is called, `opportunity` its id; both are None without facts, like `decision` and
    `panel`. `outcome` is the one that is chosen, `currency` the ISO 4217 code of the amounts. `lang` and `dir` are
    what HTML calls so; a `Text` in another language says so itself.
    """

    ruleset: str
    digest: str
    lang: str
    dir: str
    today: date
    title: Text
    about: Text | None
    opportunity: str | None
    outcome: str | None
    outcomes: tuple[str, ...]
    currency: str | None
    fields: tuple[FormField, ...]
    buttons: tuple[Button, ...]
    decision: Decision | None
    panel: Panel | None

    def field(self, name: str) -> FormField:
        """The field of a name."""
        return next(each for each in self.fields if each.name == name)
