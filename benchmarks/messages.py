"""One localized message, in proportion to `str.format` of ready strings: ours and Babel's.

Run `python benchmarks/messages.py [rounds]`. Every round times all candidates on the same fresh arguments, one after
the other, in processor time; a figure is the median of the ratios of the rounds. The answers are compared before
anything is timed. Times of one round mean nothing by themselves: the machine may be busy.
"""

from __future__ import annotations

import datetime
import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from babel.core import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency

from oppi18n.i18n.formats import Formats, patterns
from oppi18n.i18n.render import compile_template

TEMPLATES = {
    "en": "The quotes {quotes} expire on {date} and come to {amount}.",
    "ko": "견적({quotes})은 {date}에 만료되며 합계는 {amount}입니다.",
    "zh-HK": "報價 {quotes} 將於 {date} 到期，合計 {amount}。",
    "ja": "見積もり ({quotes}) の有効期限は {date}、合計は {amount} です。",
    "ms": "Sebut harga {quotes} tamat tempoh pada {date} dan berjumlah {amount}.",
    "sv": "Offerterna {quotes} upphör att gälla {date} och uppgår till {amount}.",
}
KINDS = {"quotes": "list", "date": "date", "amount": "money"}
MESSAGES = 2000
ROUNDS = 15


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


def with_babel(tag: str) -> Callable[[Values], str]:
    """Babel as its documentation shows it, with the Locale looked up beforehand."""
    locale, template = Locale.parse(tag.replace("-", "_")), TEMPLATES[tag].format

    def render(values: Values) -> str:
        return template(
            quotes=format_list(values.quotes, locale=locale),
            date=format_date(values.date, "long", locale=locale),
            amount=format_currency(values.amount, "USD", locale=locale),
        )

    return render


def ours(tag: str) -> Callable[[dict[str, object]], str]:
    """A compiled template over compiled formats."""
    return compile_template(TEMPLATES[tag], Formats(patterns(tag)), KINDS)


def timed_ours(tag: str, arguments: Sequence[Values]) -> float:
    """Processor seconds for a compiled template over compiled formats."""
    render = ours(tag)
    start = time.process_time_ns()
    for quotes, date, amount in arguments:
        render({"quotes": quotes, "date": date, "amount": (amount, "USD")})
    return (time.process_time_ns() - start) / 1e9


def timed_babel(tag: str, arguments: Sequence[Values]) -> float:
    """Processor seconds for Babel with a Locale at hand."""
    render = with_babel(tag)
    start = time.process_time_ns()
    for each in arguments:
        render(each)
    return (time.process_time_ns() - start) / 1e9


def timed_plain(tag: str, arguments: Sequence[tuple[str, str, str]]) -> float:
    """Processor seconds for `str.format` of strings that are ready."""
    template = TEMPLATES[tag].format
    start = time.process_time_ns()
    for quotes, date, amount in arguments:
        template(quotes=quotes, date=date, amount=amount)
    return (time.process_time_ns() - start) / 1e9


def same_answers(tag: str, arguments: Sequence[Values]) -> None:
    """Stop unless both say the same, save the no-break space Babel leaves out after a Malay currency code."""
    one, other = ours(tag), with_babel(tag)
    for each in arguments:
        expected = other(each).replace("USD", "USD\xa0") if tag == "ms" else other(each)
        answer = one({"quotes": each.quotes, "date": each.date, "amount": (each.amount, "USD")})
        if answer != expected:
            raise SystemExit(f"{tag}: {answer!r} is not {expected!r}")


def ratios(tag: str, rounds: int) -> tuple[float, float]:
    """Ours and Babel's time over that of `str.format`, medians over the rounds."""
    generator = random.Random(tag)
    same_answers(tag, fresh(generator))
    formats = Formats(patterns(tag))
    pairs = []
    for _ in range(rounds):
        values = fresh(generator)
        ready = [(formats.list(v.quotes), formats.date(v.date), formats.money(v.amount, "USD")) for v in values]
        plain, mine, theirs = timed_plain(tag, ready), timed_ours(tag, values), timed_babel(tag, values)
        pairs.append((mine / plain, theirs / plain))
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def main() -> None:
    """Print the table."""
    rounds = max(7, int(sys.argv[1])) if len(sys.argv) > 1 else ROUNDS
    gc.disable()
    print(f"{'locale':8}{'str.format':>12}{'oppi18n':>10}{'Babel':>10}{'Babel / oppi18n':>18}")
    for tag in TEMPLATES:
        mine, theirs = ratios(tag, rounds)
        print(f"{tag:8}{1.0:12.2f}{mine:10.2f}{theirs:10.1f}{theirs / mine:18.1f}")


if __name__ == "__main__":
    main()
