"""The engine is the judge: the exported modules give its verdicts, violations, pointers, needs, values and sentences.

Rulesets and records are generated over a model with every type of field. The vectors are written here and run under
`node --test`, by the file in the folder esm.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random
from typing import Any

import pytest

from oppi18n.bulk.question import question
from oppi18n.diagnostics import AuthoringError
from oppi18n.engine.careful import Careful
from oppi18n.engine.decision import Decision, Money, RecordValue
from oppi18n.engine.program import program_of
from oppi18n.engine.rules import Rules
from oppi18n.i18n.browser import rules_module, texts_module
from oppi18n.i18n.localizer import Localizer
from oppi18n.model.facts import Conversion
from oppi18n.model.schema import Field, Model
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.rules.ruleset import Ruleset

HERE = Path(__file__).resolve().parent


def sibling(name: str) -> Any:
    """Another test module, for its generators: tests are no package."""
    spec = spec_from_file_location(f"_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SQL = sibling("test_sql_agreement")
BASE: Any = SQL.Writer
TODAY = date(2026, 3, 31)
DAYS = (TODAY, TODAY, TODAY, date(1, 1, 1), date(9999, 12, 31))
AMOUNTS = (*SQL.AMOUNTS, *SQL.EXTREME, "0.10", "007.5", "-0", "12.00000")
STAMPS = ("2026-03-31T23:30:00-02:00", "2026-03-01T00:15+09:00", "2026-01-31 12:00:00.125Z", "2024-02-29T00:00:00Z")
ODD: tuple[Any, ...] = (
    1, True, 1.5, "", "sek", "open", [], {}, "1e3", "1.23456", "1_000", "٣", "2026-02-30", "2026-3-1", 2**63, 10**16, "+1",
    "2026-03-31T00:00:00", "1000000000000000", " 1", "0x1", ".5", "5.", "9999-12-31T23:59:59-01:00", "0000-01-01",
)  # fmt: skip
"""What fits few fields or none."""


class Writer(BASE):  # type: ignore[misc]
    """Writes what SQL cannot say, too: arithmetic, positions, lists inside of lists."""

    one: Callable[..., str]

    def number(self, depth: int, element: bool) -> str:
        if depth <= 0 or self.random.random() < 0.6:
            return str(super().number(depth, element))
        left, right = self.number(depth - 1, element), self.number(depth - 1, element)
        return self.one(
            lambda: f"({left} {self.pick('+', '-', '*', '/', '%')} {right})",
            lambda: f"(-{left})",
            lambda: f"[1, {left}, 3][{right}]",
            lambda: f"(deal.lines + {self.lines(0)}).size()",
        )

    def amount(self, depth: int, element: bool) -> str:
        if self.random.random() < 0.7:
            return str(super().amount(depth, element))
        left = self.field("decimal", element)
        return self.one(
            lambda: f"({left} {self.pick('+', '-')} {self.field('decimal', element)})",
            lambda: f"({left} * {self.number(0, element)})",
            lambda: f"({self.number(0, element)} {self.pick('+', '-', '*')} {left})",
        )

    def text(self, element: bool) -> str:
        if self.random.random() < 0.8:
            return str(super().text(element))
        return f"({self.field('string', element)} + {self.literal()})"

    def simple(self, element: bool) -> str:
        if self.random.random() < 0.75:
            return str(super().simple(element))
        day, whole = self.field("date", element), self.field("int", element)
        return self.one(
            lambda: f"({day} {self.pick('+', '-')} {self.pick('30', whole)}) {self.order()} today",
            lambda: f"0.5 {self.order()} {self.pick('0.25', '1.0 / 3.0', '-0.5')}",
            lambda: f"deal.lines[{self.pick('0', '2', whole)}].state == 'active'",
            lambda: f"settings.words == ['a', {self.text(element)}, '']",
            lambda: f"deal.lines.map(k, k.note) {self.pick('==', '!=')} ['a']",
            lambda: f"{self.field('decimal', element)} in [{whole}, {self.amount(0, element)}]",
            lambda: f"deal.lines.exists(k, k.amount {self.order()} {self.field('decimal', element)})",
            lambda: f"deal.lines.map(k, k.revision).{self.pick('exists', 'all', 'exists_one')}(n, n > {whole})",
            lambda: f"{whole} in []",
        )


# ---- records ----


class Records:
    """Draws facts in the shape of a model: as JSON has them, with holes, and now and then with something odd."""

    def __init__(self, model: Model, random: Random) -> None:
        self.model = model
        self.random = random

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def facts(self) -> dict[str, Any]:
        """One record, perhaps with a request."""
        holes = self.random.choice((0.0, 0.1, 0.5))
        oddities = self.random.choice((0.0,) * 12 + (0.03,))
        found: dict[str, Any] = {self.model.root: self.record(self.model.root, holes, oddities)}
        if self.chance(0.2):
            found[self.model.request] = self.request()
        if oddities and self.chance(0.2):
            found["other"] = 1
        return found

    def request(self) -> dict[str, Any]:
        """What a closing says."""
        return self.record(self.model.request, self.random.choice((0.0, 0.3, 0.8)), 0.0)

    def record(self, name: str, holes: float, oddities: float) -> dict[str, Any]:
        found = {}
        for field in self.model.records[name].fields.values():
            if self.chance(oddities):
                found[field.name] = self.random.choice(ODD)
            elif not self.chance(holes):
                found[field.name] = self.value(field, holes, oddities)
            elif self.chance(0.5):
                found[field.name] = NOT_LOADED if field.required or self.chance(0.3) else None
        return found

    def value(self, field: Field, holes: float, oddities: float) -> Any:
        pick = self.random.choice
        if field.type == "enumeration":
            return pick(list(self.model.enumerations[field.of].values))
        if field.type == "list":
            return self.items(field, holes, oddities)
        kinds: dict[str, Callable[[], Any]] = {
            "int": lambda: pick(SQL.NUMBERS),
            "decimal": lambda: pick((*AMOUNTS, 7, -12)),
            "currency": lambda: pick(("EUR", "SEK", "JPY", "BHD", "XTS")),
            "bool": lambda: self.chance(0.5),
            "date": lambda: pick(SQL.DAYS).isoformat(),
            "timestamp": lambda: pick((*(each.isoformat() for each in SQL.DAYS), *STAMPS)),
        }
        return kinds.get(field.type, lambda: pick((*SQL.WORDS, "\u202eevil\x1b[m", "שלום")))()

    def items(self, field: Field, holes: float, oddities: float) -> Any:
        count = self.random.choice((0, 0, 1, 1, 2, 3, 5))
        items = [self.record(field.of, holes, oddities) for _ in range(count)]
        for number, each in enumerate(items):
            if "id" in each and isinstance(each["id"], str) and not self.chance(oddities):
                each["id"] = f"{each['id']}{number}"
        return PartialList(items) if self.chance(0.15) else items


# ---- vectors ----


def encoded(value: Any) -> Any:
    """A value as JSON can hold it."""
    if value is NOT_LOADED:
        return {"$": "not-loaded"}
    if isinstance(value, Mapping):
        return {name: encoded(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        items = [encoded(each) for each in value]
        return {"$": "partial", "items": items} if isinstance(value, PartialList) else items
    if isinstance(value, int) and not -(2**53) < value < 2**53:
        return {"$": "int", "value": str(value)}
    return value


def told(value: Any, kind: str = "") -> Any:
    """A value of a decision as the module has it."""
    if isinstance(value, RecordValue):
        return {name: told(each) for name, each in value.values.items()}
    if isinstance(value, Money):
        return {"amount": told(value.amount, "decimal"), "currency": value.currency}
    if isinstance(value, tuple):
        return [told(each, kind) for each in value]
    if isinstance(value, Decimal) or (kind == "decimal" and value is not None):
        text = f"{value:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text) if value else "0"
    return value.isoformat() if isinstance(value, date) else encoded(value)


def params(decision: Decision) -> Iterator[dict[str, Any]]:
    """The violations of a decision as the module has them."""
    for each in decision.violations:
        kinds = {kind.name: kind.of if kind.kind == "list" else kind.kind for kind in each.info.params}
        yield {
            "rule": each.rule,
            "params": {name: told(value, kinds[name]) for name, value in each.params.items()},
            "partial": each.partial,
            "pointers": list(each.pointers),
        }


def expected(rules: Rules, texts: Localizer, vector: Mapping[str, Any]) -> dict[str, Any]:
    """What the engine says of a vector."""
    problems = Conversion(rules.model)
    problems.facts(vector["facts"])
    if vector["request"] is not None:
        problems.record(rules.model.records[rules.model.request], vector["request"], f"/{rules.model.request}")
    if problems.problems:
        codes = [
            {"code": each.code.removesuffix("-near"), "pointer": each.pointer}
            for each in sorted(problems.problems, key=lambda each: each.pointer + each.code)
        ]
        return {"problems": codes}
    today, request = vector["today"], vector["request"]
    # The careful way has the meaning of the language in full; the fast one may settle what it leaves open.
    careful = Careful(rules)
    record, asked = careful.checked(vector["facts"], vector["facts"], request)
    decision = careful.decide(record, asked, today=today, deployment=vector["deployment"])
    found = {
        "verdict": decision.verdict,
        "allowed": bool(decision),
        "asked": decision.asked,
        "violations": list(params(decision)),
        "unknown": [{"rule": each.rule, "error": each.error, "needs": list(each.needs)} for each in decision.unknown],
        "needs": [{"pointer": each.pointer, "rules": list(each.rules)} for each in decision.needs],
        "pending": list(decision.pending),
        "messages": [texts.message(each) for each in decision.violations],
        "defaults": None,
    }
    if request is not None:
        added = rules.complete(vector["facts"], request, today=today)[1]
        found["defaults"] = {name: told(value) for name, value in added.items()}
    return found


def write(folder: Path, name: str, rules: Rules, ruleset: Ruleset, settings: Any, random: Random, count: int) -> None:
    """The modules of a ruleset, and what the engine says of some records, under one name."""
    (folder / f"{name}.mjs").write_text(rules_module(rules, ruleset, settings), "utf-8")
    (folder / f"{name}.en.mjs").write_text(texts_module(rules, "en"), "utf-8")
    drawn, texts = Records(rules.model, random), Localizer("en")
    with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
        for _ in range(count):
            vector: dict[str, Any] = {
                "facts": drawn.facts(),
                "request": drawn.request() if drawn.chance(0.6) else None,
                "today": random.choice(DAYS),
                "deployment": random.choice((None, *rules.model.deployments)),
            }
            answer = expected(rules, texts, vector)
            line = {**encoded(vector), "today": vector["today"].isoformat(), "expected": answer}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def run(node: str, folder: Path) -> None:
    """Let node compare; what differs is told."""
    environment = {**os.environ, "OPPI18N_VECTORS": str(folder)}
    command = [node, "--test", str(HERE / "esm" / "agreement.test.mjs")]
    found = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert found.returncode == 0, "\n".join(
        line
        for line in found.stdout.splitlines()
        if not line.startswith(("ok", "  ---", "  ...", "  duration", "# Sub"))
    )[:6000]
    assert f"# pass {len(list(folder.glob('*.jsonl')))}" in found.stdout


def generated(folder: Path, seed: int, count: int) -> Iterator[str]:
    """Write a generated ruleset and its vectors; the codes of what it is refused for."""
    random = Random(seed)
    ruleset = SQL.built(Writer(random).ruleset())
    settings = {name: setting.value for name, setting in ruleset.settings.items()}
    rules = Rules(program_of(ruleset, SQL.MODEL, settings, "generated"))
    try:
        write(folder, f"r{seed}", rules, ruleset, settings, random, count)
    except AuthoringError as error:
        yield from {each.code for each in error.diagnostics}


@pytest.fixture
def node(require: Callable[[str, object], None]) -> str:
    require("node", shutil.which("node"))
    return "node"


@pytest.mark.soak
def test_generated_rules_agree(node, soak, tmp_path):
    """Whatever the rules say and whatever the records look like; few generated rulesets are refused."""
    wanted, each = (220, 100) if soak else (20, 70)
    refused = [code for seed in range(wanted) for code in generated(tmp_path, seed, each)]

    run(node, tmp_path)
    assert set(refused) <= {"esm-inexact"}
    assert len(refused) <= wanted / 10


@pytest.mark.soak
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("close-opportunity", {}),
        ("close-opportunity", {"drafts_block": True, "max_description": 3}),
        ("close-quotes", {}),
    ],
    ids=["shipped", "drafts block", "quotes"],
)
def test_shipped_rules_agree(node, soak, tmp_path, name, settings):
    """Record or closing, any deployment, whole and broken records."""
    asked = question(name, today=TODAY, settings=settings)

    write(tmp_path, name, asked.rules, asked.ruleset, asked.settings, Random(name), 2000 if soak else 200)

    run(node, tmp_path)
