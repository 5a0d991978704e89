"""The closing itself, on the record."""

from __future__ import annotations

from typing import Any

import click

from oppi18n.cli import options
from oppi18n.cli.help import Command
from oppi18n.cli.session import session


@click.command(cls=Command)
@click.argument("path", metavar="FILE")
@click.option("--as", "outcome", type=click.Choice(["won", "lost"]), help="Close it as won or as lost.")
@options.closing
@click.option("--close-quotes", is_flag=True, help="Close all its active and draft quotes at the same time.")
@options.destination
@options.evaluation
@options.ruleset
@options.formats("text", "json")
@options.common
def command(path: str, **given: Any) -> int:
    """Close an opportunity as won or lost, if the rules allow it.

    Without --close-quotes, no quote is touched. Nothing is written unless --in-place, --output or --payloads says where;
    then all of it is written or nothing. In a JSON file, what does not change stays as it is, byte for byte. The exit
    status is 0 if the opportunity was closed, or would be, and 1 if it was refused or is closed already.
    """
    from oppi18n.cli.closings import Run

    return Run(session(), "close", path, given).close()
