"""Cases are run: what they expect is held against what the rules say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from oppi18n.cache import user_cache
from oppi18n.engine.authoring import digest_of
from oppi18n.engine.decision import Decision
from oppi18n.engine.loading import stamp
from oppi18n.engine.program import program_of
from oppi18n.engine.rules import Rules
from oppi18n.i18n.localizer import Localizer
from oppi18n.packs import Pack
from oppi18n.proofs.cases import Case
from oppi18n.proofs.compare import differences
from oppi18n.proofs.differences import ENGLISH, WIDTH, Captions, Difference, lines
from oppi18n.proofs.suites import Suite, suites
from oppi18n.remedies import Planner
from oppi18n.rules.settings import given


class Result(NamedTuple):
    """A case, the decision about it, and how the two differ."""

    case: Case
    decision: Decision
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.differences

    def diff(self, captions: Captions = ENGLISH, width: int = WIDTH) -> str:
        """The differences as people read them; `captions` are the words in front of them."""
        return "\n".join(line for each in self.differences for line in lines(each, captions, width))


def run(
    ruleset: str = "close-opportunity", packs: Iterable[str | Pack] = (), filter: str | None = None
) -> Iterator[Result]:
    """The results of the cases of a ruleset, in the order of their files.

    `ruleset` may also be a path, and with packs only their cases are run: see `suites`. `filter` is the id of a rule,
    or a part of the names of cases.

    Raises `AuthoringError` if rules or cases are wrong, `InputError` for an unknown ruleset or pack.

    >>> all(result.passed for result in run("close-quotes", filter="reason-fits"))
    True
    """
    found = list(suites([ruleset], packs))
    return (result for suite in found for result in results(suite, filter))


def results(suite: Suite, filter: str | None = None, programs: Programs | None = None) -> Iterator[Result]:
    """The results of a suite's cases, or of those that `filter` chooses."""
    chosen = [case for case in suite.cases if _wanted(case, filter)]
    return judged(chosen, programs or Programs(suite), Speakers(suite.layers))


def _wanted(case: Case, wanted: str | None) -> bool:
    return wanted is None or wanted == case.rule or wanted.casefold() in case.name.casefold()


class Programs:
    """The ruleset of a suite under the settings of each case, compiled once for each."""

    def __init__(self, suite: Suite) -> None:
        self.suite = suite
        self._known: dict[str, Rules] = {}

    def of(self, case: Case) -> Rules:
        """The program that judges a case."""
        key = repr(sorted(case.settings.items()))
        if key not in self._known:
            self._known[key] = self._made(case.settings)
        return self._known[key]

    def _made(self, settings: Mapping[str, object]) -> Rules:
        ruleset, model = self.suite.ruleset, self.suite.model
        values = given(ruleset.settings, settings, model)
        key = [ruleset.id.encode(), repr(sorted(settings.items())).encode(), stamp()]
        key += [part for pack, path, data in self.suite.contents for part in (f"{pack.name}\0{path}".encode(), data)]

        def make() -> dict[str, Any]:
            return program_of(ruleset, model, values, digest_of(self.suite.contents, values))

        return Rules(user_cache().remember("cases", tuple(key), make))


class Speakers:
    """The localizers of some packs, each made once."""

    def __init__(self, layers: Sequence[Pack]) -> None:
        self.layers = layers
        self._known: dict[str, Localizer] = {}

    def of(self, locale: str) -> Localizer:
        """The localizer of a locale."""
        if locale not in self._known:
            self._known[locale] = Localizer(locale, packs=self.layers)
        return self._known[locale]


def judged(cases: Iterable[Case], programs: Programs, speakers: Speakers) -> Iterator[Result]:
    """Each case with the decision about it."""
    for case in cases:
        rules = programs.of(case)
        decision = rules.evaluate(case.facts, request=case.request, today=case.today, deployment=case.deployment)
        plan = None
        if case.expected.plan is not None:
            plan = Planner(rules, today=case.today, deployment=case.deployment).plan(case.facts, case.request)
        yield Result(case, decision, tuple(differences(case, decision, plan, speakers.of)))
