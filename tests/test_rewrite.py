"""A closing that is written back changes the lines it is about, and reads as what was decided."""

from __future__ import annotations

import difflib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n import Facts, InputError, Rules, load_rules
from oppi18n.closing import Closing, close, reopen
from oppi18n.readers import read, read_content
from oppi18n.readers.rewrite import own_shape, rewritten

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
TODAY = date(2026, 3, 31)
RULES = load_rules("close-opportunity")
FORMATTED = "@OData.Community.Display.V1.FormattedValue"
GUID = "5f0c7a52-8e1d-4b0e-9a3b-2f6d41c0a7"

pytestmark = pytest.mark.usefixtures("checkout")


def closed(facts: Facts, outcome: str = "won", rules: Rules = RULES) -> Closing:
    closing = close(rules, facts, {"outcome": outcome, "revenue": "1000.50"}, today=TODAY, close_quotes=True)
    assert closing
    return closing


def written(content: bytes, facts: Facts, closing: Closing, path: str = "x.json", rules: Rules = RULES) -> bytes:
    changes = [(change.pointer, change.values) for change in closing.changes]
    return rewritten(content, facts, changes, path=path, model=rules.model)


def only(content: bytes, path: str = "x.json") -> Facts:
    return read_content(content, model=RULES.model, source=path).only()


def changed_lines(before: bytes, after: bytes) -> list[str]:
    lines = list(difflib.unified_diff(before.decode().splitlines(), after.decode().splitlines(), n=0))[2:]
    return [f"{each[0]} {each[1:].strip()}" for each in lines if each[0] in "+-"]


def test_export_stays_the_export_it_was():
    """Codes stay codes; formatted values of what changed, and the etags of changed records, are gone."""
    content = (EXAMPLES / "blocked.json").read_bytes()
    facts = only(content)

    after = written(content, facts, closed(facts))

    assert changed_lines(content, after)[:18] == [
        '- "@odata.etag": "W/\\"4820117\\"",',
        f'- "statecode{FORMATTED}": "Öppen",',
        '- "statecode": 0,',
        f'- "statuscode{FORMATTED}": "Pågår",',
        '- "statuscode": 1,',
        '+ "statecode": 1,',
        '+ "statuscode": 3,',
        '- "actualvalue": null,',
        '- "actualclosedate": null,',
        '+ "actualvalue": 1000.50,',
        '+ "actualclosedate": "2026-03-31",',
        '- "@odata.etag": "W/\\"482010127\\"",',
        f'- "statecode{FORMATTED}": "Aktiv",',
        '- "statecode": 1,',
        f'- "statuscode{FORMATTED}": "Pågår",',
        '- "statuscode": 2,',
        '+ "statecode": 3,',
        '+ "statuscode": 5,',
    ]
    assert "482010078" in after.decode(), "the etag of a quote that did not change"
    assert after.endswith(content[-400:])


def test_reopening_is_written_too():
    """Cleared fields become null."""
    content = (EXAMPLES / "blocked.json").read_bytes()
    facts = only(content)
    closing = written(content, facts, closed(facts))

    again = written(closing, only(closing), reopen(RULES, only(closing)))

    entity = json.loads(again)["value"][0]
    names = ("statecode", "statuscode", "actualvalue", "actualclosedate")
    assert [entity[name] for name in names] == [0, 1, None, None]


OWN = {
    "opportunity": {
        "id": "o1",
        "state": "open",
        "currency": "USD",
        "quotes": [{"id": "q1", "state": "active", "total_amount": "12.50"}],
    }
}
ENTITY = {
    "opportunityid": "o1",
    "statecode": 0,
    "transactioncurrencyid": {"isocurrencycode": "USD"},
    "createdon": None,
    "opportunity_quotes": [{"quoteid": "q1", "statecode": 1, "msdyn_ordertype": None}],
}


