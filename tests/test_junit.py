"""Results as JUnit XML: valid whatever stands in a case, the same every time, with file and line."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oppi18n.i18n.visible import visible
from oppi18n.proofs.differences import Captions, Difference
from oppi18n.proofs.junit import clean, junit
from oppi18n.proofs.runner import Result, results
from oppi18n.proofs.suites import suites


@pytest.fixture(scope="module")
def passed() -> Result:
    (suite,) = suites(["close-quotes"])
    return next(results(suite))


def failing(passed: Result, expected: str, found: str) -> Result:
    return passed._replace(differences=(Difference("message.ko", expected, found, passed.case.span),))


def test_case_is_a_test_with_its_file_and_line(passed):
    """A build server leads from the test to the case."""
    tree = fromstring(junit({"close-quotes": [passed]}))

    (suite,) = tree
    (test,) = suite
    assert (tree.tag, suite.tag, test.tag) == ("testsuites", "testsuite", "testcase")
    assert suite.attrib == {"name": "close-quotes", "tests": "1", "failures": "0", "errors": "0"}
    assert test.attrib == {
        "classname": "close-quotes.decision",
        "name": passed.case.name,
        "file": passed.case.span.path,
        "line": str(passed.case.span.line),
    }
    assert list(test) == []


def test_failure_tells_the_difference_in_the_reader_s_words(passed):
    """The text of the failure is the diff that a terminal shows."""
    tree = fromstring(junit({"r": [failing(passed, "a < b", "a & b"), passed]}, Captions("기대", "실제")))

    (failure,) = tree.iter("failure")
    assert (tree.get("tests"), tree.get("failures")) == ("2", "1")
    assert (failure.get("message"), failure.get("type")) == ("message.ko", "difference")
    assert (failure.text or "").splitlines()[1:] == ["  기대  a < b", "  실제  a & b", "          ^"]


def test_properties_stand_before_the_tests(passed):
    """Their order is fixed by those who read such files."""
    suite = fromstring(junit({"r": [passed]}, properties={"r": {"coverage": "97.5"}}))[0]

    assert [each.tag for each in suite] == ["properties", "testcase"]
    assert suite[0][0].attrib == {"name": "coverage", "value": "97.5"}


@given(text=st.text(max_size=60), other=st.text(max_size=60))
@settings(max_examples=60)
def test_any_text_is_valid_xml(passed, text, other):
    """Control characters, half characters and marks of XML do no harm; what XML can hold comes back."""
    case = replace(passed.case, name=text)
    result = failing(passed, text, other)._replace(case=case)

    document = junit({"r": [result]}).encode("utf-8")

    (test,) = fromstring(document).iter("testcase")
    assert test.get("name") == clean(visible(text))
    assert len(list(test)) == 1


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "\x1b[31m", "\ufffe", "]]>", "<!--", "\u202e", "\r\n", "\U0010ffff"])
def test_odd_characters_do_not_break_the_document(passed, odd):
    """Whatever no XML may hold is replaced, in names as in texts."""
    result = failing(passed, f"a{odd}", "a")._replace(case=replace(passed.case, name=f"a{odd}b"))

    tree = fromstring(junit({f"r{odd}": [result]}).encode("utf-8"))

    assert (tree[0].get("name") or "")[:1] == "r"
    assert [each.tag for each in tree.iter()] == ["testsuites", "testsuite", "testcase", "failure"]


def test_same_results_give_the_same_bytes(passed):
    """Nothing in it is measured, so a change is a change."""
    assert junit({"r": [passed]}) == junit({"r": [passed]})
    assert ' time="' not in junit({"r": [passed]})
