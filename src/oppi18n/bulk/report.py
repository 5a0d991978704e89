"""The summary as a chart: an SVG, alone or in an HTML page with the figures in a table; words are passed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from oppi18n.errors import InputError

if TYPE_CHECKING:
    from oppi18n.bulk.summary import Summary

_ENDINGS: Final = (".html", ".htm", ".svg")
_COLOURS: Final = {
    "closable": "#1b7f4b", "blocked": "#b3261e", "undetermined": "#8a6100",
    "error": "#b3261e", "warning": "#8a6100", "info": "#1f5fa8",
}  # fmt: skip
_ROW, _LEFT, _BAR, _RIGHT = 26, 260, 420, 140


class Captions(NamedTuple):
    """The words of a summary in one language."""

    title: str
    closable: str
    blocked: str
    undetermined: str
    rule: str
    fails: str
    unknown: str
    severities: Mapping[str, str]


Number = Callable[[int], str]


def check_name(path: str) -> None:
    """InputError `bulk-report` if a file's name does not say that it is to be a page or a chart."""
    if Path(path).suffix.lower() not in _ENDINGS:
        raise InputError("bulk-report", path=path, known=_ENDINGS)


def as_svg(summary: Summary, words: Captions, number: Number, *, lang: str, direction: str) -> str:
    """The chart alone."""
    bars = list(_bars(summary, words))
    height = (len(bars) + 2) * _ROW
    width = _LEFT + _BAR + _RIGHT
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' role="img" lang="{escape(lang)}" direction="{direction}" font-family="system-ui, sans-serif" font-size="14">'
    )
    title = f'<title>{escape(words.title)}</title><text x="0" y="18" font-weight="bold">{escape(words.title)}</text>'
    rows = "\n".join(_row(place, each, summary.total, number) for place, each in enumerate(bars, 1))
    return f"{head}\n{title}\n{rows}\n</svg>\n"


class _Bar(NamedTuple):
    label: str
    number: int
    colour: str
    gap: bool


def _bars(summary: Summary, words: Captions) -> Iterator[_Bar]:
    for name in ("closable", "blocked", "undetermined"):
        yield _Bar(getattr(words, name), getattr(summary, name), _COLOURS[name], False)
    for each in summary.rules:
        if each.fails or each.unknown:
            yield _Bar(each.rule, each.fails, _COLOURS[each.severity], True)


def _row(place: int, bar: _Bar, total: int, number: Number) -> str:
    top = place * _ROW + (_ROW // 2 if bar.gap else 0)
    length = round(_BAR * bar.number / total, 1) if total else 0
    return (
        f'<text x="{_LEFT - 8}" y="{top + 17}" text-anchor="end">{escape(bar.label)}</text>'
        f'<rect x="{_LEFT}" y="{top + 4}" width="{length}" height="{_ROW - 8}" fill="{bar.colour}"/>'
        f'<text x="{_LEFT + length + 8}" y="{top + 17}">{escape(number(bar.number))}</text>'
    )


def as_html(summary: Summary, words: Captions, number: Number, *, lang: str, direction: str) -> str:
    """A page with the chart and the figures."""
    chart = as_svg(summary, words, number, lang=lang, direction=direction)
    rows = "\n".join(
        f"<tr><td>{escape(words.severities[each.severity])}</td><td><code>{escape(each.rule)}</code></td>"
        f"<td>{escape(number(each.fails))}</td><td>{escape(number(each.unknown))}</td></tr>"
        for each in summary.rules
    )
    heads = "".join(f'<th scope="col">{escape(each)}</th>' for each in ("", words.rule, words.fails, words.unknown))
    style = (
        "body{font-family:system-ui,sans-serif;margin:2rem auto;max-width:56rem;padding:0 1rem}"
        "svg{max-width:100%;height:auto}table{border-collapse:collapse;display:block;overflow-x:auto}"
        "td,th{padding:.25rem .75rem;text-align:start}td:nth-child(n+3){text-align:end}"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(lang)}" dir="{direction}">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(words.title)}</title>'
        f"<style>{style}</style></head>\n<body>\n<h1>{escape(words.title)}</h1>\n{chart}"
        f"<table><thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>\n</body>\n</html>\n"
    )
