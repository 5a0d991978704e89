"""Work on rules: are they well written, do their cases hold, what is the value of an expression."""

from __future__ import annotations

from typing import Any

import click

from oppi18n.cli import options
from oppi18n.cli.help import Command, Group


@click.group(cls=Group)
@options.common
def command() -> None:
    """Work on rules: lint them, run their cases, evaluate an expression."""


@command.command(cls=Command)
@click.argument("paths", metavar="[PATH...]", nargs=-1)
@options.packs
@options.formats("text", "json")
@options.common
def lint(paths: tuple[str, ...], packs: tuple[str, ...], format_: str) -> int:
    """Check rule files, models and cases: everything wrong, each with its place and a hint.

    Without a PATH, the shipped rules and the named packs are checked. A PATH is a rule file or the folder of a pack.
    """
    from oppi18n.cli.ruleswork import lint_rules

    return lint_rules(paths, packs, format_)


@command.command(cls=Command)
@click.argument("rulesets", metavar="[RULESET...]", nargs=-1)
@click.option("--filter", "wanted", metavar="TEXT", help="Run only the cases whose rule or name has this text.")
@options.packs
@options.formats("text", "json")
@options.common
def test(rulesets: tuple[str, ...], **given: Any) -> int:
    """Run the cases beside the rulesets, and show what was expected and what was found."""
    from oppi18n.cli.ruleswork import test_rules

    return test_rules(rulesets, given["wanted"], given["packs"], given["format_"])


@command.command(cls=Command, name="eval")
@click.argument("expression", metavar="EXPRESSION")
@click.option("--facts", metavar="FILE", help="A JSON file whose members are the names of the expression.")
@options.common
def evaluate(expression: str, facts: str | None) -> int:
    """Print the value of one expression as JSON.

    What is missing comes as an object whose member "unknown" lists the paths, a mistake as one with the member "error".
    Both exit with 1.
    """
    from oppi18n.cli.ruleswork import eval_expression

    return eval_expression(expression, facts)