@pytest.mark.parametrize("record", [OWN, ENTITY, {"value": [ENTITY]}], ids=["own", "entity", "list"])
@pytest.mark.parametrize(
    "style",
    [
        lambda text: text,
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "").replace("  ", "\t"),
        lambda text: f"\n\n{text}\n\n",
    ],
    ids=["plain", "mark", "windows", "one line", "padded"],
)
def test_style_of_the_file_is_kept(record, style):
    """Byte order mark, line ends, indentation and what stands around it."""
    content = style(json.dumps(record, indent=2)).encode()
    facts = only(content)
    closing = closed(facts, "lost")

    after = written(content, facts, closing)

    assert only(after).record["opportunity"] == closing.record["opportunity"]
    assert after[:3] == content[:3]
    assert after.count(b"\r\n") == after.count(b"\n") or b"\r" not in content
    assert after.rstrip()[-1:] == content.rstrip()[-1:]


def test_own_shape_stays_itself():
    """Names stay names, amounts are texts, new members come in the style of the old ones."""
    content = json.dumps(OWN, indent=1).encode()
    facts = only(content)

    after = written(content, facts, closed(facts))

    quote = {"id": "q1", "state": "closed", "total_amount": "12.50", "status_reason": "canceled"}
    assert json.loads(after)["opportunity"] == {
        "id": "o1",
        "state": "won",
        "currency": "USD",
        "quotes": [quote],
        "status_reason": "won",
        "actual_revenue": "1000.50",
        "actual_close_date": "2026-03-31",
    }
    assert '\n    "total_amount": "12.50",\n    "status_reason": "canceled"\n   }' in after.decode()


@pytest.mark.parametrize("number", [0, 1, 3])
def test_one_line_of_json_lines_changes(number):
    """The other opportunities keep every byte."""
    content = (EXAMPLES / "pipeline.jsonl").read_bytes()
    records = [json.loads(line) for line in content.splitlines()]
    records[3]["opportunity"] |= {"state": "open", "status_reason": "in_progress", "created_on": "2026-01-01"}
    content = "\n".join(map(json.dumps, records)).encode()
    facts = read_content(content, model=RULES.model, source="a:1.jsonl").facts[number]

    after = written(content, facts, closed(facts, "lost"), "a:1.jsonl")

    pairs = zip(content.split(b"\n"), after.split(b"\n"), strict=True)
    assert [index for index, (one, other) in enumerate(pairs) if one != other] == [number]


def test_one_item_of_a_list_changes():
    """In a JSON list, the place of the opportunity is found."""
    content = json.dumps([OWN, {"opportunity": {**OWN["opportunity"], "id": "o2"}}]).encode()
    facts = read_content(content, model=RULES.model).facts[1]

    after = json.loads(written(content, facts, closed(facts), "-"))

    assert [each["opportunity"]["state"] for each in after] == ["open", "won"]


@pytest.mark.parametrize("name", ["facts.yaml", "opportunities.csv"])
def test_only_json_is_written_back(name):
    """The comments of YAML and the cells of a table would not survive."""
    path = EXAMPLES / name
    companions = [EXAMPLES / "quotes.csv"] if name.endswith(".csv") else []
    facts = read(path, model=RULES.model, companions=companions).facts[0]

    with pytest.raises(InputError) as caught:
        rewritten(path.read_bytes(), facts, [], path=str(path), model=RULES.model)
    assert caught.value.code == "not-json-records"


def test_yaml_becomes_json_of_our_own_shape():
    """What it says is what the YAML said, with the close request that stood there."""
    path = EXAMPLES / "facts.yaml"
    facts = read(path, model=RULES.model).only()

    found = own_shape(facts, facts.record, RULES.model)

    again = only(json.dumps(found).encode())
    assert again.record == facts.record
    assert found["close"]["revenue"] == "86500.00"


