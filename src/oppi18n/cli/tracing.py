"""A trace shows how each rule came out, from which values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from oppi18n import packs as packing
from oppi18n.cli.options import parsed_settings
from oppi18n.cli.session import Session, safe
from oppi18n.engine.loading import contents_of
from oppi18n.engine.tracing import Tracer

if TYPE_CHECKING:
    from oppi18n.engine.decision import Decision
    from oppi18n.engine.rules import Rules
    from oppi18n.model.facts import Facts


def trace_lines(
    rules: Rules, given: dict[str, Any], facts: Facts, decision: Decision, session: Session
) -> Iterator[str]:
    """The trace of one decision."""
    chosen = [packing.shipped(), *(packing.named(name) for name in given["packs"])]
    tracer = Tracer(rules, contents_of(chosen), parsed_settings(given["settings"]))
    say = session.say
    outcomes = {
        "passes": say("passes"),
        "fails": say("fails"),
        "unknown": say("is not decided"),
        "pending": say("was not asked"),
        "not-applicable": say("does not apply"),
        "not-in-force": say("is not in force"),
    }
    yield ""
    yield say("How each rule came out:")
    traces = tracer.trace(facts, today=decision.today, request=decision.request, deployment=given["deployment"])
    for each in traces:
        yield f"  {each.rule}: {outcomes[each.outcome]}"
        yield from (f"    {safe(' '.join(step.text.split()))} = {safe(step.value)}" for step in each.steps)
