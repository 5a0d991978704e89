"""The rules of `close-opportunity` under their default settings as people write them in Python: tuned, and idiomatic.

Both answer with (rule, values of the sentence, pointers) for each rule that fails, in the order of the rule file. They
trust their data: nothing is missing that must be there, everything has its type.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

Found = tuple[str, dict[str, Any], list[str]]

LIMIT = Decimal(1000000000000)
LEAST = -LIMIT
LONGEST = 2000
LOST_REASONS = ("canceled", "out_sold")


def tuned(opportunity: dict[str, Any], close: dict[str, Any], today: date, digits: dict[str, int]) -> list[Found]:
    """One pass over the quotes, every field read once, nothing built unless a rule fails, no call that can be spared."""
    found: list[Found] = []
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
        found.append(("opportunity-open", {"state": state}, ["/opportunity/state"]))
    if active:
        found.append(_held("no-active-quotes", active, quotes))
    if draft and state == "open":
        found.append(_held("drafts-closed-as-well", draft, quotes))
    outcome = close.get("outcome")
    reason = close.get("status_reason")
    if outcome is None:
        found.append(("outcome-chosen", {}, ["/close/outcome"]))
    if reason is None:
        found.append(("status-reason-present", {}, ["/close/status_reason"]))
    elif outcome is not None and (reason != "won" if outcome == "won" else reason not in LOST_REASONS):
        found.append(("status-reason-fits", {"reason": reason, "outcome": outcome}, ["/close/status_reason"]))
    day = close.get("date")
    if day is None:
        found.append(("close-date-present", {}, ["/close/date"]))
    else:
        if day > today:
            found.append(("close-date-not-in-future", {"date": day, "today": today}, ["/close/date"]))
        created = opportunity.get("created_on")
        if created is not None and day < created:
            found.append(("close-date-after-creation", {"date": day, "created": created}, ["/close/date"]))
    revenue = close.get("revenue")
    if revenue is None:
        if outcome == "won":
            found.append(("revenue-present", {}, ["/close/revenue"]))
    else:
        asked, own = close.get("currency"), opportunity.get("currency")
        currency = own if asked is None else asked
        if revenue < 0:
            found.append(("revenue-not-negative", {"revenue": (revenue, currency)}, ["/close/revenue"]))
        if not LEAST <= revenue <= LIMIT:
            params = {"revenue": (revenue, currency), "limit": (LIMIT, currency)}
            found.append(("revenue-in-range", params, ["/close/revenue"]))
        if currency is not None:
            places = digits.get(currency, 2)
            if round(revenue, places) != revenue:
                params = {"revenue": revenue, "currency": currency, "places": places}
                found.append(("revenue-precision", params, ["/close/revenue"]))
        if asked is not None and asked != own:
            found.append(("revenue-currency", {"expected": own, "currency": asked}, ["/close/currency"]))
    competitor = close.get("competitor")
    if competitor is not None and outcome == "won":
        found.append(("competitor-only-when-lost", {}, ["/close/competitor"]))
    if reason == "out_sold" and competitor is None:
        found.append(("competitor-expected", {}, ["/close/competitor"]))
    if outcome == "won" and quotes and not won:
        found.append(("won-without-won-quote", {}, []))
    if len(won) > 1:
        found.append(_held("one-won-quote", won, quotes))
    description = close.get("description")
    if description is not None and len(description) > LONGEST:
        params = {"count": LONGEST, "length": len(description)}
        found.append(("description-length", params, ["/close/description"]))
    return found


def _held(rule: str, at: list[int], quotes: list[dict[str, Any]]) -> Found:
    shown = sorted([(quotes[i].get("number") or "", quotes[i].get("revision") or 0, quotes[i]["id"]) for i in at])
    return rule, {"count": len(at), "quotes": shown}, [f"/opportunity/quotes/{i}/state" for i in at]


def idiomatic(opportunity: dict[str, Any], close: dict[str, Any], today: date, digits: dict[str, int]) -> list[Found]:
    """A comprehension per question about the quotes, a generator of findings."""
    return list(_findings(opportunity, close, today, digits))


def _findings(
    opportunity: dict[str, Any], close: dict[str, Any], today: date, digits: dict[str, int]
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
    yield from _money(opportunity, close, digits)
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


def _money(opportunity: dict[str, Any], close: dict[str, Any], digits: dict[str, int]) -> Iterator[Found]:
    revenue = close.get("revenue")
    currency = close.get("currency") or opportunity.get("currency")
    if revenue is None and close.get("outcome") == "won":
        yield "revenue-present", {}, ["/close/revenue"]
    if revenue is not None and revenue < 0:
        yield "revenue-not-negative", {"revenue": (revenue, currency)}, ["/close/revenue"]
    if revenue is not None and abs(revenue) > LIMIT:
        yield "revenue-in-range", {"revenue": (revenue, currency), "limit": (LIMIT, currency)}, ["/close/revenue"]
    if revenue is not None and currency and round(revenue, digits.get(currency, 2)) != revenue:
        places = digits.get(currency, 2)
        yield "revenue-precision", {"revenue": revenue, "currency": currency, "places": places}, ["/close/revenue"]
    if revenue is not None and close.get("currency") not in (None, opportunity.get("currency")):
        params = {"expected": opportunity.get("currency"), "currency": close["currency"]}
        yield "revenue-currency", params, ["/close/currency"]
