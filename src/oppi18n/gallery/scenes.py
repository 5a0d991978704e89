"""The dialog is shown in each of its states: empty, answered yes and no, with faults in its fields, short of data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from oppi18n.analysis.analyse import TODAY
from oppi18n.dialog.form import close_form
from oppi18n.engine.rules import Rules
from oppi18n.gallery.parts import Scene
from oppi18n.i18n.localizer import Localizer

_OPEN: Final[Mapping[str, Any]] = {
    "id": "o1",
    "name": "Rollout",
    "state": "open",
    "currency": "SEK",
    "estimated_revenue": "240000",
    "created_on": "2026-01-15",
}


def _quote(number: str, state: str) -> dict[str, Any]:
    return {"id": number, "number": number, "revision": 0, "state": state}


_HELD: Final = {**_OPEN, "quotes": [_quote("QUO-1001", "active"), _quote("QUO-1002", "draft")]}
_FREE: Final = {**_OPEN, "quotes": [_quote("QUO-1003", "won")]}

STATES: Final[Mapping[str, Mapping[str, Any]]] = {
    "empty": {},
    "won": {"facts": {"opportunity": _FREE}, "outcome": "won"},
    "lost": {"facts": {"opportunity": {**_OPEN, "quotes": []}}, "outcome": "lost"},
    "blocked": {"facts": {"opportunity": _HELD}},
    "blocked-won": {"facts": {"opportunity": _HELD}, "outcome": "won"},
    "blocked-lost": {"facts": {"opportunity": _HELD}, "outcome": "lost"},
    "faults": {
        "facts": {"opportunity": _FREE},
        "request": {
            "outcome": "won",
            "status_reason": "canceled",
            "revenue": "-1.555",
            "date": "2026-05-01",
            "competitor": "Fabrikam",
        },
    },
    "undetermined": {"facts": {"opportunity": dict(_OPEN)}, "outcome": "won"},
    "closed": {"facts": {"opportunity": {**_OPEN, "state": "won", "quotes": []}}},
}
"""Name of a state → what the dialog is made from."""


def scenes(rules: Rules, localizer: Localizer) -> Iterator[Scene]:
    """The dialog in each state, in one language.

    >>> from oppi18n.engine.loading import load_rules
    >>> next(scenes(load_rules(), Localizer("ko"))).form.title.text
    '영업 기회 종료'
    """
    for name, given in STATES.items():
        yield Scene(name, close_form(rules, localizer, today=TODAY, **given))
