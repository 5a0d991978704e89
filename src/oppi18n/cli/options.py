"""Options that several commands share, and the types of their values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import click

from oppi18n.cli.session import Session, session
from oppi18n.errors import InputError
from oppi18n.model.values import ValueFault, to_date, to_decimal
from oppi18n.model.values import today as today_in

if TYPE_CHECKING:
    from oppi18n.engine.rules import Rules

    DateType = click.ParamType[date]
    AmountType = click.ParamType[Decimal]
else:
    # Older versions of click have no type arguments here.
    DateType = AmountType = click.ParamType

F = TypeVar("F", bound=Callable[..., Any])


class Date(DateType):
    """A full date, YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return to_date(value)
        except ValueFault:
            self.fail(session().say("'{value}' is not a date such as 2026-03-31.", value=value), param, ctx)


class Amount(AmountType):
    """An exact decimal."""

    name = "AMOUNT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            return to_decimal(value)
        except ValueFault:
            self.fail(session().say("'{value}' is not an amount such as 240000.50.", value=value), param, ctx)


class Percentage(AmountType):
    """A number from 0 to 100."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            found = to_decimal(value)
        except ValueFault:
            found = Decimal(-1)
        if not 0 <= found <= 100:
            self.fail(session().say("'{value}' is not a percentage from 0 to 100.", value=value), param, ctx)
        return found


def _color(ctx: click.Context, param: click.Parameter, value: str) -> None:
    found = ctx.find_object(Session)
    if found is not None:
        found.color = value


def _verbosity(ctx: click.Context, param: click.Parameter, value: int) -> None:
    found = ctx.find_object(Session)
    if found is not None and value:
        found.verbosity = value if param.name == "verbose" else -value


def _stack(*options: Callable[[F], F]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def common(function: F) -> F:
    """`--locale`, `--color`, `-v`, `-q`: every command has them."""
    return _stack(
        click.option("--locale", metavar="TAG", expose_value=False, help="The language to speak, such as ko or zh-HK."),
        manners,
    )(function)


def manners(function: F) -> F:
    """`--color`, `-v`, `-q`: what every command has besides a language."""
    return _stack(
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            expose_value=False,
            is_eager=True,
            callback=_color,
            help="Whether to write colors.",
        ),
        click.option(
            "-v", "--verbose", count=True, expose_value=False, callback=_verbosity, help="Say more about the run."
        ),
        click.option(
            "-q", "--quiet", count=True, expose_value=False, callback=_verbosity, help="Say only what went wrong."
        ),
    )(function)


def formats(*names: str) -> Callable[[F], F]:
    """`--format`, the first name being the default."""
    return click.option(
        "--format", "format_", type=click.Choice(names), default=names[0], help="How to write the answer."
    )


def zone(function: F) -> F:
    """`--zone`: where timestamps become dates."""
    return click.option(
        "--zone", metavar="NAME", default="UTC", help="The time zone in which timestamps become dates."
    )(function)


def closing(function: F) -> F:
    """What a closing says besides its outcome, and `--quotes`: the file beside the one that is read."""
    return _stack(
        click.option("--reason", "status_reason", metavar="NAME", help="The status reason of the closing."),
        click.option("--close-date", "date", type=Date(), help="The close date."),
        click.option("--revenue", type=Amount(), help="The actual revenue."),
        click.option("--currency", metavar="CODE", help="The currency of the actual revenue, such as SEK."),
        click.option("--competitor", metavar="NAME", help="The competitor that won the deal."),
        click.option("--description", metavar="TEXT", help="Notes about the closing."),
        click.option(
            "--no-defaults",
            is_flag=True,
            help="Leave what is not given empty instead of filling in the dialog's defaults.",
        ),
        click.option("--quotes", metavar="FILE", help="The CSV file of the quotes, beside one of opportunities."),
    )(function)


def destination(function: F) -> F:
    """Where changed records go: `--output`, `--in-place` or, with `--dry-run`, nowhere."""
    return _stack(
        click.option("--opportunity", "wanted", metavar="ID", help="Which opportunity, where the file holds several."),
        click.option("--output", metavar="FILE", help="Write the changed file here; - is the standard output."),
        click.option("--in-place", is_flag=True, help="Replace the file itself. Only for JSON."),
        click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing."),
        payloads,
    )(function)


def payloads(function: F) -> F:
    """`--payloads`: the calls that do the same in Dataverse."""
    return click.option(
        "--payloads", metavar="FILE", help="Write the Dataverse Web API calls that do the same here, as JSON."
    )(function)


def ruleset(function: F) -> F:
    """`--ruleset`, `--pack`, `--set`: which rules are asked."""
    return _stack(
        click.option(
            "--ruleset", "ruleset_name", metavar="NAME", default="close-opportunity", help="The ruleset to ask."
        ),
        packs,
        click.option(
            "--set",
            "settings",
            metavar="NAME=VALUE",
            multiple=True,
            help="Give a setting of the ruleset a value. May be repeated.",
        ),
    )(function)


def packs(function: F) -> F:
    """`--pack`: rules and catalogs from elsewhere."""
    return click.option(
        "--pack",
        "packs",
        metavar="NAME|FOLDER",
        multiple=True,
        help="Lay a pack of rules over the shipped ones. May be repeated; later ones win.",
    )(function)


def evaluation(function: F) -> F:
    """`--today`, `--zone`, `--deployment`: the circumstances of a question."""
    return _stack(
        click.option("--today", type=Date(), help="The day to take for today."),
        zone,
        click.option("--deployment", metavar="NAME", help="The deployment: rules for others do not apply."),
    )(function)


def parsed_settings(settings: tuple[str, ...]) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping."""
    found = {}
    for text in settings:
        name, mark, value = text.partition("=")
        if not mark:
            raise InputError("setting-without-value", setting=text)
        found[name.strip()] = value.strip()
    return found


def rules_of(ruleset_name: str, packs: tuple[str, ...], settings: tuple[str, ...]) -> Rules:
    """The rules that were asked for; the session speaks with the words of their packs from then on."""
    from oppi18n.engine.loading import load_rules

    found = load_rules(ruleset_name, packs=packs, settings=parsed_settings(settings))
    if packs:
        from oppi18n.i18n.localizer import Localizer

        current = session()
        current.speak(Localizer(current.locale, packs=packs))
    return found


def the_day(today: date | None, zone: str) -> date:
    """`--today`, or today in the zone."""
    return today or today_in(zone)
