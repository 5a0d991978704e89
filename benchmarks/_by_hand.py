"""The rules of `close-opportunity` under their default settings as people write them in Python: tuned, and idiomatic.

Both judge all the rules that can fail then, which is nineteen of twenty, in the order of the rule file. They trust their
records: nothing is missing that must be there, everything has its type; the compiled rules look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

Bare = tuple[str, list[int] | None, tuple[Any, ...]]
"""A rule that fails: the positions of the quotes that break it, the values of its sentence."""
Found = tuple[str, dict[str, Any], list[str]]
"""A rule that fails, the values of its sentence by name, JSON Pointers to what breaks it."""

LIMIT = Decimal(1000000000000)
LEAST, ZERO, CENT = -LIMIT, Decimal(0), Decimal("0.01")
LONGEST = 2000
LOST_REASONS = ("canceled", "out_sold")


def tuned(opportunity: dict[str, Any], close: dict[str, Any], today: date, quanta: Mapping[str, Decimal]) -> list[Bare]:
    """One pass over the quotes, every field read once, nothing built unless a rule fails, no call that can be spared.

    `quanta` has the smallest amount of each currency whose is not a cent.
    """
    found: list[Bare] = []
    state = opportunity["state"]
    quotes = opportunity["quotes"]
    active: list[int] = []
    draft: list[int] = []
    won: list[int] = []
    for i, quote in enumerate(quotes):
        q = quote["state"]
        if q == "closed":
            continue
        if q == "draft":
            draft.append(i)
        elif q == "active":
            active.append(i)
        else:
            won.append(i)
    if state != "open":
        found.append(("opportunity-open", None, (state,)))
    if active:
        found.append(("no-active-quotes", active, (len(active), [_shown(quotes[i]) for i in active])))
    if draft and state == "open":
        found.append(("drafts-closed-as-well", draft, (len(draft), [_shown(quotes[i]) for i in draft])))
    outcome = close.get("outcome")
    reason = close.get("status_reason")
    if outcome is None:
        found.append(("outcome-chosen", None, ()))
    if reason is None:
        found.append(("status-reason-present", None, ()))
    elif outcome is not None and (reason != "won" if outcome == "won" else reason not in LOST_REASONS):
        found.append(("status-reason-fits", None, (reason, outcome)))
    day = close.get("date")
    if day is None:
        found.append(("close-date-present", None, ()))
    else:
        if day > today:
            found.append(("close-date-not-in-future", None, (day, today)))
        created = opportunity.get("created_on")
        if created is not None and day < created:
            found.append(("close-date-after-creation", None, (day, created)))
    revenue = close.get("revenue")
    if revenue is None:
        if outcome == "won":
            found.append(("revenue-present", None, ()))
    else:
        asked, own = close.get("currency"), opportunity.get("currency")
        currency = own if asked is None else asked
        if revenue < ZERO:
            found.append(("revenue-not-negative", None, ((revenue, currency),)))
        if not LEAST <= revenue <= LIMIT:
            found.append(("revenue-in-range", None, ((revenue, currency), (LIMIT, currency))))
        if currency is not None:
            quantum = quanta.get(currency, CENT)
            if revenue.quantize(quantum) != revenue:
                found.append(("revenue-precision", None, (revenue, currency, -quantum.adjusted())))
        if asked is not None and asked != own:
            found.append(("revenue-currency", None, (own, asked)))
    competitor = close.get("competitor")
    if competitor is not None and outcome == "won":
        found.append(("competitor-only-when-lost", None, ()))
    if reason == "out_sold" and competitor is None:
        found.append(("competitor-expected", None, ()))
    if outcome == "won" and quotes and not won:
        found.append(("won-without-won-quote", None, ()))
    if len(won) > 1:
        found.append(("one-won-quote", won, (len(won), [_shown(quotes[i]) for i in won])))
    description = close.get("description")
    if description is not None and len(description) > LONGEST:
        found.append(("description-length", None, (LONGEST, len(description))))
    return found


def _shown(quote: dict[str, Any]) -> tuple[Any, ...]:
    """What a sentence may call a quote: its number and revision, else its id or name; in the order that sorts quotes."""
    return quote.get("number") or "", quote.get("revision") or 0, quote["id"], quote.get("name")


SENTENCES: dict[str, tuple[tuple[str, ...], str]] = {
    "opportunity-open": (("state",), "/opportunity/state"),
    "no-active-quotes": (("count", "quotes"), ""),
    "drafts-closed-as-well": (("count", "quotes"), ""),
    "outcome-chosen": ((), "/close/outcome"),
    "status-reason-present": ((), "/close/status_reason"),
    "status-reason-fits": (("reason", "outcome"), "/close/status_reason"),
    "close-date-present": ((), "/close/date"),
    "close-date-not-in-future": (("date", "today"), "/close/date"),
    "close-date-after-creation": (("date", "created"), "/close/date"),
    "revenue-present": ((), "/close/revenue"),
    "revenue-not-negative": (("revenue",), "/close/revenue"),
    "revenue-in-range": (("revenue", "limit"), "/close/revenue"),
    "revenue-precision": (("revenue", "currency", "places"), "/close/revenue"),
    "revenue-currency": (("expected", "currency"), "/close/currency"),
    "competitor-only-when-lost": ((), "/close/competitor"),
    "competitor-expected": ((), "/close/competitor"),
    "won-without-won-quote": ((), ""),
    "one-won-quote": (("count", "quotes"), ""),
    "description-length": (("count", "length"), "/close/description"),
}
"""Rule → the names of its values, and the field it is about."""


def in_full(bare: list[Bare]) -> list[Found]:
    """What `tuned` found, with names and pointers; quotes in the order in which a sentence names them."""
    full: list[Found] = []
    for rule, hits, values in bare:
        names, place = SENTENCES[rule]
        params = dict(zip(names, values, strict=True))
        if hits is not None:
            params["quotes"] = sorted(params["quotes"])
            full.append((rule, params, [f"/opportunity/quotes/{i}/state" for i in hits]))
        else:
            full.append((rule, params, [place] if place else []))
    return full


def idiomatic(
    opportunity: dict[str, Any], close: dict[str, Any], today: date, quanta: Mapping[str, Decimal]
) -> list[Found]:
    """A comprehension per question about the quotes, a generator of findings."""
    return list(_findings(opportunity, close, today, quanta))


def _findings(
    opportunity: dict[str, Any], close: dict[str, Any], today: date, quanta: Mapping[str, Decimal]
) -> Iterator[Found]:
    quotes = opportunity["quotes"]
    active = [i for i, quote in enumerate(quotes) if quote["state"] == "active"]
    draft = [i for i, quote in enumerate(quotes) if quote["state"] == "draft"]
    won = [i for i, quote in enumerate(quotes) if quote["state"] == "won"]
    if opportunity["state"] != "open":
        yield "opportunity-open", {"state": opportunity["state"]}, ["/opportunity/state"]
    if active:
        yield _held("no-active-quotes", active, quotes)
    if draft and opportunity["state"] == "open":
        yield _held("drafts-closed-as-well", draft, quotes)
    yield from _request(opportunity, close, today)
    yield from _money(opportunity, close, quanta)
    outcome, competitor = close.get("outcome"), close.get("competitor")
    if competitor is not None and outcome == "won":
        yield "competitor-only-when-lost", {}, ["/close/competitor"]
    if close.get("status_reason") == "out_sold" and competitor is None:
        yield "competitor-expected", {}, ["/close/competitor"]
    if outcome == "won" and quotes and not won:
        yield "won-without-won-quote", {}, []
    if len(won) > 1:
        yield _held("one-won-quote", won, quotes)
    description = close.get("description")
    if description is not None and len(description) > LONGEST:
        yield "description-length", {"count": LONGEST, "length": len(description)}, ["/close/description"]


def _held(rule: str, at: list[int], quotes: list[dict[str, Any]]) -> Found:
    shown = sorted(_shown(quotes[i]) for i in at)
    return rule, {"count": len(at), "quotes": shown}, [f"/opportunity/quotes/{i}/state" for i in at]


def _request(opportunity: dict[str, Any], close: dict[str, Any], today: date) -> Iterator[Found]:
    outcome, reason, day = close.get("outcome"), close.get("status_reason"), close.get("date")
    if outcome is None:
        yield "outcome-chosen", {}, ["/close/outcome"]
    if reason is None:
        yield "status-reason-present", {}, ["/close/status_reason"]
    if outcome and reason and reason not in (("won",) if outcome == "won" else LOST_REASONS):
        yield "status-reason-fits", {"reason": reason, "outcome": outcome}, ["/close/status_reason"]
    if day is None:
        yield "close-date-present", {}, ["/close/date"]
    if day is not None and day > today:
        yield "close-date-not-in-future", {"date": day, "today": today}, ["/close/date"]
    created = opportunity.get("created_on")
    if day is not None and created is not None and day < created:
        yield "close-date-after-creation", {"date": day, "created": created}, ["/close/date"]


def _money(opportunity: dict[str, Any], close: dict[str, Any], quanta: Mapping[str, Decimal]) -> Iterator[Found]:
    revenue = close.get("revenue")
    currency = close.get("currency") or opportunity.get("currency")
    if revenue is None and close.get("outcome") == "won":
        yield "revenue-present", {}, ["/close/revenue"]
    if revenue is not None and revenue < 0:
        yield "revenue-not-negative", {"revenue": (revenue, currency)}, ["/close/revenue"]
    if revenue is not None and abs(revenue) > LIMIT:
        yield "revenue-in-range", {"revenue": (revenue, currency), "limit": (LIMIT, currency)}, ["/close/revenue"]
    if revenue is not None and currency:
        quantum = quanta.get(currency, CENT)
        if revenue.quantize(quantum) != revenue:
            params = {"revenue": revenue, "currency": currency, "places": -quantum.adjusted()}
            yield "revenue-precision", params, ["/close/revenue"]
    if revenue is not None and close.get("currency") not in (None, opportunity.get("currency")):
        params = {"expected": opportunity.get("currency"), "currency": close["currency"]}
        yield "revenue-currency", params, ["/close/currency"]
