"""Running the cases of the shipped rules: what a case costs in proportion to the decision that it is about."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator

from _paired import Row, alone, at_most, by_turns, child_cpu, child_environment, cpu

from oppi18n.packs import shipped
from oppi18n.proofs.branches import branches
from oppi18n.proofs.coverage import coverage
from oppi18n.proofs.library import case_contents, library
from oppi18n.proofs.probes import Probes
from oppi18n.proofs.runner import Programs, Speakers, judged
from oppi18n.proofs.suites import Suite, suites
from oppi18n.rules.settings import given

CALLS = 5


def agree(suite: Suite, programs: Programs, speakers: Speakers) -> None:
    """Stop unless every case holds, and the probes leave no branch unseen."""
    found = list(judged(suite.cases, programs, speakers))
    for result in found:
        if not result.passed:
            raise SystemExit(f"{result.case.name}\n{result.diff()}")
    shown = coverage(suite, found, programs)
    if shown.covered != shown.total:
        raise SystemExit(f"{shown.covered} of {shown.total} sides are shown")


def rows(rounds: int) -> Iterator[Row]:
    """A case and its decision; a run of all of them and of the linter."""
    yield from _in_process(rounds)
    yield from _as_processes(rounds)


def _in_process(rounds: int) -> Iterator[Row]:
    (suite,) = suites(["close-opportunity"])
    programs, speakers = Programs(suite), Speakers(suite.layers)
    agree(suite, programs, speakers)
    plain = [case for case in suite.cases if case.expected.plan is None]
    probes = Probes(suite.ruleset, branches(suite.ruleset, suite.model))
    values = {id(case): given(suite.ruleset.settings, case.settings, suite.model) for case in plain}

    def evaluate() -> None:
        for case in plain:
            rules = programs.of(case)
            rules.evaluate(case.facts, request=case.request, today=case.today, deployment=case.deployment)

    times = by_turns(
        {
            "decision": lambda: cpu(evaluate, CALLS),
            "case": lambda: cpu(lambda: list(judged(plain, programs, speakers)), CALLS),
            "probed": lambda: cpu(
                lambda: [probes.watch(case, programs.of(case), values[id(case)]) for case in plain], CALLS
            ),
            "read": lambda: cpu(lambda: _read(suite), CALLS),
        },
        rounds,
    )
    yield Row("running a case that is read", "its decision", times.over("case", "decision"), at_most(2))
    yield Row("its branches, for --coverage", "its decision", times.over("probed", "decision"), at_most(5))
    yield Row("reading a case and its share of the rules", "its decision", times.over("read", "decision"))


def _read(suite: Suite) -> None:
    """Everything from the bytes of rules and cases to cases that can be run."""
    cases = (each for each in case_contents([shipped()]) if each[1] == f"rules/{suite.ruleset.id}.cases.yaml")
    found = library(suite.contents, cases)
    understood = found.ruleset(suite.ruleset.id)
    if understood is None or len(found.cases(suite.ruleset.id, understood)) != len(suite.cases):
        raise SystemExit("the cases were not read")


def _as_processes(rounds: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        variables = child_environment(folder)
        run = [sys.executable, "-m", "oppi18n", "rules"]
        commands = {
            "lint": [*run, "lint", "-q"],
            "test": [*run, "test", "-q"],
            "coverage": [*run, "test", "-q", "--coverage"],
        }
        timers = {name: lambda line=line: child_cpu(line, variables) for name, line in commands.items()}  # type: ignore[misc]
        times = by_turns(timers, rounds)
    yield Row("oppi18n rules test", "oppi18n rules lint", times.over("test", "lint"), at_most(1.5))
    yield Row("oppi18n rules test --coverage", "oppi18n rules test", times.over("coverage", "test"), at_most(1.5))


if __name__ == "__main__":
    alone(rows)
