"""The way out: what must happen first so that an opportunity can be closed."""

from __future__ import annotations

from typing import Any

import click

from oppi18n.cli import options
from oppi18n.cli.asking import DEMO
from oppi18n.cli.help import Command
from oppi18n.cli.session import session


@click.command(cls=Command)
@click.argument("files", metavar="FILE...", nargs=-1)
@click.option("--as", "outcome", type=click.Choice(["won", "lost"]), help="Ask about closing it as won or as lost.")
@options.closing
@click.option("--demo", is_flag=True, help="Ask about a shipped example.")
@options.payloads
@options.evaluation
@options.ruleset
@options.formats("text", "json", "jsonl")
@options.common
def command(files: tuple[str, ...], **given: Any) -> int:
    """Plan what must happen before opportunities can be closed, and the closing itself.

    The plan is the cheapest one that the rules allow: each quote is named, and what only a person can choose is asked
    for. The exit status is 0 if every plan can be carried out as it is.
    """
    from oppi18n.cli.planning import Planning

    planning = Planning(session(), given)
    if given["demo"]:
        files = (*files, DEMO)
    if not files:
        raise click.MissingParameter(param=_files(), ctx=click.get_current_context())
    return planning.answer(files)


def _files() -> click.Parameter:
    return next(param for param in command.params if param.name == "files")
