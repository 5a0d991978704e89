"""A ruleset that was understood: typed expressions, messages, settings, remedies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from oppi18n.diagnostics import Span
from oppi18n.rules.ast import Node
from oppi18n.rules.origin import Origin
from oppi18n.rules.types import Type
from oppi18n.source import Scalar

SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression: its typed tree, and the scalar it was written in."""

    tree: Node
    scalar: Scalar

    @property
    def text(self) -> str:
        """As it was written."""
        return self.scalar.text


@dataclass(frozen=True, slots=True)
class Setting:
    """Something a deployment decides; `value` is its default, or what was set."""

    name: str
    type: Type
    value: object
    doc: str
    span: Span
    origin: Origin


@dataclass(frozen=True, slots=True)
class Param:
    """A value of a message; `currency` says in which currency an amount is."""

    name: str
    value: Expression
    currency: Expression | None = None

    @property
    def kind(self) -> str:
        """The type as messages know it: money, date, `list of quote`, an enumeration's name …"""
        return "money" if self.currency else str(self.value.tree.type)


@dataclass(frozen=True, slots=True)
class Message:
    """The sentence of a rule: plural forms by CLDR category, and the forms for lists that are only partly known."""

    context: str
    forms: Mapping[str, Scalar]
    partial: Mapping[str, Scalar]
    plural: str
    pack: str
    language: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a violation points: offenders in a list of records, or one field of a record."""

    over: Expression
    tree: Node
    field: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A constraint: it fails where `when` holds and `condition` does not."""

    id: str
    severity: str
    source: str
    dataverse: int
    when: Expression | None
    condition: Expression
    negated: bool
    at: Place | None
    message: Message
    params: tuple[Param, ...]
    remedies: tuple[str, ...]
    mentions: tuple[Span, ...]
    effective: tuple[date | None, date | None]
    applies_to: tuple[str, ...]
    reads_request: bool
    span: Span
    origin: Origin


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that may help: to which records, which fields get which values, and what it costs."""

    id: str
    label: Scalar
    each: Expression
    changes: Mapping[str, Expression]
    ask: tuple[str, ...]
    cost: int
    span: Span
    origin: Origin


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything a ruleset says, checked."""

    id: str
    pack: str
    action: str
    model: str
    settings: Mapping[str, Setting]
    lets: Mapping[str, Expression]
    rules: tuple[Rule, ...]
    remedies: Mapping[str, Remedy]
    off: tuple[Rule, ...] = ()
    """Rules that are switched off: checked like the others, never asked."""
