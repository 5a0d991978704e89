"""Putting values into a template: read piece by piece at first, compiled once it is used often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oppi18n.i18n.particles import attach
from oppi18n.i18n.visible import isolated, shown, visible
from oppi18n.templates import Particle, Placeholder, TemplateFault, parse, placeholders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oppi18n.i18n.formats import Formats

OFTEN = 8
"""Uses after which compiling a template pays."""


class Renderer:
    """A template of one locale. A faulty one, which no catalog lets through, shows itself as it is written.

    >>> from oppi18n.i18n.formats import patterns, Formats
    >>> Renderer("{quotes}을(를) 닫으십시오.", {"quotes": "list"}, Formats(patterns("ko")))({"quotes": ["Q1", "Q3"]})
    'Q1 및 Q3을 닫으십시오.'
    """

    __slots__ = ("_compiled", "_formats", "_kinds", "_pieces", "_text", "_uses")

    def __init__(self, text: str, kinds: Mapping[str, str], formats: Formats) -> None:
        self._text = text
        self._kinds = kinds
        self._formats = formats
        self._uses = 0
        self._compiled: Callable[[Mapping[str, Any]], str] | None = None
        try:
            self._pieces = parse(text)
        except TemplateFault:
            self._pieces = ()

    def __call__(self, values: Mapping[str, Any]) -> str:
        if self._compiled is not None:
            return self._compiled(values)
        if not self._pieces:
            return self._text
        self._uses += 1
        if self._uses > OFTEN:
            from oppi18n.i18n.render import compile_template

            self._compiled = compile_template(self._text, self._formats, self._kinds)
        return self._read(values)

    def _read(self, values: Mapping[str, Any]) -> str:
        text = ""
        for piece in self._pieces:
            if isinstance(piece, Placeholder):
                text += self._value(self._kinds.get(piece.text, "text"), values[piece.text])
            elif isinstance(piece, Particle):
                text += piece.closers
                text += attach(text, piece.text)
            else:
                text += piece.text
        return text

    def _value(self, kind: str, value: Any) -> str:
        formats, rtl = self._formats, self._formats.rtl
        if kind == "ready":
            return str(value)
        if kind == "text":
            return isolated(visible(value)) if rtl else shown(value)
        if kind == "list":
            return formats.list([isolated(visible(each)) if rtl else shown(each) for each in value])
        if kind == "money":
            text = formats.money(*value)
        elif kind == "short-date":
            text = formats.date_short(value)
        else:
            text = getattr(formats, kind)(value)
        return isolated(text) if rtl else text


def names(template: str) -> tuple[str, ...]:
    """The placeholders of a template."""
    return placeholders(template)


def unescaped(template: str) -> str:
    """A template without values: doubled braces are single."""
    return template.replace("{{", "{").replace("}}", "}") if "{" in template or "}" in template else template
