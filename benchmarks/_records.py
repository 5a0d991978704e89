"""Opportunities to be judged, made from a seed: clean ones, on which no rule fails, mixed ones, sparse ones."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

TODAY = date(2026, 3, 31)
KINDS = ("clean", "mixed", "sparse")


class Case(NamedTuple):
    """What is judged: an opportunity with its quotes, and a request to close it."""

    opportunity: dict[str, Any]
    close: dict[str, Any]


def cases(quotes: int, count: int, kind: str) -> list[Case]:
    """`count` cases with so many quotes each.

    On clean ones no rule fails; of mixed ones every part may be empty or wrong; sparse ones are clean, but what is
    empty or can be left out is not there at all.
    """
    generator = random.Random(f"{quotes} {kind}")
    found = [_mixed(generator, quotes) if kind == "mixed" else _clean(generator, quotes) for _ in range(count)]
    return [_read(_sparse(case) if kind == "sparse" else case) for case in found]


def _read(case: Case) -> Case:
    """The case as a reader hands it over: no two of its texts are one object."""
    return Case(_fresh(case.opportunity), _fresh(case.close))


def _fresh(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _fresh(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_fresh(each) for each in value]
    return value.encode().decode() if isinstance(value, str) else value


def _quote(generator: random.Random, number: int, state: str) -> dict[str, Any]:
    return {
        "id": f"{generator.getrandbits(128):032x}",
        "number": f"QUO-{generator.randrange(100000):05}",
        "revision": number % 4,
        "name": f"Offer {number}",
        "state": state,
        "status_reason": {"draft": "in_progress", "active": "open", "won": "won"}.get(state, "lost"),
        "order_type": generator.choice(["item", "project"]),
        "currency": "USD",
        "total_amount": Decimal(generator.randrange(10**8)).scaleb(-2),
    }


def _opportunity(generator: random.Random, quotes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": f"{generator.getrandbits(128):032x}",
        "name": "Cafe A-100 automats",
        "state": "open",
        "status_reason": "in_progress",
        "order_type": "project",
        "customer": "Contoso",
        "currency": "USD",
        "estimated_revenue": Decimal("240000.50"),
        "created_on": TODAY - timedelta(days=generator.randrange(30, 400)),
        "quotes": quotes,
    }


def _clean(generator: random.Random, quotes: int) -> Case:
    """Closed quotes, one of them won, and a request that nothing can be said against."""
    states = ["won", *["closed"] * (quotes - 1)][:quotes]
    generator.shuffle(states)
    opportunity = _opportunity(generator, [_quote(generator, n, state) for n, state in enumerate(states)])
    # As people type amounts, and as columns of four decimals hold them.
    amount = Decimal(generator.randrange(10**8)).scaleb(-2)
    close = {
        "outcome": "won",
        "status_reason": "won",
        "currency": "USD",
        "revenue": generator.choice([amount, amount, amount.quantize(Decimal(1)), amount.quantize(Decimal("0.0001"))]),
        "date": TODAY - timedelta(days=generator.randrange(2)),
        "competitor": None,
        "description": "They liked the demonstration.",
    }
    return Case(opportunity, close)


def _sparse(case: Case) -> Case:
    kept = ("outcome", "status_reason", "date", "revenue")
    opportunity = {name: value for name, value in case.opportunity.items() if name != "created_on"}
    return Case(opportunity, {name: case.close[name] for name in kept})


def _mixed(generator: random.Random, quotes: int) -> Case:
    """Quotes in all states, and a request of which every part may be empty or wrong."""
    states = generator.choices(["draft", "active", "won", "closed"], [2, 2, 1, 5], k=quotes)
    opportunity = _opportunity(generator, [_quote(generator, n, state) for n, state in enumerate(states)])
    if generator.random() < 0.1:
        opportunity["state"] = generator.choice(["won", "lost"])
    if generator.random() < 0.1:
        del opportunity["created_on"]
    close = {
        "outcome": generator.choice(["won", "won", "lost", "lost", None]),
        "status_reason": generator.choice(["won", "won", "canceled", "out_sold", None]),
        "currency": generator.choice([*["USD"] * 4, "EUR", None]),
        "revenue": _amount(generator),
        "date": generator.choice([None, *[TODAY - timedelta(days=back) for back in (-7, 0, 1, 30, 500)]]),
        "competitor": generator.choice([None, None, "Fabrikam"]),
        "description": generator.choice([None, "Price.", "x" * 2001]),
    }
    return Case(opportunity, close)


def _amount(generator: random.Random) -> Decimal | None:
    """None, a usual amount, or one that is too precise, negative or too large."""
    usual = Decimal(generator.randrange(10**8)).scaleb(-2)
    odd = generator.choice([usual + Decimal("0.005"), -usual, Decimal(2 * 10**12)])
    return generator.choice([None, Decimal(0), usual, usual, usual, odd])
