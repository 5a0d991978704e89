"""Analysis tells of a ruleset what is true of the engine, and finds all of it within its bound."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations_with_replacement, product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import packs
from oppi18n.analysis.analyse import TODAY, analyse, decided, smallest
from oppi18n.analysis.choices import Bound
from oppi18n.analysis.results import Analysis, Example, Smallest
from oppi18n.analysis.subject import Subject, understood
from oppi18n.diagnostics import AuthoringError
from oppi18n.engine.authoring import workspace
from oppi18n.engine.loading import contents_of, load_rules
from oppi18n.engine.tracing import FAILS, NOT_APPLICABLE, PASSES, UNKNOWN, Tracer
from oppi18n.errors import InputError
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.packs import Pack

OWN = Pack("own", "/own", None, "en")
MODEL = """
model: crate
root: crate
request: ask
deployments:
  north: {label: North}
  south: {label: South}
enumerations:
  color: {label: Color, values: {red: {label: Red}, green: {label: Green}, blue: {label: Blue}}}
  size: {label: Size, values: {small: {label: Small}, large: {label: Large}}}
records:
  crate:
    label: Crate
    display: ["{id}"]
    fields:
      id: {type: string, required: true, label: ID}
      color: {type: enumeration, of: color, required: true, label: Color}
      size: {type: enumeration, of: size, label: Size}
      weight: {type: int, label: Weight}
      packed: {type: date, label: Packed}
      sealed: {type: bool, label: Sealed}
      parts: {type: list, of: part, required: true, label: Parts}
  part:
    label: Part
    display: ["{id}"]
    fields:
      id: {type: string, required: true, label: ID}
      color: {type: enumeration, of: color, required: true, label: Color}
      weight: {type: int, label: Weight}
  ask:
    label: Request
    display: ["{day}"]
    fields:
      day: {type: date, label: Day}
      weight: {type: int, label: Weight}
"""


def subject(text: str, values: dict[str, object] | None = None) -> Subject:
    """A ruleset over the model of crates; what lint would say of it does not matter here."""
    body = f"ruleset: own\nmodel: crate\n{text}"
    space = workspace([(OWN, "rules/model/crate.yaml", MODEL.encode()), (OWN, "rules/own.yaml", body.encode())])
    found = space.ruleset("own")
    told = [each for each in space.diagnostics if each.code in _BROKEN or each.severity == "error"]
    assert found is not None
    assert all(each.code in _LINTED for each in told), told
    return Subject(*found, values)


_BROKEN = {"unknown-name"}
_LINTED = {"never-fails", "never-passes", "hopeless-remedy"}


def rule(name: str, **parts: str) -> str:
    written = "".join(f'    {key.rstrip("_")}: "{value}"\n' for key, value in parts.items())
    return f'  - id: {name}\n{written}    message: "No."\n'


def analysed(*rules: str, head: str = "", tail: str = "") -> Analysis:
    return analyse(subject(f"{head}rules:\n{''.join(rules)}{tail}"))


# ---- agreement with brute force ----

GAPS = (None, NOT_LOADED)
FIELDS: dict[str, tuple[Any, ...]] = {
    "crate.color": ("red", "green", "blue", NOT_LOADED),
    "crate.size": ("small", "large", *GAPS),
    "crate.weight": (*range(-3, 4), *GAPS),
    "crate.packed": (*(TODAY + timedelta(days) for days in range(-3, 4)), *GAPS),
    "crate.sealed": (True, False, *GAPS),
    "ask.day": (*(TODAY + timedelta(days) for days in range(-3, 4)), *GAPS),
    "ask.weight": (*range(-3, 4), *GAPS),
}
PARTS: dict[str, tuple[Any, ...]] = {
    "part.color": ("red", "green", "blue", NOT_LOADED),
    "part.weight": (*range(-3, 4), *GAPS),
}


class Writer:
    """Writes conditions that read few fields, so that every value of each can be tried."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.roots = random.sample(list(FIELDS), 2)
        self.inner = random.choice(list(PARTS))

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def condition(self, depth: int = 2) -> str:
        if depth and self.random.randrange(3):
            left, right = self.condition(depth - 1), self.condition(depth - 1)
            return self.pick(f"({left} && {right})", f"({left} || {right})", f"!({left})", f"({left} ? {right} : {left})")
        return self.pick(self.atom(self.random.choice(self.roots)), self.atom(self.random.choice(self.roots)), self.parts())

    def atom(self, field: str) -> str:
        record, name = field.split(".")
        return self.pick(self.compared(field, name), self.compared(field, name), f"has({record}.{name})")

    def compared(self, field: str, name: str) -> str:
        if name in ("color", "size"):
            value = self.pick("red", "green") if name == "color" else self.pick("small", "large")
            return self.pick(f"{field} == '{value}'", f"{field} in ['{value}', '{value}']", f"{field} != '{value}'")
        if name == "sealed":
            return self.pick(field, f"{field} == false")
        relation = self.pick("<", "<=", "==", ">", ">=", "!=")
        if name in ("packed", "day"):
            other = self.pick("crate.packed", "ask.day") if {"crate.packed", "ask.day"} == set(self.roots) else "today"
            return f"{field} {relation} {other}{self.pick('', ' + 1', ' - 2')}"
        other = self.pick("crate.weight", "ask.weight") if {"crate.weight", "ask.weight"} == set(self.roots) else ""
        left = self.pick(field, f"{field} + 1", f"-{field}", f"{field} * 2")
        return f"{left} {relation} {other or self.pick('0', '1', '2')}"

    def parts(self) -> str:
        name = self.inner.split(".")[1]
        body = self.compared(f"p.{name}", name)
        return self.pick(
            f"crate.parts.exists(p, {body})",
            f"crate.parts.all(p, {body})",
            f"crate.parts.exists_one(p, {body})",
            f"crate.parts.filter(p, {body}).size() {self.pick('<', '>', '==')} 1",
            f"crate.parts.size() {self.pick('<=', '>', '==')} {self.pick('0', '1')}",
        )

    def rule(self, name: str) -> str:
        parts = {"assert_": self.condition(1)}
        if not self.random.randrange(3):
            parts["when"] = self.condition(0)
        return rule(name, severity=self.pick("error", "warning"), **parts)


