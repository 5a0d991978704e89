"""A message template becomes a function from values to text."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oppi18n.i18n.particles import attach
from oppi18n.i18n.visible import is_suspect, isolated, shown, visible
from oppi18n.templates import Literal, Particle, Piece, Placeholder, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import CodeType

    from oppi18n.i18n.formats import Formats

KINDS = ("text", "ready", "list", "integer", "decimal", "money", "date", "short-date")
"""What a placeholder may be given.

text         a string from data, or one formatted elsewhere: made safe, isolated if need be
ready        a string the caller vouches for: put in as it is
list         strings from data, made into an and-list
integer, decimal, date, short-date   the raw value
money        (Decimal, ISO 4217 code)
"""

_CENT: Final = Decimal("0.01")
_DAYS: Final = [str(day) for day in range(32)]

_CALLS = {
    "text": "{0} = shown({0})",
    "ready": "pass",
    "list": "{0} = listed({0})",
    "integer": "{0} = integer({0})",
    "decimal": "{0} = decimal({0})",
    "money": "amount, currency = {0}; {0} = money(amount, currency)",
    "date": "{0} = date({0})",
    "short-date": "{0} = short_date({0})",
}


def compile_template(
    text: str, formats: Formats, kinds: Mapping[str, str] | None = None
) -> Callable[[Mapping[str, Any]], str]:
    """A function that puts values into this template, by placeholder name.

    `kinds` says what each placeholder is given (see `KINDS`); those it does not name are given text. Compiling costs
    about a hundred times as much as rendering: keep the function, or the `code`. Raises `TemplateFault` for a template
    that is not well formed and `KeyError` for an unknown kind; the function raises `KeyError` for a value that is not
    there.

    >>> from oppi18n.i18n.formats import Formats, patterns
    >>> ko = Formats(patterns("ko"))
    >>> compile_template("{quotes}을(를) 닫으십시오.", ko, {"quotes": "list"})({"quotes": ["QUO-1", "QUO-3"]})
    'QUO-1 및 QUO-3을 닫으십시오.'
    """
    return bind(code(text, formats, kinds), formats)


def code(text: str, formats: Formats, kinds: Mapping[str, str] | None = None) -> CodeType:
    """What `compile_template` makes of a template, as a code object a cache can keep with `marshal`.

    It fits the locale, the Python version and the oppi18n version it was made for, and no other.

    >>> from oppi18n.i18n.formats import Formats, patterns
    >>> en = Formats(patterns("en"))
    >>> bind(code("{count} left", en, {"count": "integer"}), en)({"count": 1234})
    '1,234 left'
    """
    # The source holds our own words and string literals made by repr(); a template cannot reach the code around it.
    source = _source(parse(text), kinds or {}, _steps(formats), _date_text(formats))
    return compile(source, "<template>", "exec")


def bind(code: CodeType, formats: Formats) -> Callable[[Mapping[str, Any]], str]:
    """The function of a code object made by `code` for the same locale."""
    scope: dict[str, Any] = {
        "attach": attach,
        "shown": _isolated_shown if formats.rtl else shown,
        "integer": _outer(formats.integer, formats.rtl),
        "decimal": _outer(formats.decimal, formats.rtl),
        "date": _outer(formats.date, formats.rtl),
        "short_date": _outer(formats.date_short, formats.rtl),
        "money": _amount(formats),
        "cents": formats.cents,
        "in_cents": _CENT.same_quantum,
        "regrouped": formats.regrouped,
        "join": formats.list,
        "listed": _listed(formats),
        "suspect": is_suspect,
        "months": _month_column(formats),
        "days": _DAYS,
    }
    exec(code, scope)  # noqa: S102
    render: Callable[[Mapping[str, Any]], str] = scope["render"]
    return render


def _steps(formats: Formats) -> dict[str, str]:
    """By kind, the lines that turn the raw value `{0}` into text.

    They are written into the function because a call costs as much as the work.
    """
    if formats.rtl:
        return _CALLS
    three = "f" + repr(formats.list(["{a}", "{b}", "{c}"]))
    # Where the words between the items are ASCII, the finished list tells whether its items are.
    ascii_only = (formats.list(["", ""]) + formats.list(["", "", "", ""])).isascii()
    tested, flat = ("{0}", "") if ascii_only else ("flat", "; flat = ''.join(raw)")
    return {
        **_CALLS,
        "text": "if not ({0}.isascii() and {0}.isprintable()): {0} = shown({0})",
        "money": _money_step(formats),
        "list": f"raw = {{0}}{flat}\n"
        f" if len(raw) == 3: a, b, c = raw; {{0}} = {three}\n"
        " else: {0} = join(raw)\n"
        f" if not ({tested}.isascii() and {tested}.isprintable()) and suspect({tested}): {{0}} = listed(raw)",
    }


def _date_text(formats: Formats) -> str:
    """A long date as part of an f-string, with tables for the day and what depends on the month; empty if it is not so."""
    if formats.rtl:
        return ""
    rows = [template.split("%d") for template in formats.months]
    plain = all(len(row) == 3 and not set("%'{}\\") & set("".join(row)) for row in rows)
    columns = list(zip(*rows, strict=True)) if plain else []
    if sum(len(set(column)) > 1 for column in columns) != 1:
        return ""
    before, between, after = (column[0] if len(set(column)) == 1 else "{months[{0}.month]}" for column in columns)
    first, second = formats.parts
    fields = {"year": "{{0}.year}", "day": "{days[{0}.day]}"}
    return f"{before}{fields[first]}{between}{fields[second]}{after}" if {first, second} <= fields.keys() else ""


def _money_step(formats: Formats) -> str:
    """An amount such as most are, not negative and with two decimals, as one f-string."""
    digits = "{amount:,f}" if formats.regrouped is None else "{regrouped(format(amount, ',f'))}"
    return (
        "amount, currency = {0}\n"
        " if currency in cents and in_cents(amount) and not amount.is_signed():\n"
        '  before, after = cents[currency]; {0} = f"{before}' + digits + '{after}"\n'
        " else: {0} = money(amount, currency)"
    )


def _month_column(formats: Formats) -> list[str]:
    columns = zip(*(template.split("%d") for template in formats.months), strict=False)
    return ["", *next((column for column in columns if len(set(column)) > 1), ())]


def _source(pieces: Sequence[Piece], kinds: Mapping[str, str], steps: Mapping[str, str], date: str) -> str:
    names = {each.text: f"v{number}" for number, each in enumerate(pieces) if isinstance(each, Placeholder)}
    texts: dict[str, str] = {}
    lines = ["def render(values):"]
    for name, variable in names.items():
        kind = kinds.get(name, "text")
        lines.append(f" {variable} = values[{name!r}]")
        if kind == "date" and date:
            # Not made and then put in, but written where it belongs.
            texts[name] = f"f'{date}'".replace("{0}", variable)
        else:
            lines.append(" " + steps[kind].replace("{0}", variable))
            texts[name] = f"f'{{{variable}}}'"
    return "\n".join([*lines, *_assembly(pieces, texts)])


def _assembly(pieces: Sequence[Piece], texts: Mapping[str, str]) -> list[str]:
    """The lines that join the pieces; a particle is chosen by everything before it."""
    lines: list[str] = []
    parts: list[str] = []
    for piece in pieces:
        if isinstance(piece, Placeholder):
            parts.append(texts[piece.text])
        elif isinstance(piece, Literal):
            parts.append(_literal(piece.text))
        elif isinstance(piece, Particle):
            lines.append(f" text = {_joined([*parts, _literal(piece.closers)])}")
            lines.append(f" text += attach(text, {piece.text!r})")
            parts = ["f'{text}'"]
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
