"""What is wrong in an authored file, and where: a named code, a place, the culprit, the nearest right thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from oppi18n.errors import Oppi18nError
from oppi18n.texts.diagnostics import HINTS, TEXTS
from oppi18n.widths import display_width

_SHOWN: Final = 100
"""Columns of a source line that are shown; a longer line is cut around the culprit."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of an authored file: lines and columns count characters from 1, the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Hint:
    """What to do about a diagnostic: a code of the `HINTS` table and its values."""

    code: str
    params: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return HINTS[self.code].format(**self.params)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding in an authored file.

    >>> str(Diagnostic("unknown-field", Span("r.yaml", 14, 42, 14, 47), {"record": "quote", "name": "staet"}))
    "r.yaml:14:42: error[unknown-field] a quote has no field 'staet'"
    """

    code: str
    span: Span
    params: dict[str, object] = field(default_factory=dict)
    hint: Hint | None = None
    severity: str = "error"
    related: Span | None = None

    @property
    def table(self) -> str:
        """Where its text is translated."""
        return "diagnostic"

    @property
    def template(self) -> str:
        """The English text with its placeholders."""
        return TEXTS[self.code]

    @property
    def message(self) -> str:
        """The English text, without the place; a value that is bad news itself says what it has to say."""
        return self.template.format(**{name: getattr(value, "message", value) for name, value in self.params.items()})

    def __str__(self) -> str:
        return f"{self.span}: {self.severity}[{self.code}] {self.message}"


def suggest(name: str, known: Iterable[str], code: str = "did-you-mean") -> Hint | None:
    """The hint that names the known word nearest to `name`, if one is near.

    >>> str(suggest("staet", ["state", "name"]))
    "did you mean 'state'?"
    """
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return Hint(code, {"name": near[0]}) if near else None


def excerpt(span: Span, text: str) -> Iterator[str]:
    """The culprit's line and a caret line under it, aligned by display width.

    >>> print(*excerpt(Span("r", 1, 4, 1, 7), "종료 abc"), sep="\\n")
    종료 abc
         ^~~
    """
    lines = text.split("\n")
    if not 1 <= span.line <= len(lines):
        return
    line = lines[span.line - 1].rstrip("\r").replace("\t", " ")
    start = min(span.column - 1, len(line))
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    cut = max(0, min(start - _SHOWN // 2, len(line) - _SHOWN))
    before, marked = line[cut:start], line[start : max(end, start)]
    lead = "…" if cut else ""
    indent = len(line) - len(line.lstrip()) if not cut else 0
    tail = "…" if len(line) > cut + _SHOWN else ""
    yield lead + line[cut + indent : cut + _SHOWN] + tail
    width = min(display_width(marked), max(1, _SHOWN - (start - cut)))
    yield " " * (display_width(lead + before) - indent) + "^" + "~" * (max(width, 1) - 1)


def render(diagnostic: Diagnostic, text: str | None = None) -> str:
    """The diagnostic as a compiler prints it; `text` is the whole authored file, for the excerpt."""
    lines = [str(diagnostic)]
    if text is not None:
        lines += ["    " + line for line in excerpt(diagnostic.span, text)]
    if diagnostic.hint:
        lines.append(f"    hint: {diagnostic.hint}")
    if diagnostic.related:
        lines.append(f"    see also: {diagnostic.related}")
    return "\n".join(lines)


class Diagnostics(list[Diagnostic]):
    """Diagnostics being collected; nothing is raised until all are known."""

    def report(
        self, code: str, span: Span, hint: Hint | None = None, related: Span | None = None, /, **params: object
    ) -> None:
        """Add an error; `related` is the other place that it is about."""
        self.append(Diagnostic(code, span, params, hint, "error", related))

    def warn(
        self, code: str, span: Span, hint: Hint | None = None, related: Span | None = None, /, **params: object
    ) -> None:
        """Add a warning."""
        self.append(Diagnostic(code, span, params, hint, "warning", related))

    @property
    def failed(self) -> bool:
        """Whether any of them is an error."""
        return any(each.severity == "error" for each in self)


class AuthoringError(Oppi18nError):
    """Rules or catalogs are invalid; `diagnostics` holds every finding, `texts` the files they quote."""

    exit_status = 3

    def __init__(self, diagnostics: Iterable[Diagnostic], texts: dict[str, str] | None = None) -> None:
        self.diagnostics = tuple(sorted(diagnostics, key=lambda each: (each.span, each.code)))
        self.texts = texts or {}
        super().__init__("authoring", count=len(self.diagnostics))

    def __str__(self) -> str:
        return "\n".join(render(each, self.texts.get(each.span.path)) for each in self.diagnostics)
