"""Changing members of a JSON text changes these members, and not one byte of anything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n.readers.json_edit import Edit, edited, written

NAMES = st.sampled_from(["a", "b", "c", "statecode", "x@odata.etag", "", "é", 'quo"te', "sla/sh", "til~de", "tab\t"])
SCALARS = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
TREES = st.dictionaries(NAMES, VALUES, max_size=4) | st.lists(st.dictionaries(NAMES, VALUES, max_size=4), max_size=3)
SPACES = st.sampled_from(["", "", " ", "\n", "\r\n", "\t", "  \n\t "])


def places(value: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a JSON value, with its pointer."""
    if isinstance(value, dict):
        yield pointer, value
        for name, each in value.items():
            yield from places(each, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(each, f"{pointer}/{index}")


@st.composite
def texts(draw: st.DrawFn, value: Any) -> str:
    """A JSON text of a value, as untidy as JSON may be."""

    def space() -> str:
        return draw(SPACES)

    if isinstance(value, dict):
        members = [f"{space()}{json.dumps(n)}{space()}:{space()}{draw(texts(v))}{space()}" for n, v in value.items()]
        return "{" + (",".join(members) if members else space()) + "}"
    if isinstance(value, list):
        items = [f"{space()}{draw(texts(each))}{space()}" for each in value]
        return "[" + (",".join(items) if items else space()) + "]"
    return json.dumps(value, ensure_ascii=draw(st.booleans()))


@st.composite
def edits(draw: st.DrawFn, tree: Any) -> list[Edit]:
    """Edits of objects that are there; none of what another one takes away or replaces."""
    wanted: dict[tuple[str, str], Edit] = {}
    for pointer, record in draw(st.lists(st.sampled_from(list(places(tree)) or [("", {})]), max_size=4)):
        name = draw(st.sampled_from([*record]) | NAMES) if record else draw(NAMES)
        if isinstance(record.get(name), (dict, list)):
            continue
        wanted[pointer, name] = Edit(pointer, name, draw(SCALARS), draw(st.booleans()))
    return list(wanted.values()) if list(places(tree)) else []


@st.composite
def cases(draw: st.DrawFn) -> tuple[Any, str, list[Edit]]:
    """A value, a text of it, edits."""
    tree = draw(TREES)
    return tree, draw(SPACES) + draw(texts(tree)) + draw(SPACES), draw(edits(tree))


def by_hand(tree: Any, wanted: list[Edit]) -> Any:
    """The value with the edits made."""
    after = deepcopy(tree)
    known = dict(places(after))
    for edit in wanted:
        if edit.remove:
            known[edit.pointer].pop(edit.member, None)
        else:
            known[edit.pointer][edit.member] = edit.value
    return after


@settings(max_examples=150)
@given(cases())
def test_edited_text_has_the_edited_value(case):
    """Values, and the order of the members, are as if the value had been changed."""
    tree, text, wanted = case

    after = json.loads(edited(text, wanted))

    assert json.dumps(after) == json.dumps(by_hand(tree, wanted))


@given(cases())
def test_nothing_to_change_changes_nothing(case):
    """Without edits, or with the values that are there, the value stays, and without edits every byte."""
    tree, text, _ = case
    same = [Edit(p, n, v) for p, each in places(tree) for n, v in each.items() if not isinstance(v, (dict, list))]

    assert edited(text, []) == text
    assert json.loads(edited(text, same)) == tree


@given(cases())
def test_editing_twice_is_editing_once(case):
    """The second time there is nothing left to do."""
    _, text, wanted = case
    once = edited(text, wanted)

    assert edited(once, wanted) == once


@given(cases(), st.text("abcdefgh", min_size=3, max_size=5))
def test_untouched_objects_keep_their_bytes(case, name):
    """An object beside the changed one is not looked at, however untidy it is."""
    _, text, wanted = case
    untouched = '{ "x" :1.50e+2 ,\r\n\t"y":"\\u00e9\\/" , "z" : [ ] }'
    inside = [Edit(f"/first{each.pointer}", *each[1:]) for each in wanted]
    whole = f'{{"first":{text}, "{name}" :  {untouched}\n}}'

    after = edited(whole, inside)

    assert after == f'{{"first":{edited(text, wanted)}, "{name}" :  {untouched}\n}}'


@pytest.mark.parametrize(
    ("text", "wanted", "after"),
    [
        ('{"a": 1}', [Edit("", "a", 2)], '{"a": 2}'),
        ('{"a":1,"b":2}', [Edit("", "a", remove=True)], '{"b":2}'),
        ('{"a":1,"b":2}', [Edit("", "b", remove=True)], '{"a":1}'),
        ('{"a":1, "b":2,\n"c":3}', [Edit("", "b", remove=True)], '{"a":1,\n"c":3}'),
        ('{ "a": 1 }', [Edit("", "a", remove=True)], "{}"),
        ("{}", [Edit("", "a", "x")], '{"a": "x"}'),
        ("{ }", [Edit("", "a", "x"), Edit("", "b", 1)], '{"a": "x", "b": 1}'),
        ('{\n  "a": 1,\n  "b": 2\n}', [Edit("", "c", None)], '{\n  "a": 1,\n  "b": 2,\n  "c": null\n}'),
        ('{"a":1,"b":2}', [Edit("", "c", 3)], '{"a":1,"b":2,"c":3}'),
        ('{"a":1}', [Edit("", "a", remove=True), Edit("", "b", 2)], '{"b":2}'),
        ('{"a":1}', [Edit("", "gone", remove=True)], '{"a":1}'),
        ('[{"a":1},{"a":1}]', [Edit("/1", "a", 2)], '[{"a":1},{"a":2}]'),
        ('\ufeff{"a":1}', [Edit("", "a", 2)], '\ufeff{"a":2}'),
        ('{"a":{"b/c":{"d~e":1}}}', [Edit("/a/b~1c", "d~e", 2)], '{"a":{"b/c":{"d~e":2}}}'),
        ('{"\\u0061":1}', [Edit("", "a", 2)], '{"\\u0061":2}'),
        ('{"a":1}', [Edit("", "a", Decimal("240000.5000"))], '{"a":240000.5000}'),
        ('{"a":1}\n', [Edit("", "a", "견적")], '{"a":"견적"}\n'),
    ],
)
def test_text_keeps_its_style(text, wanted, after):
    """New members look like the ones beside them; what is removed leaves no hole."""
    assert edited(text, wanted) == after


@pytest.mark.parametrize(
    "pointer", ["/nowhere", "/a", "/list", "/list/1", "/list/2", "/list/x", "/list/0/deeper"], ids=lambda each: each[1:]
)
def test_pointer_to_nothing_is_an_error(pointer):
    """Nothing is made up on the way to a member."""
    with pytest.raises(KeyError):
        edited('{"a": 1, "list": [{"b": 1}, 2]}', [Edit(pointer, "member", 1)])


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**14), max_value=10**14) | SCALARS)
def test_written_is_what_is_read(value):
    """A value comes back as it was, every digit of it."""
    assert json.loads(written(value), parse_float=Decimal) == value


def test_many_edits_are_made_in_one_walk():
    """Ten thousand objects are changed about as fast as they are read."""
    rows = [{"state": 1, "state@formatted": "Active", "n": number} for number in range(10_000)]
    wanted = [Edit(f"/value/{n}", "state", 3) for n in range(10_000)]
    wanted += [Edit(f"/value/{n}", "state@formatted", remove=True) for n in range(10_000)]

    after = json.loads(edited(json.dumps({"value": rows}, indent=1), wanted))

    assert after["value"] == [{"state": 3, "n": number} for number in range(10_000)]
