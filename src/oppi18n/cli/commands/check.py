"""The question itself: can it be closed, and if not, why not."""

from __future__ import annotations

from typing import Any

import click

from oppi18n.cli import options
from oppi18n.cli.asking import DEMO, Asking
from oppi18n.cli.help import Command
from oppi18n.cli.session import session


@click.command(cls=Command)
@click.argument("files", metavar="FILE...", nargs=-1)
@click.option("--as", "outcome", type=click.Choice(["won", "lost"]), help="Ask about closing it as won or as lost.")
@options.closing
@click.option("--demo", is_flag=True, help="Ask about a shipped example.")
@click.option("--trace", is_flag=True, help="Show how each rule came out, and from which values.")
@options.evaluation
@options.ruleset
@options.formats("text", "json", "jsonl")
@options.common
def command(files: tuple[str, ...], **given: Any) -> int:
    """Say whether opportunities can be closed, and if not, why not.

    Each FILE is a Dataverse Web API export, our own JSON or YAML, JSON Lines or CSV; - is the standard input. Without
    --as, only what is on record is asked about. With --as won or --as lost the whole closing is asked about, with the
    dialog's defaults.
    """
    asking = Asking(session(), given)
    if given["demo"]:
        files = (*files, DEMO)
    if not files:
        raise click.MissingParameter(param=_files(), ctx=click.get_current_context())
    return asking.answer(files)


def _files() -> click.Parameter:
    return next(param for param in command.params if param.name == "files")
