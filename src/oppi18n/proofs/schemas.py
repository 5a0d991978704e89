"""The JSON Schemas of authored files, which editors complete and check them by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from oppi18n import packs as packing
from oppi18n.layout.schema import schema
from oppi18n.model.layout import MODEL_FILE
from oppi18n.packs import Pack
from oppi18n.proofs.formatting import model_of
from oppi18n.proofs.layout import case_file
from oppi18n.rules.layout import RULE_FILE

KINDS: Final = ("ruleset", "model", "cases")


def schema_of(kind: str, *, packs: Iterable[str | Pack] = ()) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a ruleset, a model or a file of cases.

    That of cases knows the records of our model, with what `packs` add to it.

    >>> schema_of("model")["$id"]
    'urn:oppi18n:schema:model:1'
    """
    identity, title = f"urn:oppi18n:schema:{kind}:1", _TITLES[kind]
    if kind == "cases":
        chosen = [packing.shipped(), *(each if isinstance(each, Pack) else packing.named(each) for each in packs)]
        return schema(case_file(model_of(chosen)), identity=identity, title=title)
    return schema(RULE_FILE if kind == "ruleset" else MODEL_FILE, identity=identity, title=title)


_TITLES: Final = {
    "ruleset": "A ruleset of oppi18n, or what is laid over one",
    "model": "A model of oppi18n, or what is added to one",
    "cases": "Cases of a ruleset of oppi18n",
}
