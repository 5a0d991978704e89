"""The closing of an opportunity as Pydantic models, whose validator says which rules fail."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr, model_validator

LIMIT = Decimal(1000000000000)
LOST_REASONS = ("canceled", "out_sold")


class Record(BaseModel):
    """A record as it comes: its types are checked, nothing is converted."""

    model_config = ConfigDict(strict=True, extra="ignore")


class Quote(Record):
    """An offer."""

    id: str
    state: Literal["draft", "active", "won", "closed"]
    number: str | None = None
    revision: int | None = None


class Opportunity(Record):
    """What is to be closed."""

    id: str
    state: Literal["open", "won", "lost"]
    quotes: list[Quote]
    currency: str | None = None
    created_on: datetime.date | None = None


class Request(Record):
    """How it is to be closed."""

    outcome: Literal["won", "lost"] | None = None
    status_reason: Literal["in_progress", "on_hold", "won", "canceled", "out_sold"] | None = None
    date: datetime.date | None = None
    revenue: Decimal | None = None
    currency: str | None = None
    competitor: str | None = None
    description: str | None = None


class Closing(Record):
    """An opportunity and the request; `failing` names the rules that fail."""

    opportunity: Opportunity
    close: Request
    today: datetime.date
    _failing: list[str] = PrivateAttr(default_factory=list)

    @property
    def failing(self) -> list[str]:
        """The rules that fail, in the order of the rule file."""
        return self._failing

    @model_validator(mode="after")
    def judge(self) -> Self:
        """Collect the rules that fail."""
        opportunity, close, failing = self.opportunity, self.close, self._failing
        states = [quote.state for quote in opportunity.quotes]
        if opportunity.state != "open":
            failing.append("opportunity-open")
        if "active" in states:
            failing.append("no-active-quotes")
        if "draft" in states and opportunity.state == "open":
            failing.append("drafts-closed-as-well")
        if close.outcome is None:
            failing.append("outcome-chosen")
        if close.status_reason is None:
            failing.append("status-reason-present")
        elif close.outcome and close.status_reason not in (("won",) if close.outcome == "won" else LOST_REASONS):
            failing.append("status-reason-fits")
        self._judge_date()
        self._judge_revenue()
        if close.competitor is not None and close.outcome == "won":
            failing.append("competitor-only-when-lost")
        if close.status_reason == "out_sold" and close.competitor is None:
            failing.append("competitor-expected")
        if close.outcome == "won" and states and "won" not in states:
            failing.append("won-without-won-quote")
        if states.count("won") > 1:
            failing.append("one-won-quote")
        if close.description is not None and len(close.description) > 2000:
            failing.append("description-length")
        return self

    def _judge_date(self) -> None:
        day, created = self.close.date, self.opportunity.created_on
        if day is None:
            self._failing.append("close-date-present")
            return
        if day > self.today:
            self._failing.append("close-date-not-in-future")
        if created is not None and day < created:
            self._failing.append("close-date-after-creation")

    def _judge_revenue(self) -> None:
        close, failing = self.close, self._failing
        currency = close.currency or self.opportunity.currency
        if close.revenue is None:
            if close.outcome == "won":
                failing.append("revenue-present")
            return
        if close.revenue < 0:
            failing.append("revenue-not-negative")
        if abs(close.revenue) > LIMIT:
            failing.append("revenue-in-range")
        if currency and round(close.revenue, 2) != close.revenue:
            failing.append("revenue-precision")
        if close.currency not in (None, self.opportunity.currency):
            failing.append("revenue-currency")
