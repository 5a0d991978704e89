"""While somebody types, the page itself tells what is wrong: the rules and their words travel to the browser as modules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from starlette.responses import Response

from oppi18n.diagnostics import AuthoringError
from oppi18n.dialog.html import SCRIPT, asset
from oppi18n.dialog.parts import CHOICE, DATE, MONEY
from oppi18n.dialog.typed import OUTCOME, fault, marks
from oppi18n.errors import InputError
from oppi18n.i18n.locales import OFFERED
from oppi18n.model.values import NOT_LOADED, PartialList
from oppi18n.server.problems import HttpError

if TYPE_CHECKING:
    from oppi18n.dialog.parts import Form, FormField
    from oppi18n.server.calls import Call
    from oppi18n.server.service import Service

ADDRESS: Final = "/static/{}/{}"
TYPE: Final = "text/javascript"
LASTING: Final = "private, max-age=31536000, immutable"
BLANK: Final = "\ue000"
"""Stands for what was typed; no message has it of its own."""


class Live(NamedTuple):
    """Where the script of a page is, and what it has to know, as JSON; both are empty where it cannot be used."""

    script: str
    content: str


NOTHING: Final = Live("", "")


def live_of(call: Call, form: Form, record: Mapping[str, Any]) -> Live:
    """What a dialog needs to judge in the browser."""
    service, locale = call.service, call.localizer.locale
    names = [SCRIPT, f"{service.rules.id}.mjs", f"{service.rules.id}.{locale}.mjs"]
    found = [module(service, name) for name in names]
    if not all(found):
        return NOTHING
    script, rules, texts = (call.url(ADDRESS, _digest(text), name) for text, name in zip(found, names, strict=True))
    model, root = service.rules.model, service.rules.model.root
    gaps: dict[str, list[str]] = {"unloaded": [], "partial": []}
    facts = {root: _plain(record[root], f"/{root}", gaps)}
    group, point = marks(call.localizer.formats())
    content = {
        "rules": rules,
        "texts": texts,
        "today": form.today.isoformat(),
        "deployment": service.deployment,
        "request": model.request,
        "outcome": OUTCOME,
        "facts": facts,
        **gaps,
        "group": group,
        "point": point,
        "fields": {each.name: dict(_field(each, call)) for each in form.fields},
    }
    return Live(script, json.dumps(content, ensure_ascii=False, separators=(",", ":")))


def script(call: Call) -> Response:
    """A file that pages run; its address holds a digest of it, so that it never goes stale."""
    name = str(call.request.path_params["name"])
    found = module(call.service, name)
    if not found or call.request.path_params["digest"] != _digest(found):
        raise HttpError("http-nothing-there", path=call.request.url.path)
    return Response(found, media_type=TYPE, headers={"Cache-Control": LASTING})


def script_at_once(call: Call) -> Response | None:
    """The same, where the file was made before."""
    return script(call) if call.service.has_module(str(call.request.path_params["name"])) else None


def module(service: Service, name: str) -> str:
    """The text of a file that pages run, made when it is first asked for; empty if there is none of this name."""
    known = {SCRIPT, *(f"{service.rules.id}.{each}mjs" for each in ("", *(f"{tag}." for tag in OFFERED)))}
    return service.module(name, lambda: _made(service, name)) if name in known else ""


def _made(service: Service, name: str) -> str:
    if name == SCRIPT:
        return asset(SCRIPT).decode()
    # Parsers and compilers: they are a fifth of a start, and a service that is only asked as an API needs none.
    from oppi18n.bulk.question import question
    from oppi18n.i18n.browser import rules_module, texts_module

    locale = name.removeprefix(f"{service.rules.id}.").removesuffix("mjs").removesuffix(".")
    try:
        if locale:
            return texts_module(service.rules, locale, service.packs)
        asked = question(service.rules, today=service.the_day(), packs=service.packs)
        return rules_module(asked.rules, asked.ruleset, asked.settings)
    except (AuthoringError, InputError):
        # Rules whose text is not at hand, or that JavaScript cannot say exactly, are judged by the server alone.
        return ""


@lru_cache(maxsize=64)
def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _field(field: FormField, call: Call) -> Iterator[tuple[str, Any]]:
    """How a field is read, and which violations stand with it."""
    yield "kind", field.kind
    yield "pointers", [each for each in (field.pointer, field.currency_pointer) if each]
    if field.kind in (MONEY, DATE):
        yield "fault", _unread(field, call)
    elif field.kind == CHOICE:
        yield "outcomes", [""] if field.name == OUTCOME else list(field.relevant)


def _unread(field: FormField, call: Call) -> dict[str, str]:
    model = call.service.rules.model
    said = fault(model.records[model.request].fields[field.name], BLANK, call.localizer)
    return {"text": said.text, "locale": said.locale}


def _plain(value: Any, pointer: str, gaps: Mapping[str, list[str]]) -> Any:
    """A value as the module takes it; what is not JSON is told by its pointer."""
    if value is NOT_LOADED:
        gaps["unloaded"].append(pointer)
        return None
    if isinstance(value, Mapping):
        return {name: _plain(each, f"{pointer}/{name}", gaps) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        if isinstance(value, PartialList):
            gaps["partial"].append(pointer)
        return [_plain(each, f"{pointer}/{index}", gaps) for index, each in enumerate(value)]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value
