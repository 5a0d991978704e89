"""How far catalogs are: for people, for programs, for a badge."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import click

from oppi18n.cli import machine, options
from oppi18n.cli.catalogwork import chosen, pack_of, pack_option
from oppi18n.cli.help import Command
from oppi18n.cli.session import Session, session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oppi18n.upkeep.update import Status

COLORS: Final = ((100, "brightgreen"), (95, "green"), (80, "yellow"), (50, "orange"), (0, "red"))
"""Least percent → the color of the badge."""


@click.command(cls=Command)
@click.argument("tags", metavar="[LOCALE...]", nargs=-1)
@click.option(
    "--fail-under",
    "least",
    metavar="N",
    type=options.Percentage(),
    help="Exit with 1 if less than N percent of a catalog is translated.",
)
@pack_option
@options.formats("text", "json", "badge")
@options.common
def command(tags: tuple[str, ...], least: Decimal | None, pack_name: str | None, format_: str) -> int:
    """Say how far each catalog is: what is translated, a proposal, to be reviewed, missing.

    With --format badge, the answer is what shields.io and its like make a badge of.
    """
    from oppi18n.upkeep import update as upkeep

    current, pack = session(), pack_of(pack_name)
    found = upkeep.status(pack, tags=chosen(pack, tags))
    if format_ == "json":
        head = {"locale": current.locale, "pack": pack.name}
        current.out(
            machine.text_of(machine.envelope("catalog-status", head, catalogs=[_counts(each) for each in found]))
        )
    elif format_ == "badge":
        current.out(machine.text_of(_badge(found)))
    else:
        _tell(found, current)
    return 1 if any(least is not None and each.translated * 100 < least * each.total for each in found) else 0


def _counts(status: Status) -> dict[str, Any]:
    counts = status._asdict()
    return {"language": counts.pop("locale"), **counts, "percent": status.percent}


def _tell(found: Sequence[Status], current: Session) -> None:
    for each in found:
        current.out(
            current.say(
                "{locale}: {translated} of {total} translated, {missing} missing (of these {fuzzy} proposed), "
                "{needs_review} to be reviewed, {obsolete} obsolete",
                **each._asdict(),
            )
        )


def _badge(found: Sequence[Status]) -> dict[str, Any]:
    """A badge of the schema that shields.io calls endpoint; it is the same in every language."""
    percent = min((each.percent for each in found), default=100)
    return {
        "schemaVersion": 1,
        "label": f"translated: {found[0].locale}" if len(found) == 1 else "translated",
        "message": f"{percent}%",
        "color": next(color for least, color in COLORS if percent >= least),
    }
