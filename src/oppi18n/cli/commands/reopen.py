"""Undoing a closing, on the record."""

from __future__ import annotations

from typing import Any

import click

from oppi18n.cli import options
from oppi18n.cli.help import Command
from oppi18n.cli.session import session


@click.command(cls=Command)
@click.argument("path", metavar="FILE")
@click.option("--activity", metavar="ID", help="The activity of the closing, to be canceled by a call of its own.")
@click.option("--quotes", metavar="FILE", help="The CSV file of the quotes, beside one of opportunities.")
@options.destination
@options.zone
@options.ruleset
@options.formats("text", "json")
@options.common
def command(path: str, **given: Any) -> int:
    """Reopen an opportunity that was closed as won or lost.

    Its actual revenue and its close date are cleared, and the activity of its closing is canceled. Its quotes stay as they
    are. The exit status is 0 if the opportunity was reopened, or would be, and 1 if it is open already.
    """
    from oppi18n.cli.closings import Run

    return Run(session(), "reopen", path, given).reopen()