def test_our_shape_has_no_room_for_what_was_not_loaded():
    """An absent column is unknown, and an absent member would be empty: that would be a lie."""
    facts = only(json.dumps(ENTITY).encode())

    with pytest.raises(InputError) as caught:
        own_shape(facts, facts.record, RULES.model)
    assert caught.value.code == "no-own-shape"


def test_reason_without_a_code_cannot_be_written(tmp_path):
    """An export has codes only."""
    (tmp_path / "rules" / "model").mkdir(parents=True)
    (tmp_path / "rules" / "model" / "more.yaml").write_text(
        'overlay: opportunity\nenumerations: {quote_status_reason: {values: {gone: {label: "Gone", state: closed}}}}\n'
    )
    rules = load_rules(packs=[f"{tmp_path}/"], settings={"other_quote_reason": "gone"})
    content = json.dumps(ENTITY).encode()
    facts = read_content(content, model=rules.model).only()

    with pytest.raises(InputError, match="'gone' has no code in the model, so statuscode cannot be written"):
        written(content, facts, closed(facts, rules=rules), rules=rules)


# ---- round trip ----

CODES = {
    name: {value.dataverse: value for value in each.values.values()} for name, each in RULES.model.enumerations.items()
}


@st.composite
def entities(draw: st.DrawFn) -> dict[str, Any]:
    """An export that can be closed, with annotations, in any order of members."""
    quotes = []
    for number in range(draw(st.integers(0, 4))):
        reason = draw(st.sampled_from(list(CODES["quote_status_reason"].values())))
        state = RULES.model.enumerations["quote_state"].values[reason.state].dataverse
        quote = {
            "quoteid": f"{GUID}{number:02}",
            "statecode": state,
            f"statecode{FORMATTED}": "활성",
            "statuscode": reason.dataverse,
            "msdyn_ordertype": draw(st.sampled_from([192350000, 192350001, None])),
            "@odata.etag": f'W/"{number}"',
            "totalamount": draw(st.sampled_from([None, 1, 12.5])),
        }
        quotes.append(dict(draw(st.permutations(list(quote.items())))))
    entity = {
        "opportunityid": f"{GUID}99",
        "statecode": 0,
        "statuscode": 1,
        f"statuscode{FORMATTED}": "In Progress",
        "actualvalue": None,
        "createdon": None,
        "transactioncurrencyid": {"isocurrencycode": "USD"},
        "opportunity_quotes": quotes,
        "@odata.etag": 'W/"x"',
        "other": {"statecode": 7},
    }
    for name in draw(st.sets(st.sampled_from(["statuscode", "actualvalue", "@odata.etag", "other"]))):
        del entity[name]
    return dict(draw(st.permutations(list(entity.items()))))


@settings(max_examples=80)
@given(entities(), st.sampled_from([None, 1, "\t"]), st.booleans(), st.sampled_from(["won", "lost"]))
def test_what_is_written_is_what_was_decided(entity, indent, as_list, outcome):
    """Read again, the file has the closed records, nothing else was changed, and a second closing finds it closed."""
    content = json.dumps({"value": [entity]} if as_list else entity, indent=indent, ensure_ascii=False).encode()
    facts = only(content)
    closing = closed(facts, outcome)

    after = written(content, facts, closing)

    again = only(after)
    assert again.record["opportunity"] == closing.record["opportunity"]
    assert not close(RULES, again, {"outcome": outcome}, today=TODAY)
    found = json.loads(after, parse_float=Decimal)
    found = found["value"][0] if as_list else found
    assert ("other" in found) == ("other" in entity)
    assert {name for name in found if name.endswith(FORMATTED)} == set()
    for before, row in zip(entity["opportunity_quotes"], found["opportunity_quotes"], strict=True):
        kept = {"quoteid", "msdyn_ordertype", "totalamount"}
        touched = before["statecode"] in (0, 1)
        assert {name: row[name] for name in kept} == {name: before[name] for name in kept}
        assert ("@odata.etag" in row) is not touched
        assert row == before or touched
