"""Results are written as text in one go; the text is that of the machine output, whatever is in it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from oppi18n import Localizer, load_rules
from oppi18n.i18n import answers
from oppi18n.i18n.lines import Lines
from oppi18n.i18n.locales import OFFERED
from oppi18n.model.facts import Facts
from oppi18n.model.values import NOT_LOADED, PartialList

RULES = load_rules("close-opportunity")
DRAFTS = load_rules("close-opportunity", settings={"drafts_block": True})
TODAY = date(2026, 3, 31)
NAMES = ("QUO-1", 'say "hi"\\', "한빛", "עסקה\u202e", "\x1b[31m\n", "<b>", "")


def record(random: Random, fields: str, *, holes: bool, states: str = "") -> dict[str, Any]:
    """A record with some of its fields; where there are holes, any may be empty, absent or not loaded."""
    values: dict[str, Any] = {
        "state": lambda: random.choice(states.split()),
        "number": lambda: random.choice(NAMES),
        "name": lambda: random.choice(NAMES),
        "revision": lambda: random.randrange(3),
        "currency": lambda: random.choice(["SEK", "KRW", "XXX"]),
        "estimated_revenue": lambda: Decimal(random.randrange(10**6)).scaleb(-2),
        "created_on": lambda: TODAY - timedelta(days=random.randrange(9)),
        "outcome": lambda: random.choice(["won", "lost"]),
        "status_reason": lambda: random.choice(["won", "canceled", "out_sold"]),
        "revenue": lambda: Decimal(random.randrange(-(10**6), 10**6)).scaleb(-random.randrange(5)),
        "date": lambda: TODAY + timedelta(days=random.randrange(-20, 3)),
        "competitor": lambda: random.choice(NAMES),
        "description": lambda: "x" * random.choice([3, 2001]),
    }
    found: dict[str, Any] = {}
    for name in fields.split():
        kind = random.choice(["given"] * 4 + ["empty", "absent", "not loaded"]) if holes else "given"
        if kind == "given":
            found[name] = values[name]()
        elif kind != "absent":
            found[name] = None if kind == "empty" and name != "state" else NOT_LOADED
    return found


def question(random: Random) -> tuple[Facts, dict[str, Any] | None]:
    """Facts and a request, of which some know the file that they were read from."""
    holes = random.random() < 0.5
    rows = [
        {"id": f"q{n}", **record(random, "state number name revision", holes=holes, states="draft active won closed")}
        for n in range(random.randrange(4))
    ]
    quotes: Any = random.choice([rows, rows, rows, PartialList(rows), NOT_LOADED]) if holes else rows
    root = record(random, "state name currency estimated_revenue created_on", holes=holes, states="open won")
    identity = {"id": random.choice(NAMES)} if random.random() < 0.8 else {}
    locate = random.choice([None, lambda pointer: f"/value/0{pointer}"])
    facts = Facts(
        {"opportunity": {**identity, **root, "quotes": quotes}},
        source=random.choice(["", "pipe\tline.json"]),
        locate=locate,
    )
    asked = record(random, "outcome status_reason revenue currency date competitor description", holes=holes)
    return facts, random.choice([None, asked])


@pytest.mark.parametrize("locale", OFFERED)
def test_text_is_that_of_the_machine_output(locale: str):
    """Violations, sentences, missing data, lists half loaded, defaults, places in a file: to the last character."""
    localizer, random = Localizer(locale), Random(locale)
    lines = Lines(localizer, "close")
    verdicts = set()
    for _ in range(150):
        facts, request = question(random)
        rules = random.choice([RULES, DRAFTS])
        asked, added = (None, {}) if request is None else rules.complete(facts, request, today=TODAY)
        decision = rules.evaluate(facts, request=asked, today=TODAY)
        decision.defaults = added

        assert lines.result(facts, decision) == answers.line_of(answers.result(facts, decision, localizer, "close"))
        verdicts.add((decision.verdict, bool(decision.violations), bool(added)))

    assert {each[0] for each in verdicts} == {"closable", "blocked", "undetermined"}
    assert len(verdicts) > 3


def test_rules_of_a_pack_are_said_in_their_language(checkout: Any):
    """Where there is no translation, the sentence is that of the source, and so is its locale."""
    pack = str(checkout / "tests" / "packs" / "contoso")
    rules, localizer = load_rules("close-with-approval", packs=[pack]), Localizer("ms", packs=[pack])
    facts = Facts({"opportunity": {"id": "o", "state": "open", "quotes": []}})
    decision = rules.evaluate(facts, request={"outcome": "won", "revenue": Decimal(9000000)}, today=TODAY)

    text = Lines(localizer, "close").result(facts, decision)

    assert decision.violations or decision.unknown
    assert text == answers.line_of(answers.result(facts, decision, localizer, "close"))
