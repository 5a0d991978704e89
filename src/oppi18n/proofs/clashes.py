"""What a case expects must be able to hold together: where it cannot, both places are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from oppi18n.diagnostics import Diagnostics, Span
from oppi18n.proofs.expectations import OF_RULES, Expected

OUTCOMES: Final = {"violations": "fails", "unknown": "unknown", "pending": "pending"}
"""The key under which rules are named → what it says of them."""


class Claim(NamedTuple):
    """A rule is said to do something, or not to do it, at a place; `told` is how the place says it."""

    rule: str
    outcome: str
    holds: bool
    told: str
    span: Span


def check_clashes(expected: Expected, shows: Claim | None, diagnostics: Diagnostics) -> None:
    """Report expectations that contradict one another whatever the rules say.

    `shows` is what the case says of the rule that it is about, None if it is about no single one.
    """
    claims = [*([shows] if shows else []), *_claims(expected)]
    told: set[str] = set()
    for one, other in _pairs(claims):
        # A rule that is said to do three things is told of once.
        if one.rule not in told and _contrary(one, other):
            told.add(one.rule)
            _report(other.told, other.span, one.told, one.span, diagnostics)
    for claim in claims:
        if claim.rule not in told:
            told |= set(_left_out(claim, expected, diagnostics))
    _verdict(expected, diagnostics)


def _claims(expected: Expected) -> Iterator[Claim]:
    named = {"violations": expected.violations, "unknown": expected.unknown, "pending": expected.pending}
    for key in OF_RULES:
        for names, part, holds in (
            (named[key], key, True),
            (expected.includes.get(key), f"{key}.includes", True),
            (expected.excludes.get(key), f"{key}.excludes", False),
        ):
            for name in sorted(names or ()):
                yield Claim(name, OUTCOMES[key], holds, f"{part}: {name}", expected.places[part])


def _pairs(claims: list[Claim]) -> Iterator[tuple[Claim, Claim]]:
    for number, one in enumerate(claims):
        yield from ((one, other) for other in claims[number + 1 :] if other.rule == one.rule)


def _contrary(one: Claim, other: Claim) -> bool:
    if one.holds and other.holds:
        return one.outcome != other.outcome
    return one.holds != other.holds and one.outcome == other.outcome


def _left_out(claim: Claim, expected: Expected, diagnostics: Diagnostics) -> Iterator[str]:
    """A list that is complete and does not have a rule that is said to be in it."""
    for key, names in (
        ("violations", expected.violations),
        ("unknown", expected.unknown),
        ("pending", expected.pending),
    ):
        if claim.holds and claim.outcome == OUTCOMES[key] and names is not None and claim.rule not in names:
            _report(key, expected.places[key], claim.told, claim.span, diagnostics)
            yield claim.rule


def _verdict(expected: Expected, diagnostics: Diagnostics) -> None:
    """A verdict that needs a violation, or an unknown rule, beside a list that says that there is none."""
    for verdict, key, names in (
        ("blocked", "violations", expected.violations),
        ("undetermined", "unknown", expected.unknown),
    ):
        if expected.verdict == verdict and names is not None and not names:
            place = expected.places["verdict"]
            _report(f"{key}: []", expected.places[key], f"verdict: {verdict}", place, diagnostics)


def _report(told: str, span: Span, other: str, place: Span, diagnostics: Diagnostics) -> None:
    diagnostics.report("contradictory-case", span, None, place, expected=told, other=other)
