"""A few invented opportunities, one of every state, to try the service on."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from oppi18n.model.facts import Facts, checked
from oppi18n.readers.json_text import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oppi18n.model.schema import Model


def opportunities(model: Model) -> Iterator[Facts]:
    """The opportunities.

    >>> from oppi18n import load_rules
    >>> sorted({each.record["opportunity"]["state"] for each in opportunities(load_rules().model)})
    ['lost', 'open', 'won']
    """
    text = files("oppi18n.server").joinpath("demo.jsonl").read_text(encoding="utf-8")
    for line in text.splitlines():
        yield Facts(checked(model, parse(line)))
