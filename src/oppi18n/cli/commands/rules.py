"""Work on rules: are they well written, do their cases hold, what is the value of an expression."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from oppi18n.cli import options
from oppi18n.cli.help import Command, Group

DIALECTS = [
    "duckdb", "sqlite", "postgres", "spark", "datafusion", "tsql", "snowflake", "bigquery", "databricks", "mysql",
]  # fmt: skip
"""Written out, for help must not load what writes them."""


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
@click.argument("asked", metavar="[PATH|RULESET...]", nargs=-1)
@click.option(
    "--filter", "wanted", metavar="TEXT", help="Run only the cases of this rule, or with this text in their name."
)
@click.option("--coverage", is_flag=True, help="Say which rules and branches of conditions no case shows.")
@click.option(
    "--fail-under",
    "least",
    metavar="N",
    type=options.Percentage(),
    help="Exit with 4 if less than N percent is covered.",
)
@options.packs
@options.formats("text", "json", "junit")
@options.common
def test(asked: tuple[str, ...], **given: Any) -> int:
    """Run the cases beside the rulesets, and show what was expected and what was found.

    A PATH is a file of rules or of cases, the folder of a pack, or a folder of such files. Without any, all cases of
    the named packs are run, and without packs those that are shipped. The exit status is 4 if a case failed and 2 if
    there was none to run.
    """
    from oppi18n.cli.casework import test_rules

    return test_rules(asked, given)


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


@command.command(cls=Command)
@click.argument("paths", metavar="[PATH...]", nargs=-1)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@options.common
def fmt(paths: tuple[str, ...], check: bool, diff: bool) -> int:
    """Bring rule files, models and cases into one form. What they say stays, and so do comments.

    A PATH is a file or a folder; - is the standard input, and the answer goes to the standard output. Without a PATH,
    the folder rules is formatted. A file that isn't valid YAML is told and left alone.
    """
    from oppi18n.cli.rulesfiles import format_rules

    return format_rules(paths, check=check, diff=diff)


@command.command(cls=Command)
@click.argument("which", metavar="[KIND]", type=click.Choice(["ruleset", "model", "cases"]), default="ruleset")
@options.packs
@options.common
def schema(which: str, packs: tuple[str, ...]) -> int:
    """Print the JSON Schema of a kind of file: ruleset, model or cases. Editors complete and check by it.

    The schema of cases knows the records of the model, with what the named packs add to it.
    """
    from oppi18n.cli.rulesfiles import print_schema

    return print_schema(which, packs)


@command.command(cls=Command)
@click.argument("asked", metavar="[PATH|RULESET...]", nargs=-1)
@options.packs
@click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="Hold a setting at a value; the others are tried with every value that matters. May be repeated.",
)
@click.option("--today", type=options.Date(), help="The day to take for today; always the same one without this.")
@options.formats("text", "json")
@options.common
def analyse(asked: tuple[str, ...], **given: Any) -> int:
    """Try every kind of record, and say what each rule can do and which is the smallest record on which it fails.

    Names rules that never fail or always do, rules that others imply, remedies that do not help or break another rule,
    and values on record with which nothing can be done. A PATH is a rule file or the folder of a pack.
    """
    from oppi18n.cli.analyses import analyse_rules

    return analyse_rules(asked, given)


@command.command(cls=Command)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--today", type=options.Date(), help="The day to take for today; always the same one without this.")
@options.formats("text", "json")
@options.common
def diff(old: str, new: str, today: date | None, format_: str) -> int:
    """Show the smallest records that two rulesets judge differently, or for which they know another way out.

    OLD and NEW are rulesets by name, rule files, folders or packs. The exit status is 1 if they differ.
    """
    from oppi18n.cli.comparing import diff_rules

    return diff_rules(old, new, today, format_)


@command.command(cls=Command)
@click.argument("rule", metavar="RULE")
@options.ruleset
@options.formats("text", "json")
@options.common
def explain(rule: str, **given: Any) -> int:
    """Explain a rule: what it demands, what it reads, which cases show it, and what it says in every language.

    Each form of its message comes with the smallest record that makes the rule say so.
    """
    from oppi18n.cli.explaining import explain_rule

    return explain_rule(rule, given["ruleset_name"], given["packs"], given["settings"], given["format_"])


@command.command(cls=Command)
@click.option("--to", "target", type=click.Choice(["sql", "esm"]), default="sql", help="What to write the rules as.")
@click.option("--dialect", type=click.Choice(DIALECTS), help="The SQL to write.")
@click.option(
    "--as", "shape", type=click.Choice(["query", "view"]), default="query", help="Write queries, or views to create."
)
@click.option("--outcome", type=click.Choice(["won", "lost"]), help="Ask about closing as won or as lost, too.")
@click.option(
    "--columns",
    type=click.Choice(["model", "dataverse"]),
    help="Whose names and codes the tables have; those of Dataverse for tsql, else those of the model.",
)
@click.option("--mapping", metavar="FILE", help="A file that says which tables and columns hold the records.")
@click.option("--output", metavar="PATH", help="Write the SQL into this file, or the modules into this folder.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
@click.option(
    "--locale",
    "locales",
    metavar="TAG",
    multiple=True,
    help="The language to speak, and that of the texts for the browser. May be repeated for texts in several languages.",
)
@options.evaluation
@options.ruleset
@options.manners
def export(target: str, **given: Any) -> int:
    """Write the rules as SQL for a database, or as JavaScript modules for a browser.

    SQL answers with a row per opportunity on which a rule fails, and a row per quote that stands in the way. Without
    --today, queries have a parameter for the day, and views read it from a table.

    With --to esm, the folder gets a module with the rules and, for each language, one with the texts; for all languages
    without --locale. A rule that cannot be said exactly is refused.
    """
    from oppi18n.cli.browserexport import check_options, export_modules
    from oppi18n.cli.rulesexport import export_sql

    check_options(target, given)
    return export_sql(given) if target == "sql" else export_modules(given)
