"""The Close opportunity dialog is shown, empty or filled in for one opportunity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from oppi18n.cli import failures, machine, options
from oppi18n.cli.help import Command
from oppi18n.cli.session import session

if TYPE_CHECKING:
    from oppi18n.engine.rules import Rules
    from oppi18n.model.facts import Facts


@click.command(cls=Command)
@click.option("--as", "outcome", type=click.Choice(["won", "lost"]), help="Choose won or lost in the dialog.")
@click.option("--facts", "path", metavar="FILE", help="The opportunity to fill the dialog in for; - is standard input.")
@options.evaluation
@options.ruleset
@options.formats("text", "json")
@options.common
def command(outcome: str | None, path: str | None, **given: Any) -> int:
    """Show the Close opportunity dialog: its fields, their options and defaults.

    With --facts, the dialog is filled in for one opportunity and says what stands in the way of closing it. With
    --as won or --as lost, only what goes with that outcome is shown. The exit status is 0 whatever the answer is;
    for one that says no, use check.
    """
    from oppi18n.dialog.form import close_form
    from oppi18n.dialog.machine import as_json
    from oppi18n.dialog.text import as_text

    current = session()
    rules = options.rules_of(given["ruleset_name"], given["packs"], given["settings"])
    form = close_form(
        rules,
        current.localizer,
        today=options.the_day(given["today"], given["zone"]),
        facts=_facts(path, rules, given["zone"]) if path is not None else None,
        outcome=outcome,
        deployment=given["deployment"],
    )
    if given["format_"] == "json":
        current.out(machine.text_of(as_json(form, zone=given["zone"])))
    else:
        current.out(as_text(form, current.localizer, width=current.width).rstrip("\n"))
    return 0


def _facts(path: str, rules: Rules, zone: str) -> Facts:
    """The facts of a file of one opportunity; what should be heard about the file is told."""
    from oppi18n.readers import read

    current = session()
    found = read(path, model=rules.model, zone=zone)
    for notice in found.notices:
        current.tell(failures.problem_line(notice, path, current))
    return found.only()
