"""The schemas for editors are made from what the readers go by: they let pass what is right and see typical slips."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from oppi18n import packs
from oppi18n.cli import run
from oppi18n.diagnostics import Diagnostics
from oppi18n.layout.declared import Chosen, Entries, Items, Kind, Layout, either, fitting
from oppi18n.proofs.cases import CASE_KEYS
from oppi18n.proofs.expectations import EXPECT_KEYS, PLAN_KEYS
from oppi18n.proofs.formatting import kind_of, shipped_model
from oppi18n.proofs.layout import EXPECT, PLAN, case_file
from oppi18n.proofs.linting import lint
from oppi18n.proofs.schemas import KINDS, schema_of
from oppi18n.source import Mapping, Node, Scalar, Sequence, Source, load

jsonschema = pytest.importorskip("jsonschema")

TESTS = Path(__file__).parent
PUBLISHED = TESTS.parent / "docs" / "schemas"
SHIPPED = Path(packs.shipped().rules)
RIGHT = sorted(
    path
    for top in (SHIPPED, TESTS / "packs", TESTS.parent / "examples")
    for path in top.rglob("*.yaml")
    if "rules" in path.parts and path.name != packs.SETTINGS
)


class Core(yaml.SafeLoader):
    """Reads scalars as editors do, who keep to YAML 1.2: no dates, no `yes`, no octal by a leading zero."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"(?:~|null|Null|NULL|)\Z", "~nN\0"),
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)\Z", "tTfF"),
    ("int", r"(?:[-+]?[0-9]+|0x[0-9a-fA-F]+)\Z", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z", "-+.0123456789"),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), [*first, ""])
Core.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value, 0))


def read(text: str) -> Any:
    return yaml.load(text, Loader=Core)


def kind(path: Path) -> str:
    if path.name.endswith(".cases.yaml"):
        return "cases"
    return "model" if path.parent.name == "model" else "ruleset"


def errors(name: str, value: Any, pack: str | None = None) -> list[str]:
    schema = schema_of(name, packs=[pack] if pack else [])
    return [each.message for each in jsonschema.Draft202012Validator(schema).iter_errors(value)]


def pack_of(path: Path) -> str | None:
    """The pack's folder of a file that is not ours."""
    return None if SHIPPED in path.parents else f"{path.parents[path.parts[::-1].index('rules')]}/"


@pytest.mark.parametrize("name", KINDS)
def test_schema_is_one_of_its_dialect_and_current(name, pytestconfig):
    """The file in the docs is what the layouts make; `pytest --update-golden` rewrites it."""
    schema = schema_of(name)
    text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    path = PUBLISHED / f"{name}.schema.json"
    if pytestconfig.getoption("--update-golden"):
        path.write_bytes(text.encode())

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:oppi18n:schema:{name}:1"
    assert path.read_bytes().decode() == text


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.relative_to(path.parents[2]).as_posix())
def test_right_files_fit(path):
    """Every shipped file, and those of the packs beside it."""
    assert errors(kind(path), read(path.read_text("utf-8")), pack_of(path)) == []


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("close-quotes.yaml", "sevrity: error", "severity: error"),
        ("close-quotes.yaml", "severity: fatal", "severity: error"),
        ("close-quotes.yaml", "id: Opportunity Open", "id: opportunity-open"),
        ("close-quotes.yaml", "assert: 'true'\n    forbid: opp", "assert: opp"),
        ("close-quotes.yaml", "    # assert: opp", "    assert: opp"),
        ("close-quotes.yaml", "dataverse: '0x80040515'", "dataverse: 0x80040515"),
        ("close-quotes.yaml", "default: [[1]]", "default: true"),
        ("close-quotes.yaml", "typ: bool", "type: bool"),
        ("close-quotes.yaml", "ruleset: close_quotes", "ruleset: close-quotes"),
        ("close-quotes.yaml", "  Draft-Quotes: opp", "  draft_quotes: opp"),
        ("close-quotes.yaml", "      many: ", "      other: "),
        ("close-quotes.yaml", "extends: close-quotes", "ruleset: close-quotes"),
        ("close-quotes.yaml", "severity: [error]", "severity: error"),
        ("close-opportunity.yaml", "remedies: close-quotes", "remedies: [close-quotes]"),
        ("close-opportunity.yaml", "cost: cheap", "cost: 1"),
        ("close-opportunity.yaml", "revenue: {value: close.revenue}", "revenue: {value: close.revenue, currency: currency}"),
        ("model/opportunity.yaml", "type: enum,", "type: enumeration,"),
        ("model/opportunity.yaml", "{type: enumeration, required", "{type: enumeration, of: opportunity_state, required"),
        ("model/opportunity.yaml", "required: yes", "required: true"),
        ("model/opportunity.yaml", "max_length: '300'", "max_length: 300"),
        ("model/opportunity.yaml", "Dataverse: 1", "dataverse: 1"),
        ("model/opportunity.yaml", "rot: opp", "root: opp"),
        ("close-quotes.cases.yaml", "shows: fail\n", "shows: fails\n"),
        ("close-quotes.cases.yaml", "verdict: blocks", "verdict: blocked"),
        ("close-quotes.cases.yaml", "state: actve", "state: active"),
        ("close-quotes.cases.yaml", "staet: active", "state: active"),
        ("close-quotes.cases.yaml", "today: 31/03/2026", "today: 2026-03-31"),
        ("close-quotes.cases.yaml", "without: [opportunity/quotes]", "without: [/opportunity/quotes]"),
        ("close-quotes.cases.yaml", "expects:", "expect:"),
        ("close-quotes.cases.yaml", "rulset:", "rule:"),
    ],
)  # fmt: skip
def test_typical_slip_is_seen(name, wrong, right):
    """A mistyped key or word, a wrong type, something left out or said twice."""
    text = (SHIPPED / name).read_text("utf-8")
    assert right in text

    assert errors(kind(SHIPPED / name), read(text.replace(right, wrong, 1))) != []


