"""Findings as JUnit XML, which build servers show: one suite per file, one test per finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from oppi18n.diagnostics import Span
from oppi18n.i18n.visible import visible
from oppi18n.proofs.junit import clean


class Result(NamedTuple):
    """A finding as it is told."""

    check: str
    severity: str
    span: Span
    message: str


def junit(results: Sequence[Result], paths: Iterable[str]) -> str:
    """The findings in some files; a file without any has one test, which passes.

    What is merely good to know fails nothing; it is told as a test that was skipped.

    >>> print(junit([], ["sv.po"]))
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="oppi18n" tests="1" failures="0" errors="0" skipped="0">
      <testsuite name="sv.po" tests="1" failures="0" errors="0" skipped="0">
        <testcase classname="sv.po" name="lint" file="sv.po" />
      </testsuite>
    </testsuites>
    """
    files = dict.fromkeys((*paths, *(each.span.path for each in results)))
    suites = {path: [each for each in results if each.span.path == path] for path in sorted(files)}
    top = Element("testsuites", {"name": "oppi18n", **_counts(list(suites.values()))})
    for path, found in suites.items():
        suite = SubElement(top, "testsuite", {"name": clean(path), **_counts([found])})
        if not found:
            SubElement(suite, "testcase", classname=clean(path), name="lint", file=clean(path))
        for each in found:
            _add(suite, each)
    indent(top)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(top, encoding="unicode")}'


def _counts(suites: Sequence[Sequence[Result]]) -> dict[str, str]:
    mild = sum(each.severity == "info" for found in suites for each in found)
    failed = sum(len(found) for found in suites) - mild
    tests = sum(max(len(found), 1) for found in suites)
    return {"tests": str(tests), "failures": str(failed), "errors": "0", "skipped": str(mild)}


def _add(suite: Element, result: Result) -> None:
    path = clean(result.span.path)
    name = clean(f"{result.check} {result.span.line}:{result.span.column}")
    test = SubElement(suite, "testcase", classname=path, name=name, file=path, line=str(result.span.line))
    message = clean(visible(result.message))
    if result.severity == "info":
        SubElement(test, "skipped", message=message)
    else:
        failure = SubElement(test, "failure", message=message, type=clean(f"{result.severity}.{result.check}"))
        failure.text = clean(f"{result.span}: {result.severity}[{result.check}] {visible(result.message)}")
