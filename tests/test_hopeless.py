"""A remedy that is called hopeless helps nowhere; one that helps somewhere is never called that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.engine.authoring import workspace
from oppi18n.engine.loading import contents_of
from oppi18n.packs import Pack

SHIPPED = list(contents_of([packs.shipped()]))
OWN = Pack("own", "/own", None, "en")


class Quote(NamedTuple):
    state: str
    reason: str | None
    revision: int


Test = tuple[str, Callable[[Quote], bool]]
"""A condition about a quote `q`, as it is written and as it is meant."""

STATES = ("draft", "active", "won", "closed")
REASONS = ("canceled", "lost", None)
QUOTES = [Quote(*each) for each in product(STATES, REASONS, (0, 1))]
LISTS = [(), *((one,) for one in QUOTES), *product(QUOTES, QUOTES)]

LEAVES: list[Test] = [
    *((f"q.state == '{state}'", lambda quote, state=state: quote.state == state) for state in STATES),
    ("q.state in ['draft', 'active']", lambda quote: quote.state in ("draft", "active")),
    ("q.state != 'active'", lambda quote: quote.state != "active"),
    ("has(q.status_reason)", lambda quote: quote.reason is not None),
    ("q.revision > 0", lambda quote: quote.revision > 0),
]


def both(parts: tuple[str, Test, Test]) -> Test:
    operator, (one, first), (two, second) = parts
    if operator == "&&":
        return f"({one} && {two})", lambda quote: first(quote) and second(quote)
    return f"({one} || {two})", lambda quote: first(quote) or second(quote)


def turned(test: Test) -> Test:
    text, meant = test
    return f"!({text})", lambda quote: not meant(quote)


tests = st.recursive(
    st.sampled_from(LEAVES),
    lambda below: (
        st.tuples(st.sampled_from(["&&", "||"]), below, below).map(both)
        | st.sampled_from(LEAVES).map(turned)
        | below.map(turned)
    ),
    max_leaves=4,
)
changes = st.fixed_dictionaries(
    {}, optional={"state": st.sampled_from(STATES), "status_reason": st.sampled_from(["canceled", "lost"])}
).filter(bool)


def told(condition: str, selected: str, change: dict[str, str]) -> set[str]:
    """The codes that are reported about a rule and a remedy."""
    written = "".join(f"      {field}: {value}\n" for field, value in change.items())
    text = (
        "ruleset: own\nmodel: opportunity\nrules:\n  - id: a\n"
        f'    {condition}\n    message: "No."\n    remedies: [r]\n'
        f'remedies:\n  r:\n    label: "R"\n    each: "opportunity.quotes.filter(q, {selected})"\n    set:\n{written}'
    )
    space = workspace([*SHIPPED, (OWN, "rules/own.yaml", text.encode())])
    space.ruleset("own")
    return {each.code for each in space.diagnostics}


def applied(quote: Quote, change: dict[str, str]) -> Quote:
    """The quote after a remedy; a reason for closing goes away where the status becomes another one."""
    state = change.get("state", quote.state)
    kept = quote.reason if "state" not in change or state == "closed" else None
    return Quote(state, change.get("status_reason", kept), quote.revision)


def helps(passes: Callable[[tuple[Quote, ...]], bool], selected: Test, change: dict[str, str]) -> Iterator[bool]:
    """For each list on which the rule fails: whether it passes after the remedy."""
    for quotes in LISTS:
        if not passes(quotes):
            yield passes(tuple(applied(each, change) if selected[1](each) else each for each in quotes))


@given(body=tests, selected=tests, change=changes, macro=st.sampled_from(["exists", "all"]), forbid=st.booleans())
@settings(max_examples=60)
def test_hopeless_remedy_helps_nowhere(body, selected, change, macro, forbid):
    """Held against every list of up to two quotes."""
    found = told(f'{"forbid" if forbid else "assert"}: "opportunity.quotes.{macro}(q, {body[0]})"', selected[0], change)
    fold = any if macro == "exists" else all

    def passes(quotes: tuple[Quote, ...]) -> bool:
        return fold(body[1](each) for each in quotes) is not forbid

    assert found <= {"hopeless-remedy", "never-fails", "never-passes"}
    if "hopeless-remedy" in found:
        assert not any(helps(passes, selected, change))


@given(body=tests, selected=tests, change=changes)
@settings(max_examples=60)
def test_remedy_that_helps_nowhere_is_told(body, selected, change):
    """Where constants are set on the elements of the list in question, nothing is missed."""
    assume("status_reason" in change or "status_reason" not in body[0])
    found = told(f'forbid: "opportunity.quotes.exists(q, {body[0]})"', selected[0], change)

    def passes(quotes: tuple[Quote, ...]) -> bool:
        return not any(body[1](each) for each in quotes)

    outcomes = list(helps(passes, selected, change))
    if outcomes and not any(outcomes) and not found & {"never-fails", "never-passes"}:
        assert "hopeless-remedy" in found