def test_reason_of_a_pack_is_known_with_the_pack_alone():
    """A case about a status reason that a pack adds fits the schema that was made with it."""
    case = {"name": "x", "close": {"status_reason": "no_budget"}, "expect": {"verdict": "closable"}}
    cases = {"ruleset": "r", "today": "2026-03-31", "cases": [case]}

    assert errors("cases", cases) != []
    assert errors("cases", cases, f"{TESTS / 'packs' / 'contoso'}/") == []


# ---- schemas and readers go by the same keys ----


def mappings(node: Node, declared: Kind | None, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, Layout]]:
    """The mappings of a tree that have a layout, with the way to them."""
    found = fitting(declared, node)
    if isinstance(node, Mapping):
        if isinstance(found, Layout):
            yield path, found
        for key, value in node.pairs:
            below = found.key(key.text) if isinstance(found, Layout) else None
            inner = below.kind if below else found.of if isinstance(found, Entries) else None
            yield from mappings(value, inner, (*path, key.text))
    elif isinstance(node, Sequence):
        for number, item in enumerate(node.items):
            yield from mappings(item, found.of if isinstance(found, Items) else None, (*path, number))


def places() -> dict[str, tuple[Path, Any]]:
    """For each layout, the first mapping in the shipped files that it describes."""
    found: dict[str, tuple[Path, Any]] = {}
    for path in sorted(SHIPPED.rglob("*.yaml")):
        text = path.read_text("utf-8")
        tree = load(Source(str(path), text), Diagnostics())
        relative = f"rules/{path.relative_to(SHIPPED).as_posix()}"
        declared = case_file(shipped_model()) if relative.endswith(".cases.yaml") else kind_of(relative, text)
        assert tree is not None
        for way, layout in mappings(tree, declared):
            found.setdefault(layout.title, (path, way))
    return found


PLACES = places()


def at(value: Any, way: tuple[str | int, ...]) -> Any:
    for part in way:
        value = value[part]
    return value


@pytest.mark.parametrize("title", PLACES, ids=str)
def test_reader_and_schema_refuse_the_same_key(title, tmp_path):
    """A key that no layout knows is refused by both, wherever it stands."""
    path, way = PLACES[title]
    value = read(path.read_text("utf-8"))
    at(value, way)["unheard_of"] = {}
    copy = tmp_path / path.relative_to(SHIPPED)
    copy.parent.mkdir(exist_ok=True)
    copy.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")

    assert errors(kind(path), value) != []
    assert {each.code for each in lint([copy]).diagnostics} & {"unknown-key", "unknown-field"}


@pytest.mark.parametrize("title", [title for title, each in PLACES.items() if kind(each[0]) != "cases"], ids=str)
def test_reader_and_schema_miss_the_same_keys(title, tmp_path):
    """A key that must be there is missed by both."""
    path, way = PLACES[title]
    for name in at(read(path.read_text("utf-8")), way):
        value = read(path.read_text("utf-8"))
        del at(value, way)[name]
        copy = tmp_path / path.relative_to(SHIPPED)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        missed = [each for each in lint([copy]).diagnostics if each.code == "absent-key" and each.params["key"] == name]

        assert not missed or errors(kind(path), value) != [], name


def test_layouts_of_cases_have_the_keys_of_their_reader():
    """What a case may say, and what it may expect."""
    roots = {shipped_model().root, shipped_model().request}
    items = case_file(shipped_model()).keys[-1].kind
    assert isinstance(items, Items)
    assert isinstance(items.of, Layout)

    assert {*items.of.names} == {"name", *CASE_KEYS, *roots}
    assert {*EXPECT.names} == {*EXPECT_KEYS}
    assert {*PLAN.names} == {*PLAN_KEYS}


def test_every_key_is_explained():
    """An editor has something to say about each key."""
    for name in KINDS:
        for title, each in schema_of(name)["$defs"].items():
            told = [key for key, below in each["properties"].items() if not below.get("description")]
            assert told == [], title


@pytest.mark.parametrize("name", KINDS)
def test_command_prints_the_schema(name, capsys):
    """`rules schema` prints JSON that editors can be pointed to."""
    assert run(["rules", "schema", name]) == 0
    assert json.loads(capsys.readouterr().out) == schema_of(name)


def test_command_prints_the_schema_of_rulesets_if_nobody_says_which(capsys):
    """Most files are rulesets."""
    assert run(["rules", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schema_of("ruleset")
    assert run(["rules", "schema", "rulset"]) == 2


def test_kind_of_a_node_is_that_of_its_shape():
    """One of several kinds is found by what a node is; what nobody declared is nothing."""
    layout, entries = Layout("x", ()), Entries(Layout("y", ()))
    chosen = Chosen((("a", layout),), Layout("z", ()))

    def node(text: str) -> Node:
        found = load(Source("x", text), Diagnostics())
        assert found is not None
        return found

    assert fitting(either(entries, Items(layout)), node("[]")) == Items(layout)
    assert fitting(either(Items(layout), entries), node("{}")) == entries
    assert fitting(chosen, node("{a: 1}")) == layout
    assert fitting(chosen, node("{b: 1}")) == chosen.otherwise
    assert fitting(chosen, node("b")) is None
    assert isinstance(node("b"), Scalar)
    assert fitting(None, node("b")) is None
