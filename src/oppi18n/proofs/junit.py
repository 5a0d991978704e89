"""Results of cases as JUnit XML, which build servers show: one suite per ruleset, one test per case."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from oppi18n.i18n.visible import visible
from oppi18n.proofs.differences import ENGLISH, Captions
from oppi18n.proofs.runner import Result

DECISION: Final = "decision"
"""What a case belongs to that is about no single rule."""

_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(
    results: Mapping[str, Sequence[Result]],
    captions: Captions = ENGLISH,
    properties: Mapping[str, Mapping[str, str]] | None = None,
) -> str:
    """The results of some rulesets, by id; `properties` are told of each suite, under its id.

    There are no times in it: the same rules and cases give the same text, byte for byte.

    >>> print(junit({}))
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="oppi18n" tests="0" failures="0" errors="0" />
    """
    every = [each for found in results.values() for each in found]
    top = Element("testsuites", {"name": "oppi18n", **_counts(every)})
    for ruleset, found in results.items():
        suite = SubElement(top, "testsuite", {"name": clean(ruleset), **_counts(found)})
        told = (properties or {}).get(ruleset, {})
        if told:
            inside = SubElement(suite, "properties")
            for name, value in told.items():
                SubElement(inside, "property", name=clean(name), value=clean(value))
        for result in found:
            _add(suite, ruleset, result, captions)
    indent(top)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(top, encoding="unicode")}'


def _counts(results: Sequence[Result]) -> dict[str, str]:
    failed = sum(not result.passed for result in results)
    return {"tests": str(len(results)), "failures": str(failed), "errors": "0"}


def _add(suite: Element, ruleset: str, result: Result, captions: Captions) -> None:
    case = result.case
    test = SubElement(
        suite,
        "testcase",
        classname=clean(f"{ruleset}.{case.rule or DECISION}"),
        name=clean(visible(case.name)),
        file=clean(case.span.path),
        line=str(case.span.line),
    )
    if not result.passed:
        told = ", ".join(dict.fromkeys(each.what for each in result.differences))
        SubElement(test, "failure", message=clean(told), type="difference").text = clean(result.diff(captions))


def clean(text: str) -> str:
    """The text without what no XML document may hold, not even escaped.

    >>> clean("a\\x00b\\ufffe")
    'a\\ufffdb\\ufffd'
    """
    return _NOT_IN_XML.sub("\ufffd", text)
