"""Opportunities to be judged, made from a seed: clean ones, on which no rule fails, and mixed ones."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

TODAY = date(2026, 3, 31)
CURRENCIES = ("USD", "EUR", "KRW", "JPY")


class Case(NamedTuple):
    """What is judged: an opportunity with its quotes, and a request to close it."""

    opportunity: dict[str, Any]
    close: dict[str, Any]


def cases(quotes: int, count: int, *, clean: bool) -> list[Case]:
    """`count` cases with so many quotes each."""
    generator = random.Random(f"{quotes} {clean}")
    return [_clean(generator, quotes) if clean else _mixed(generator, quotes) for _ in range(count)]


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
        "created_on": TODAY - timedelta(days=generator.randrange(1, 400)),
        "quotes": quotes,
    }


def _clean(generator: random.Random, quotes: int) -> Case:
    """Closed quotes, one of them won, and a request that nothing can be said against."""
    states = ["won", *["closed"] * (quotes - 1)][:quotes]
    generator.shuffle(states)
    opportunity = _opportunity(generator, [_quote(generator, n, state) for n, state in enumerate(states)])
    close = {
        "outcome": "won",
        "status_reason": "won",
        "currency": "USD",
        "revenue": Decimal(generator.randrange(10**8)).scaleb(-2),
        "date": TODAY - timedelta(days=generator.randrange(2)) if quotes else TODAY,
        "competitor": None,
        "description": "They liked the demonstration.",
    }
    opportunity["created_on"] = TODAY - timedelta(days=30)
    return Case(opportunity, close)


def _mixed(generator: random.Random, quotes: int) -> Case:
    """Quotes in all states, and a request of which every part may be missing or wrong."""
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
        "revenue": generator.choice([None, Decimal(0), Decimal(generator.randrange(-999, 10**8)).scaleb(-3)]),
        "date": generator.choice([None, *[TODAY - timedelta(days=back) for back in (-7, 0, 1, 30, 500)]]),
        "competitor": generator.choice([None, None, "Fabrikam"]),
        "description": generator.choice([None, "Price.", "x" * 2001]),
    }
    return Case(opportunity, close)
