"""What is asked of millions of records: a ruleset that is understood, its settings, a day, and perhaps a closing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from oppi18n import packs as packing
from oppi18n.engine.authoring import digest_of, workspace
from oppi18n.engine.loading import contents_of, load_rules
from oppi18n.engine.program import default_of
from oppi18n.engine.rules import Rules, request_of
from oppi18n.errors import InputError
from oppi18n.model.facts import Conversion, DataError
from oppi18n.model.schema import Model
from oppi18n.packs import Pack
from oppi18n.rules.ast import Literal, Node
from oppi18n.rules.environment import type_of
from oppi18n.rules.ruleset import Ruleset
from oppi18n.rules.settings import given as settings_given
from oppi18n.targets.sql.compiling import compile_ruleset
from oppi18n.targets.sql.dialects import Dialect
from oppi18n.targets.sql.queries import Queries
from oppi18n.targets.sql.tables import Tables
from oppi18n.targets.sql.values import Circumstances


@dataclass(frozen=True, slots=True)
class Question:
    """A ruleset with everything that its answers hang on besides the data.

    Without a day, SQL has a mark for it. `packs` are those beside the shipped one.
    """

    rules: Rules
    ruleset: Ruleset
    model: Model
    settings: Mapping[str, object]
    request: Mapping[str, Node] | None
    today: date | None
    deployment: str | None
    packs: tuple[Pack, ...]

    def queries(self, dialect: Dialect, tables: Tables) -> Queries:
        """The question in a dialect, about some tables."""
        given = Circumstances(
            dialect, self.model, tables, self.ruleset.lets, self.settings, request=self.request, today=self.today
        )
        return compile_ruleset(self.ruleset, given, deployment=self.deployment)


def question(
    rules: Rules | str = "close-opportunity",
    *,
    today: date,
    packs: Iterable[str | Pack] = (),
    settings: Mapping[str, object] | None = None,
    request: Any = None,
    deployment: str | None = None,
) -> Question:
    """The question that a ruleset asks of each record.

    `rules` are loaded ones or the name of a ruleset. Loaded ones that come from packs need those named once more, because
    they have no text any more: InputError `rules-from-elsewhere` otherwise. `request` is a close request, to which the
    dialog's defaults are added; without one only the records are judged.
    """
    chosen = tuple(each if isinstance(each, Pack) else packing.named(each) for each in packs)
    name = rules if isinstance(rules, str) else rules.id
    values = settings or {} if isinstance(rules, str) else rules.settings
    contents = list(contents_of([packing.shipped(), *chosen]))
    ruleset, model = workspace(contents).understood(name)
    filled = settings_given(ruleset.settings, values, model)
    if isinstance(rules, str):
        rules = load_rules(name, packs=chosen, settings=settings)
    elif digest_of(contents, filled) != rules.digest:
        raise InputError("rules-from-elsewhere", name=name)
    if deployment is not None and deployment not in model.deployments:
        raise InputError("unknown-deployment", name=deployment, known=tuple(model.deployments))
    return Question(rules, ruleset, model, filled, _asked(request, model), today, deployment, chosen)


def _asked(request: Any, model: Model) -> dict[str, Node] | None:
    """The fields of the close request: what was given, and the dialog's defaults for the rest."""
    raw = request_of(request)
    if raw is None:
        return None
    conversion = Conversion(model)
    checked = conversion.record(model.records[model.request], raw, f"/{model.request}")
    if conversion.problems:
        raise DataError(tuple(conversion.problems))
    fields = model.records[model.request].fields
    asked: dict[str, Node] = {each.name: default_of(each, model).tree for each in fields.values() if each.default}
    given = {name: value for name, value in checked.items() if value is not None}
    return asked | {name: Literal(value, type=type_of(fields[name])) for name, value in given.items()}
