"""Findings as GitHub's workflow commands, which turn into notes beside the lines of a change."""

from __future__ import annotations

from typing import Final

from oppi18n.diagnostics import Span
from oppi18n.i18n.visible import visible

_COMMANDS: Final = {"error": "error", "warning": "warning", "info": "notice"}


def line(severity: str, span: Span, message: str) -> str:
    """The command for one finding; nothing in the text of a finding can begin another one.

    >>> line("warning", Span("sv.po", 4, 9, 4, 11), "double-space: 100%\\n::error::x")
    '::warning file=sv.po,line=4,endLine=4,col=9,endColumn=11::double-space: 100%25⏎::error::x'
    """
    place = {
        "file": span.path,
        "line": span.line,
        "endLine": span.end_line,
        "col": span.column,
        "endColumn": span.end_column,
    }
    told = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
    return f"::{_COMMANDS[severity]} {told}::{_text(visible(message))}"


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(visible(text)).replace(":", "%3A").replace(",", "%2C")
