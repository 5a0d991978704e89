"""A message template becomes a function from values to text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oppi18n.i18n.particles import attach
from oppi18n.i18n.visible import is_suspect, isolated, shown, visible
from oppi18n.templates import Literal, Particle, Piece, Placeholder, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from decimal import Decimal

    from oppi18n.i18n.formats import Formats

KINDS = ("text", "ready", "list", "integer", "decimal", "money", "date", "short-date")
"""What a placeholder may be given.

text         a string from data, or one formatted elsewhere: made safe, isolated if need be
ready        a string the caller vouches for: put in as it is
list         strings from data, made into an and-list
integer, decimal, date, short-date   the raw value
money        (Decimal, ISO 4217 code)
"""


_CALLS = {
    "text": "{0} = shown({0})",
    "ready": "pass",
    "list": "{0} = listed({0})",
    "integer": "{0} = integer({0})",
    "decimal": "{0} = decimal({0})",
    "money": "{0} = money(*{0})",
    "date": "{0} = date({0})",
    "short-date": "{0} = short_date({0})",
}


def compile_template(
    text: str, formats: Formats, kinds: Mapping[str, str] | None = None
) -> Callable[[Mapping[str, Any]], str]:
    """A function that puts values into this template, by placeholder name.

    `kinds` says what each placeholder is given (see `KINDS`); those it does not name are given text. Compiling costs
    about a hundred times as much as rendering: keep the function. Raises `TemplateFault` for a template that is not
    well formed and `KeyError` for an unknown kind; the function raises `KeyError` for a value that is not there.

    >>> from oppi18n.i18n.formats import Formats, patterns
    >>> ko = Formats(patterns("ko"))
    >>> compile_template("{quotes}을(를) 닫으십시오.", ko, {"quotes": "list"})({"quotes": ["QUO-1", "QUO-3"]})
    'QUO-1 및 QUO-3을 닫으십시오.'
    """
    pieces = parse(text)
    source = _source(pieces, kinds or {}, _steps(formats))
    scope: dict[str, Any] = {
        "attach": attach,
        "shown": _isolated_shown if formats.rtl else shown,
        "integer": _outer(formats.integer, formats.rtl),
        "decimal": _outer(formats.decimal, formats.rtl),
        "date": _outer(formats.date, formats.rtl),
        "short_date": _outer(formats.date_short, formats.rtl),
        "money": _amount(formats),
        "months": formats.months,
        "day": formats.day,
        "join": formats.list,
        "listed": _listed(formats),
        "suspect": is_suspect,
    }
    # The source holds our own words and string literals made by repr(); a template cannot reach the code around it.
    exec(compile(source, "<template>", "exec"), scope)  # noqa: S102
    render: Callable[[Mapping[str, Any]], str] = scope["render"]
    return render


def _steps(formats: Formats) -> dict[str, str]:
    """By kind, the lines that turn the raw value `{0}` into text.

    They are written into the function because a call costs as much as the work.
    """
    if formats.rtl:
        return _CALLS
    # Where the words between the items are ASCII, the finished list tells whether its items are.
    items = "{0}" if formats.list(["", "", "", ""]).isascii() else "flat"
    return {
        **_CALLS,
        "text": "if not ({0}.isascii() and {0}.isprintable()): {0} = shown({0})",
        "date": "{0} = months[{0}.month] % day({0})",
        "list": f"raw = {{0}}; {{0}} = join(raw){'' if items == '{0}' else '; flat = str().join(raw)'}\n"
        f" if not ({items}.isascii() and {items}.isprintable()) and suspect({items}): {{0}} = listed(raw)",
    }


def _source(pieces: Sequence[Piece], kinds: Mapping[str, str], steps: Mapping[str, str]) -> str:
    names = {each.text: f"v{number}" for number, each in enumerate(pieces) if isinstance(each, Placeholder)}
    lines = ["def render(values):"]
    for name, variable in names.items():
        lines.append(f" {variable} = values[{name!r}]")
        lines.append(" " + steps[kinds.get(name, "text")].format(variable))
    return "\n".join([*lines, *_assembly(pieces, names)])


def _assembly(pieces: Sequence[Piece], names: Mapping[str, str]) -> list[str]:
    """The lines that join the pieces; a particle is chosen by everything before it."""
    lines: list[str] = []
    parts: list[str] = []
    for piece in pieces:
        if isinstance(piece, Placeholder):
            parts.append(f"f'{{{names[piece.text]}}}'")
        elif isinstance(piece, Literal):
            parts.append(_literal(piece.text))
        elif isinstance(piece, Particle):
            lines.append(f" text = {_joined([*parts, _literal(piece.closers)])}")
            parts = ["f'{text}'", f"f'{{attach(text, "{piece.text}")}}'"]
    return [*lines, f" return {_joined(parts)}"]


def _joined(parts: Iterable[str]) -> str:
    # Neighbouring literals are one f-string to Python, and so one step.
    return " ".join(parts) or "''"


def _literal(text: str) -> str:
    return "f" + repr(text.replace("{", "{{").replace("}", "}}"))


def _isolated_shown(text: str) -> str:
    return isolated(visible(text))


def _outer(function: Callable[[Any], str], rtl: bool) -> Callable[[Any], str]:
    return (lambda value: isolated(function(value))) if rtl else function


def _amount(formats: Formats) -> Callable[[Decimal, str], str]:
    money = formats.money
    return (lambda value, currency: isolated(money(value, currency))) if formats.rtl else money


def _listed(formats: Formats) -> Callable[[Sequence[str]], str]:
    join, safe = formats.list, _isolated_shown if formats.rtl else shown
    return lambda items: join([safe(each) for each in items])
