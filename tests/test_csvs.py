"""Two tables make opportunities with quotes; an absent column is not loaded, an empty cell is empty."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppi18n.diagnostics import Diagnostics
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.model.loader import read_model
from oppi18n.model.schema import Model
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.readers import Reading, read, read_content
from oppi18n.source import Source

ROOT = Path(__file__).resolve().parents[1]


def load_model() -> Model:
    path = ROOT / "rules" / "model" / "opportunity.yaml"
    plain = read_model(Source(str(path), path.read_text(encoding="utf-8")), Diagnostics())
    assert plain
    return Model(plain)


MODEL = load_model()


@pytest.fixture
def tables(tmp_path):
    """Reads two texts as the two files."""

    def read_both(opportunities: str, quotes: str | None = None) -> Reading:
        paths = [tmp_path / "o.csv", tmp_path / "q.csv"]
        for path, text in zip(paths, (opportunities, quotes or ""), strict=True):
            path.write_bytes(text.encode())
        return read(paths[0], model=MODEL, companions=[] if quotes is None else [paths[1]])

    return read_both


def test_header_may_be_of_the_model_or_of_dataverse(tables):
    """The header decides whether a cell is a value or a code."""
    ours = tables("id,state,status_reason\na,open,in_progress\n").only().record
    theirs = tables("opportunityid,statecode,statuscode\na,0,1\n").only().record

    assert ours == theirs


def test_cells_have_the_type_of_their_field(tables):
    """Amounts are exact, dates are dates, and a timestamp says its zone."""
    text = 'id,name,estimated_revenue,estimatedclosedate,createdon\na,"Ä, ""quoted""\nline",1.10,2026-03-31,\n'

    record = tables("\ufeff" + text.replace("\n", "\r\n")).only().record["opportunity"]

    assert record["name"] == 'Ä, "quoted"\r\nline'
    assert (record["estimated_revenue"], record["estimated_close_date"]) == (Decimal("1.10"), date(2026, 3, 31))
    assert (record["created_on"], record["customer"]) == (None, NOT_LOADED)


def test_quotes_join_by_id(tables):
    """Each opportunity gets its own quotes, whatever the case of the id; one without rows has none."""
    found = tables("id,state\na,open\nb,open\n", "id,opportunity,state,revision\nq1,A,active,2\nq2,a,draft,0\n")

    first, second = (facts.record["opportunity"]["quotes"] for facts in found.facts)
    assert [(quote["id"], quote["revision"]) for quote in first] == [("q1", 2), ("q2", 0)]
    assert second == []


def test_quotes_are_not_loaded_without_their_file(tables):
    """No second file does not mean no quotes."""
    assert tables("id,state\na,open\n").only().record["opportunity"]["quotes"] is NOT_LOADED


def test_bare_currency_id_is_not_loaded(tables):
    """Dataverse's column of currencies holds ids."""
    found = tables("id,_transactioncurrencyid_value\na,c3d9e1b4\n").only().record["opportunity"]

    assert found["currency"] is NOT_LOADED


def test_bad_rows_do_not_hide_good_ones(tables):
    """Each row is answered; the lines are those of the file."""
    found = tables('id,state\na,"open"\n\nb,aktiv\nc\nd,won\n')

    assert [facts.id for facts in found.facts] == ["a", "d"]
    told = [(each.code, each.line, each.pointer) for error in found.errors for each in error.problems]
    assert told == [("unknown-value", 4, "/1/state"), ("csv-ragged", 5, "/2")]


def test_line_counts_breaks_inside_cells(tables):
    """A cell of three lines moves what follows."""
    found = tables('id,state,name\na,open,"x\ny\nz"\nb,nil,c\n')

    assert found.errors[0].problems[0].line == 5


def test_bad_quote_spoils_its_opportunity_alone(tables):
    """The problem stands at the quote's row in the second file."""
    found = tables("id,state\na,open\nb,open\n", "id,opportunity,statecode\nq1,a,1\nq2,b,9\n")

    problem = found.errors[0].problems[0]
    assert [facts.id for facts in found.facts] == ["a"]
    assert (problem.code, problem.line) == ("unknown-code", 3)
    assert problem.pointer.endswith("q.csv#/1/statecode")


def test_ragged_quote_leaves_every_list_partial(tables):
    """A row that cannot be told apart might belong to any opportunity."""
    found = tables("id,state\na,open\n", "id,opportunity,state\nq1,a,closed\nq2\n")

    assert isinstance(found.facts[0].record["opportunity"]["quotes"], PartialList)
    assert [error.code for error in found.errors] == ["csv-ragged"]


def test_orphans_are_told_and_leave_the_rest(tables):
    """A quote of nobody is a problem of its own file."""
    found = tables("id,state\na,open\n", "id,opportunity,state\nq1,zzz,active\nq2,a,draft\n")

    assert len(found.facts) == 1
    assert (found.errors[0].code, found.errors[0].source[-5:]) == ("orphan-quote", "q.csv")


def test_shared_quote_id_spoils_both(tables):
    """One quote cannot belong to two opportunities."""
    found = tables("id,state\na,open\nb,open\nc,open\n", "id,opportunity,state\nq,a,draft\nQ,b,draft\n")

    assert [facts.id for facts in found.facts] == ["c"]
    assert [error.code for error in found.errors] == ["duplicate-id", "duplicate-id"]


def test_repeated_opportunity_is_told_twice(tables):
    """Neither of two rows with one id can be trusted."""
    found = tables("id,state\na,open\nA,won\nb,open\n")

    assert [facts.id for facts in found.facts] == ["b"]
    assert [error.problems[0].params["first"] for error in found.errors] == ["/0/id", "/0/id"]


def test_misspelt_column_is_noticed(tables):
    """A column that is nearly right is worth a word; others are let through."""
    found = tables("id,staet,weather\na,open,fine\n")

    assert [(each.code, each.params["near"]) for each in found.notices] == [("unknown-member-near", "state")]


def test_pointers_lead_back_to_the_two_files():
    """A place in the model's shape has its row and column in one of the files."""
    paths = ROOT / "examples" / "opportunities.csv", ROOT / "examples" / "quotes.csv"

    facts = read(paths[0], model=MODEL, companions=paths[1:]).facts[0]

    assert facts.source_pointer("/opportunity/state") == "/0/state"
    assert facts.source_pointer("/opportunity/quotes/1/state") == f"{paths[1]}#/1/statecode"
    assert facts.source_pointer("/opportunity/quotes/7/state") == "/opportunity/quotes/7/state"
    assert facts.source_pointer("/close/date") == "/close/date"


def test_one_companion_is_enough(tmp_path):
    """Three files make no sense."""
    path = tmp_path / "o.csv"
    path.write_text("id\na\n", encoding="utf-8")

    with pytest.raises(InputError, match="1 further file"):
        read(path, model=MODEL, companions=["q.csv", "r.csv"])


@given(st.lists(st.text(st.sampled_from('ab,";\n\rid'), max_size=12), max_size=5))
def test_arbitrary_rows_raise_nothing_foreign(rows):
    """Whatever the rows are, only our own errors come out."""
    content = "id,state,name\n" + "\n".join(rows)

    try:
        errors: tuple[Oppi18nError, ...] = read_content(content.encode(), model=MODEL, source="a.csv").errors
    except Oppi18nError as error:
        errors = (error,)

    assert all(str(error) for error in errors)
