"""Findings as SARIF 2.1.0, the format in which code hosts take the results of analyses."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from hashlib import blake2s
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from oppi18n.diagnostics import Span
from oppi18n.i18n.visible import visible
from oppi18n.version import VERSION

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}


class Result(NamedTuple):
    """A finding as it is told; `replacement` is what should stand at its place."""

    check: str
    severity: str
    span: Span
    message: str
    replacement: str | None = None
    unit: str | None = None


def log(results: Sequence[Result], about: Mapping[str, str] | None = None, *, language: str = "en") -> dict[str, Any]:
    """The log of one run; `about` says of checks what they look for. There are no times in it, and paths are as given.

    >>> log([])["version"], log([])["runs"][0]["results"]
    ('2.1.0', [])
    """
    names = sorted({each.check for each in results})
    driver = {"name": "oppi18n", "semanticVersion": VERSION, "rules": [_rule(name, about or {}) for name in names]}
    run = {
        "tool": {"driver": driver},
        "language": language,
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, names.index(each.check)) for each in results],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(name: str, about: Mapping[str, str]) -> dict[str, Any]:
    return {"id": name, "shortDescription": {"text": about[name]}} if name in about else {"id": name}


def _result(result: Result, index: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": result.check,
        "ruleIndex": index,
        "level": _LEVELS[result.severity],
        "message": {"text": visible(result.message)},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(result.span), "region": _region(result)}}],
        # Where a unit is known, a finding stays the same one when the lines above it change.
        "partialFingerprints": {"oppi18n/v1": _fingerprint(result)},
    }
    if result.replacement is not None:
        change = {"deletedRegion": _region(result), "insertedContent": {"text": result.replacement}}
        found["fixes"] = [{"artifactChanges": [{"artifactLocation": _artifact(result.span), "replacements": [change]}]}]
    return found


def _artifact(span: Span) -> dict[str, str]:
    return {"uri": quote(span.path.replace(os.sep, "/"))}


def _region(result: Result) -> dict[str, int]:
    span = result.span
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fingerprint(result: Result) -> str:
    what = result.unit if result.unit is not None else str(result.span.line)
    told = "\0".join((result.check, result.span.path.replace(os.sep, "/"), what))
    return blake2s(told.encode(errors="replace"), digest_size=8).hexdigest()