def records(found: Subject) -> Iterator[Example]:
    """Every record of a grid that is finer and wider than what the rules tell apart."""
    text = " ".join(f"{each.condition.text} {each.when.text if each.when else ''}" for each in found.ruleset.rules)
    roots = [field for field in FIELDS if field in text]
    inner = [field for field in PARTS if f"p.{field.split('.')[1]}" in text]
    kinds = [dict(zip(inner, values, strict=True)) for values in product(*(PARTS[field] for field in inner))]
    lists: list[Any] = [[], PartialList()]
    if "crate.parts" in text:
        for several in (each for count in (1, 2) for each in combinations_with_replacement(kinds, count)):
            items = [{"id": f"p{n}", "color": "red", **_named(each)} for n, each in enumerate(several)]
            lists += [items, PartialList(items)]
        lists.append(NOT_LOADED)
    asked = "ask." in text
    for values in product(*(FIELDS[field] for field in roots)):
        for parts in lists:
            chosen = dict(zip(roots, values, strict=True))
            crate = {"id": "c1", "color": "red", **_named(chosen, "crate."), "parts": parts}
            request = _named(chosen, "ask.")
            if not request:
                yield Example({"crate": crate}, None, TODAY, {}, None, "ask")
            if asked:
                yield Example({"crate": crate}, request, TODAY, {}, None, "ask")


def _named(chosen: dict[str, Any], prefix: str = "part.") -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in chosen.items() if name.startswith(prefix) and value is not None}


def size(example: Example) -> tuple[int, int, int]:
    """(what is missing, records, optional fields that are given): a smallest record is not larger than any."""
    crate, asked = example.facts["crate"], example.request or {}
    parts = crate["parts"] if crate["parts"] is not NOT_LOADED else []
    values = [*crate.values(), *asked.values(), *(value for part in parts for value in part.values())]
    holes = sum(value is NOT_LOADED for value in values) + isinstance(parts, PartialList)
    required = {"id", "color", "parts"}
    every = [crate, asked, *parts]
    found = sum(value is not NOT_LOADED for each in every for name, value in each.items() if name not in required)
    return holes, len(parts), found


@given(st.integers(0, 2**32))
@settings(max_examples=300)
def test_analysis_agrees_with_brute_force(seed):
    """What rules can do, what follows from what, and what is smallest: every record of a fine grid bears it out."""
    random = Random(seed)
    writer = Writer(random)
    found = subject("rules:\n" + "".join(writer.rule(name) for name in ("a", "b")[: random.randrange(1, 3)]))
    analysis = analyse(found)
    outcomes: dict[str, set[str]] = {name: set() for name in analysis.rules}
    together: set[tuple[str, ...]] = set()
    best: dict[str, tuple[Any, ...]] = {}
    for example in records(found):
        decision = decided(found, example)
        failing = tuple(each.rule for each in decision.violations)
        unknown = tuple(each.rule for each in decision.unknown)
        together.add(failing)
        for name in analysis.rules.keys() - set(decision.pending):
            outcomes[name].add(FAILS if name in failing else UNKNOWN if name in unknown else PASSES)
            if name in failing:
                weight = (len(failing), len(unknown), *size(example))
                best[name] = min(best.get(name, weight), weight)

    for name, report in analysis.rules.items():
        assert not outcomes[name] - _coarse(report.outcomes), name
        for outcome, example in report.outcomes.items():
            assert _coarse({_seen(found, example, name): example}) == _coarse({outcome: example})
        told = analysis.smallest(name)
        if told is not None:
            assert _seen(found, told.example, name) == FAILS
            assert (1 + len(told.others), len(told.unknown), *size(told.example)) <= best.get(name, (9,))
    for name, other in analysis.implications:
        assert all(other in failing for failing in together if name in failing)


def _seen(found: Subject, example: Example, name: str) -> str:
    decision = decided(found, example)
    failing, unknown = ({each.rule for each in part} for part in (decision.violations, decision.unknown))
    return FAILS if name in failing else UNKNOWN if name in unknown else PASSES


def _coarse(outcomes: dict[str, Example]) -> set[str]:
    """A decision does not tell whether a rule passed or did not apply."""
    return {PASSES if name == NOT_APPLICABLE else name for name in outcomes}
