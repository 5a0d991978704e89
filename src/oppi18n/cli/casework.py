"""What `rules test` prints: which cases came out otherwise, how much they show, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oppi18n.cli import machine
from oppi18n.cli.session import Session, safe, session

if TYPE_CHECKING:
    from oppi18n.proofs.coverage import Coverage, Item
    from oppi18n.proofs.differences import Captions, Difference
    from oppi18n.proofs.runner import Result

Results = Mapping[str, Sequence["Result"]]

_INDENT: Final = 4


def test_rules(asked: Sequence[str], given: Mapping[str, Any]) -> int:
    """Run cases; 4 if one of them failed or too little is covered, 2 if there was none to run."""
    from oppi18n.proofs.coverage import coverage, percent
    from oppi18n.proofs.runner import Programs, results
    from oppi18n.proofs.suites import suites

    current = session()
    found: dict[str, list[Result]] = {}
    covered: dict[str, Coverage] = {}
    for suite in suites(asked, given["packs"]):
        programs = Programs(suite)
        name = _distinct(suite.ruleset.id, found)
        found[name] = list(results(suite, given["wanted"], programs))
        if given["coverage"] or given["least"] is not None:
            covered[name] = coverage(suite, found[name], programs)
    _FORMATS[given["format_"]](found, covered, current)
    return _told(found, percent(covered.values()), given["least"], current)


def _distinct(ruleset: str, found: Mapping[str, object]) -> str:
    """The id of a ruleset; several paths may each have one of the same id."""
    names = (f"{ruleset} ({number})" for number in range(2, len(found) + 3))
    return ruleset if ruleset not in found else next(name for name in names if name not in found)


def _told(found: Results, percent: Decimal, least: Decimal | None, current: Session) -> int:
    """The last words about a run, and its status."""
    every = [result for results in found.values() for result in results]
    failed = sum(not result.passed for result in every)
    say = current.say
    if not every:
        current.tell(say("No case was run."), -1)
        return 2
    if failed:
        total = len(every)
        told = say.plural(
            "{count} case failed, of {total}.", "{count} cases failed, of {total}.", count=failed, total=total
        )
        current.tell(told, -1)
    else:
        current.tell(say.plural("{count} case passed.", "{count} cases passed.", count=len(every)))
    if least is not None and percent < least:
        sentence = say("The cases cover {percent}% of the rules, less than {least}%.", percent=percent, least=least)
        current.tell(sentence, -1)
        return 4
    return 4 if failed else 0


# ---- for people ----


def _as_text(found: Results, covered: Mapping[str, Coverage], current: Session) -> None:
    for name, results in found.items():
        for result in results:
            if not result.passed:
                title = f"{safe(str(result.case.span))}: {name}: {safe(result.case.name)}"
                current.out(current.style(title, "error"))
                for line in result.diff(_captions(current), current.width - _INDENT).splitlines():
                    current.out(" " * _INDENT + line)
    for name, each in covered.items():
        for line in _covered(name, each, current):
            current.out(line)


def _captions(current: Session) -> Captions:
    from oppi18n.proofs.differences import Captions

    say = current.say
    return Captions(say("expected"), say("found"), say("missing"), say("unwanted"))


def _covered(name: str, coverage: Coverage, current: Session) -> Iterator[str]:
    from oppi18n.proofs.coverage import percent

    say = current.say
    yield say(
        "{ruleset}: the cases show {covered} of {total} sides of its rules and conditions ({percent}%).",
        ruleset=name,
        covered=coverage.covered,
        total=coverage.total,
        percent=percent([coverage]),
    )
    for item in coverage.items:
        for side in item.missing:
            yield f"  {safe(str(item.span))}: {_lacks(item, side, current)}"
    if any(item.impossible for item in coverage.items):
        yield "  " + say("Proved to be impossible, so not counted:")
    for item in coverage.items:
        if item.impossible:
            yield f"    {safe(str(item.span))}: {_cannot(item, current)}"


def _lacks(item: Item, side: str, current: Session) -> str:
    say, name, branch = current.say, item.owner, safe(item.text)
    if item.part == "rule":
        return {
            "fails": say("No case shows that {rule} fails.", rule=name),
            "passes": say("No case shows that {rule} passes.", rule=name),
            "unknown": say("No case shows that {rule} is unknown.", rule=name),
        }[side]
    return {
        "true": say("In {name}, this is true in no case: {branch}", name=name, branch=branch),
        "false": say("In {name}, this is false in no case: {branch}", name=name, branch=branch),
        "unknown": say("In {name}, this is unknown in no case: {branch}", name=name, branch=branch),
    }[side]


def _cannot(item: Item, current: Session) -> str:
    say, name, branch = current.say, item.owner, safe(item.text)
    if item.part == "rule":
        return say("{rule} is never unknown, because it reads no data.", rule=name)
    if item.can == ("true",):
        return say("In {name}, this is always true: {branch}", name=name, branch=branch)
    if item.can == ("false",):
        return say("In {name}, this is always false: {branch}", name=name, branch=branch)
    return say("In {name}, this is never unknown, because it reads no data: {branch}", name=name, branch=branch)


# ---- for machines ----


def _as_json(found: Results, covered: Mapping[str, Coverage], current: Session) -> None:
    every = [(name, result) for name, results in found.items() for result in results]
    failed = sum(not result.passed for _, result in every)
    head = {"locale": current.locale, "cases": len(every), "failed": failed}
    results = [_result(name, result) for name, result in every]
    shown = [_coverage(name, each) for name, each in covered.items()] or None
    current.out(machine.text_of(machine.envelope("rules-test", head, results=results, coverage=shown)))


def _result(ruleset: str, result: Result) -> dict[str, Any]:
    case = result.case
    return {
        "ruleset": ruleset,
        "rule": case.rule or None,
        "name": case.name,
        "path": case.span.path,
        "line": case.span.line,
        "passed": result.passed,
        "verdict": result.decision.verdict,
        "differences": [_difference(each) for each in result.differences],
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "what": difference.what,
        "expected": machine.scalar(difference.expected),
        "found": machine.scalar(difference.found),
        "missing": list(difference.missing),
        "unwanted": list(difference.unwanted),
        "path": difference.span.path,
        "line": difference.span.line,
        "column": difference.span.column,
    }


def _coverage(ruleset: str, coverage: Coverage) -> dict[str, Any]:
    return {
        "ruleset": ruleset,
        "covered": coverage.covered,
        "total": coverage.total,
        "items": [_item(item) for item in coverage.items],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "owner": item.owner,
        "part": item.part,
        "branch": item.text or None,
        "path": item.span.path,
        "line": item.span.line,
        "column": item.span.column,
        "shown": sorted(item.shown),
        "missing": list(item.missing),
        "impossible": list(item.impossible),
    }


def _as_junit(found: Results, covered: Mapping[str, Coverage], current: Session) -> None:
    from oppi18n.proofs.coverage import percent
    from oppi18n.proofs.junit import junit

    properties = {name: {"coverage": str(percent([each]))} for name, each in covered.items()}
    current.out(junit(found, _captions(current), properties))


_FORMATS: Final = {"text": _as_text, "json": _as_json, "junit": _as_junit}
