"""Pydantic models of requests and answers, made from the model and the ruleset; values are judged as readers judge them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, PlainValidator, WithJsonSchema, create_model
from pydantic import Field as Member

from oppi18n.model.facts import Conversion
from oppi18n.model.json_schema import field_schema

if TYPE_CHECKING:
    from oppi18n.engine.rules import Rules
    from oppi18n.model.schema import Field, Model, Record

_TYPES: Final[dict[str, Any]] = {"int": int, "bool": bool, "decimal": Decimal, "date": date, "timestamp": date}
_VERDICT: Final = Literal["closable", "blocked", "undetermined"]


class Problem(BaseModel):
    """What is wrong with a request, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    params: dict[str, Any]
    errors: list[dict[str, Any]] = []


def facts_model(model: Model, *, zone: str = "UTC") -> type[BaseModel]:
    """The model of facts: an opportunity, and the closing that is asked for.

    Absent and null stay apart: `model_dump(exclude_unset=True)` is what rules read.

    >>> from oppi18n import load_rules
    >>> facts = facts_model(load_rules().model)
    >>> found = facts.model_validate({"opportunity": {"id": "o-1", "actual_revenue": "240000.50"}})
    >>> found.model_dump(exclude_unset=True)
    {'opportunity': {'id': 'o-1', 'actual_revenue': Decimal('240000.50')}}
    """
    made: dict[str, type[BaseModel]] = {}
    for name in (model.root, model.request):
        _record(model, model.records[name], zone, made)
    members: dict[str, Any] = {
        model.root: (made[model.root], ...),
        model.request: (made[model.request] | None, None),
    }
    return create_model("Facts", __config__=ConfigDict(extra="forbid"), **members)


def _record(model: Model, record: Record, zone: str, made: dict[str, type[BaseModel]]) -> type[BaseModel]:
    if record.name not in made:
        members: dict[str, Any] = {}
        for field in record.fields.values():
            if field.type == "list":
                of = _record(model, model.records[field.of], zone, made)
                kind = _list(of) if field.required else _list(of) | None
                members[field.name] = (kind, Member(None, title=field.label, description=field.description or None))
            else:
                members[field.name] = (_scalar(model, field, zone), None)
        config = ConfigDict(extra="forbid", title=record.label)
        made[record.name] = create_model(_name(record.name), __config__=config, **members)
    return made[record.name]


def _name(name: str) -> str:
    return "".join(each.title() for each in name.split("_"))


def _scalar(model: Model, field: Field, zone: str) -> Any:
    kind = _TYPES.get(field.type, str)
    about = WithJsonSchema(_schema(model, field))
    return Annotated[kind | None, PlainValidator(_converter(model, field, zone)), about]


def _schema(model: Model, field: Field) -> dict[str, Any]:
    found = field_schema(model, field)
    if not isinstance(found.get("type"), list):
        return found
    # Older versions of FastAPI know no lists of types.
    about: dict[str, Any] = {name: found.pop(name) for name in ("title", "description") if name in found}
    kind, null = found.pop("type")
    return {**about, "anyOf": [{**found, "type": kind}, {"type": null}]}


def _converter(model: Model, field: Field, zone: str) -> Callable[[Any], Any]:
    def converted(raw: Any) -> Any:
        if raw is None and not field.required:
            return None
        conversion = Conversion(model, zone=zone)
        found = conversion.value(field, raw, "")
        for problem in conversion.problems:
            raise ValueError(problem.message)
        return found

    return converted


def answer_model(rules: Rules) -> type[BaseModel]:
    """The model of an answer; which rules and remedies it may name follows from the ruleset.

    >>> from oppi18n import load_rules
    >>> "no-active-quotes" in str(answer_model(load_rules()).model_json_schema())
    True
    """
    rule = _one_of(each.id for each in rules.rules)
    remedy = _one_of(rules.remedies)
    texts = list[str]
    violation = _made(
        "Violation",
        rule=rule,
        severity=Literal["error", "warning", "info"],
        message=str,
        locale=str,
        params=dict[str, Any],
        partial=bool,
        pointers=texts,
        source_pointers=texts,
        dataverse=str | None,
        remedies=_list(remedy),
    )
    result = _made(
        "Result",
        source=str,
        opportunity=str | None,
        verdict=_VERDICT,
        violations=_list(violation),
        unknown=_list(_made("Unknown", rule=rule, error=str | None)),
        pending=_list(rule),
        needs=_list(_made("Need", pointer=str, rules=_list(rule))),
        defaults=dict[str, Any],
    )
    head = dict.fromkeys(("kind", "ruleset", "digest", "locale", "today", "zone"), str)
    asked = Literal["record", "closing"]
    results = _list(result)
    return _made("Answer", oppi18n=Literal[1], **head, asked=asked, results=results, errors=list[dict[str, Any]])


def _made(name: str, **members: Any) -> type[BaseModel]:
    fields: dict[str, Any] = {each: (kind, ...) for each, kind in members.items()}
    return create_model(name, **fields)


def _list(of: Any) -> Any:
    return GenericAlias(list, (of,))


def _one_of(names: Iterable[str]) -> Any:
    found, literal = tuple(names), Literal
    return literal[found] if found else str
