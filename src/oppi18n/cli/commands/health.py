"""How a pack is, in one answer."""

from __future__ import annotations

import click

from oppi18n.cli import options
from oppi18n.cli.help import Command


@click.command(cls=Command)
@click.option("--pack", "pack_name", metavar="NAME|FOLDER", help="Look at this pack instead of the shipped one.")
@options.formats("text", "json")
@options.common
def command(pack_name: str | None, format_: str) -> int:
    """Check everything at once: rules lint, rules test, catalog status, catalog update --check and catalog lint.

    Nothing is written. The exit status is the highest that any of them would have.
    """
    from oppi18n.cli.healthwork import tell_health

    return tell_health(pack_name, format_)
