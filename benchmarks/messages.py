"""One localized message, against `str.format` of ready strings and against other libraries that know CLDR.

A sentence names three quotes, a date and an amount, every time others. All candidates get the same ones, and their
answers are compared before anything is timed. Fluent is only shown: its sentence has to be glued to a list made by Babel.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from _paired import Goal, Row, alone, at_least, at_most, by_turns, cpu
from babel.core import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency

from oppi18n.i18n.formats import Formats, patterns
from oppi18n.i18n.render import compile_template

TEMPLATES: Final = {
    "en": "The quotes {quotes} expire on {date} and come to {amount}.",
    "ko": "견적({quotes})은 {date}에 만료되며 합계는 {amount}입니다.",
    "zh-HK": "報價 {quotes} 將於 {date} 到期，合計 {amount}。",
    "ja": "見積もり ({quotes}) の有効期限は {date}、合計は {amount} です。",
    "ms": "Sebut harga {quotes} tamat tempoh pada {date} dan berjumlah {amount}.",
    "sv": "Offerterna {quotes} upphör att gälla {date} och uppgår till {amount}.",
}
KINDS: Final = {"quotes": "list", "date": "date", "amount": "money"}
MESSAGES: Final = 250
OFTEN: Final = 6
"""How many times as often the quick ones go through all messages in one turn."""
GOALS: Final[dict[str, Goal]] = {"str.format": at_most(2.5), "Babel": at_least(12)}


class Values(NamedTuple):
    """What a message is given."""

    quotes: list[str]
    date: datetime.date
    amount: Decimal


def fresh(generator: random.Random) -> list[Values]:
    """Arguments nobody has seen before."""
    first = datetime.date(1990, 1, 1)
    return [
        Values(
            [f"QUO-{generator.randrange(100000):05}-{generator.choice('ABCDEF')}" for _ in range(3)],
            first + datetime.timedelta(days=generator.randrange(20000)),
            Decimal(generator.randrange(10**9)).scaleb(-2),
        )
        for _ in range(MESSAGES)
    ]


def with_oppi18n(tag: str) -> Callable[[Values], str]:
    """A compiled template over compiled formats."""
    render = compile_template(TEMPLATES[tag], Formats(patterns(tag)), KINDS)
    return lambda values: render(
        {"quotes": values.quotes, "date": values.date, "amount": (values.amount, "USD")},
    )


def with_babel(tag: str) -> Callable[[Values], str]:
    """Babel as its documentation shows it, with the Locale looked up beforehand."""
    locale, template = Locale.parse(tag.replace("-", "_")), TEMPLATES[tag].format
    return lambda values: template(
        quotes=format_list(values.quotes, locale=locale),
        date=format_date(values.date, "long", locale=locale),
        amount=format_currency(values.amount, "USD", locale=locale),
    )


def with_icu(tag: str) -> Callable[[Values], str]:
    """PyICU with its formatters made beforehand; it takes no decimals."""
    import icu

    locale, template = icu.Locale(tag), TEMPLATES[tag].format
    lists, dates = (
        icu.ListFormatter.createInstance(locale),
        icu.DateFormat.createDateInstance(icu.DateFormat.kLong, locale),
    )
    dates.setTimeZone(icu.TimeZone.createTimeZone("UTC"))
    money = icu.NumberFormat.createCurrencyInstance(locale)
    money.setCurrency("USD")
    midnight, zone = datetime.time(), datetime.UTC
    return lambda values: template(
        quotes=lists.format(values.quotes),
        date=dates.format(datetime.datetime.combine(values.date, midnight, zone)),
        amount=money.format(float(values.amount)),
    )


def with_fluent(tag: str) -> Callable[[Values], str]:
    """fluent.runtime, the list from Babel since it has none."""
    from fluent.runtime import FluentBundle, FluentResource
    from fluent.runtime.types import fluent_date, fluent_number

    locale = Locale.parse(tag.replace("-", "_"))
    bundle = FluentBundle([tag], use_isolating=False)
    text = TEMPLATES[tag].replace("{quotes}", "{$quotes}").replace("{date}", "{$date}").replace("{amount}", "{$amount}")
    bundle.add_resource(FluentResource(f"message = {text}"))
    message = bundle.get_message("message").value

    def render(values: Values) -> str:
        given = {
            "quotes": format_list(values.quotes, locale=locale),
            "date": fluent_date(values.date, dateStyle="long"),
            "amount": fluent_number(values.amount, style="currency", currency="USD"),
        }
        said: str = bundle.format_pattern(message, given)[0]
        return said

    return render


PEERS: Final = {"Babel": with_babel, "PyICU": with_icu, "fluent.runtime": with_fluent}


def agree(tag: str, ours: Callable[[Values], str], peer: Callable[[Values], str], values: list[Values]) -> None:
    """Stop unless both say the same, save for the no-break space that Babel leaves out after a Malay currency code."""
    for each in values:
        answer, expected = ours(each), peer(each)
        if answer not in (expected, expected.replace("USD", "USD\xa0")):
            raise SystemExit(f"{tag}: {answer!r} is not {expected!r}")


def measured(tag: str, rounds: int) -> Iterator[Row]:
    """The rows of one locale."""
    values = fresh(random.Random(tag))
    ours = with_oppi18n(tag)
    contenders: dict[str, Callable[[Values], str]] = {}
    missing: dict[str, str] = {}
    for name, make in PEERS.items():
        try:
            contenders[name] = make(tag)
        except ImportError as error:
            missing[name] = f"{error.name} is not installed"
        else:
            agree(tag, ours, contenders[name], values)
    formats, template = Formats(patterns(tag)), TEMPLATES[tag].format
    ready = [(formats.list(v.quotes), formats.date(v.date), formats.money(v.amount, "USD")) for v in values]
    render = compile_template(TEMPLATES[tag], formats, KINDS)

    def by_us() -> None:
        for quotes, date, amount in values:
            render({"quotes": quotes, "date": date, "amount": (amount, "USD")})

    def plain() -> None:
        for quotes, date, amount in ready:
            template(quotes=quotes, date=date, amount=amount)

    def by(peer: Callable[[Values], str]) -> Callable[[], int]:
        return lambda: cpu(lambda: [peer(each) for each in values])

    timers = {"ours": lambda: cpu(by_us, OFTEN), "str.format": lambda: cpu(plain, OFTEN)}
    # Many short rounds: what disturbs one leaves its neighbours alone.
    times = by_turns({**timers, **{name: by(peer) for name, peer in contenders.items()}}, 3 * rounds)
    yield Row(f"message in {tag}", "str.format", times.over("ours", "str.format"), GOALS["str.format"])
    for name in PEERS:
        ratio = None if name in missing else times.over(name, "ours").scaled(OFTEN)
        yield Row(f"message in {tag}", f"{name}: times as fast", ratio, GOALS.get(name), note=missing.get(name, ""))


def rows(rounds: int) -> Iterator[Row]:
    """The table."""
    for tag in TEMPLATES:
        yield from measured(tag, rounds)


if __name__ == "__main__":
    alone(rows)
