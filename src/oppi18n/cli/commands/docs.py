"""Bilingual pages: read without loss, held against their English pages, exchanged with translators."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

import click

from oppi18n.cli import exchangeoptions, linting, options
from oppi18n.cli.help import Command, Group

F = TypeVar("F", bound=Callable[..., Any])


@click.group(cls=Group)
@options.common
def command() -> None:
    """Work on bilingual help pages: verify, repair, collapse, compare with English, exchange with translators."""


_paths = click.argument("paths", metavar="PATH...", nargs=-1, required=True)
_source = click.option("--source", metavar="FOLDER", help="The folder of the English pages.")


@command.command(cls=Command)
@_paths
@options.formats("text", "json")
@options.common
def verify(paths: tuple[str, ...], format_: str) -> int:
    """Say what is damaged in pages: spans, marks, anchors, front matter, code.

    PATH is a page, a folder of pages, or - for the standard input.
    """
    from oppi18n.cli.pagechecks import verify_pages

    return verify_pages(paths, format_)


@command.command(cls=Command)
@_paths
@_source
@click.option("--exceptions", metavar="FILE", help="Findings that are accepted, each with a reason.")
@click.option(
    "--severity",
    type=click.Choice(linting.SEVERITIES),
    default="warning",
    help="Tell findings that are at least this bad.",
)
@options.packs
@options.formats(*linting.FORMATS)
@options.common
def lint(paths: tuple[str, ...], **given: Any) -> int:
    """Check the translations in pages. The exit status is 3 if there are errors, and 1 if there are warnings.

    All languages of a page are checked together, and against the glossary and the labels of the product. With the
    English pages, among those that are named or with --source, titles and descriptions are checked too.
    """
    from oppi18n.cli.pagelint import lint_pages

    return lint_pages(paths, given)


@command.command(cls=Command)
@_paths
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a page can be mended.")
@options.formats("text", "json")
@options.common
def repair(paths: tuple[str, ...], check: bool, format_: str) -> int:
    """Mend what a machine broke, in place: where only one right form exists.

    These are mangled quotation marks, a mark that differs between translation and source, a missing or superfluous end
    of a span, and a lost quote mark. All other bytes stay as they are.
    """
    from oppi18n.cli.pagechecks import repair_pages

    return repair_pages(paths, check=check, format_=format_)


@command.command(cls=Command)
@_paths
@click.option(
    "--to",
    "side",
    type=click.Choice(["target", "source"]),
    default="target",
    help="Which language stays: that of the translation, or that of its source.",
)
@click.option("--output", metavar="FILE|FOLDER", help="Write here; several pages keep their places below the folder.")
@options.common
def collapse(paths: tuple[str, ...], side: str, output: str | None) -> int:
    """Write the plain page that a bilingual page holds.

    To the target, this is the page as it is published, byte for byte. To the source, it is the English page without its
    soft line breaks; title, description and texts of images stay translated, because a page does not keep their sources.
    """
    from oppi18n.cli.pagechecks import collapse_pages

    return collapse_pages(paths, side, output)


@command.command(cls=Command)
@_paths
@click.option("--source", metavar="FOLDER", required=True, help="The folder of the English pages.")
@options.formats("text", "json")
@options.common
def stale(paths: tuple[str, ...], source: str, format_: str) -> int:
    """Say which pages are behind their English pages, and in which sentences.

    A page names its English page by a hash: SHA-1 of the bytes with CR LF as line ends.
    """
    from oppi18n.cli.freshness import stale_pages

    return stale_pages(paths, source, format_)


@command.command(cls=Command)
@_paths
@exchangeoptions.output
@_source
@options.common
def export(paths: tuple[str, ...], **given: Any) -> int:
    """Write the texts of pages for translators: XLIFF, TMX, PO or CSV.

    The translations go along. With --source, titles, descriptions and texts of images are included too.
    """
    from oppi18n.cli.exchanges import export_pages

    return export_pages(paths, given)


@command.command("import", cls=Command)
@click.argument("file", metavar="FILE")
@_paths
@_source
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
@options.formats("text", "json")
@options.common
def import_(file: str, paths: tuple[str, ...], **given: Any) -> int:
    """Put translations back into pages, in place.

    Only what was translated anew changes. A text whose source has changed meanwhile is left as it is, and said.
    """
    from oppi18n.cli.exchanges import import_file

    return import_file(file, paths, given)


@command.group(cls=Group)
@options.common
def memory() -> None:
    """Remember translations: build a memory of them, ask it about a text, fill in what is missing."""


_memory = click.option("--memory", "memory_path", metavar="FILE", required=True, help="The translation memory.")


def _least(percent: str) -> Callable[[F], F]:
    """`--least`, with a default."""
    return click.option(
        "--least",
        metavar="N",
        type=options.Percentage(),
        default=percent,
        help="How alike two texts must be, in percent.",
    )


@memory.command(cls=Command)
@_paths
@_memory
@_source
@options.common
def build(paths: tuple[str, ...], memory_path: str, source: str | None) -> int:
    """Make a translation memory, an SQLite file, of pages, catalogs and exchange files.

    It holds exactly the files that are named; those that have not changed are not read again. With --source, plain
    pages are paired with their English pages.
    """
    from oppi18n.cli.memorywork import build_memory

    return build_memory(paths, memory_path, source)


@memory.command(cls=Command)
@click.argument("text", metavar="TEXT")
@_memory
@click.option("--language", metavar="TAG", help="The language to look for; without it, the one that is spoken.")
@_least("70")
@options.formats("text", "json")
@options.common
def query(text: str, memory_path: str, language: str | None, least: Decimal, format_: str) -> int:
    """Show how a text, or one like it, was translated before.

    What differs is marked. A translation of a text that could say the opposite, or that has other numbers,
    placeholders or states, is shown but not offered. The exit status is 1 if nothing is offered.
    """
    from oppi18n.cli.memorywork import query_memory

    return query_memory(text, memory_path, language, least, format_)


@memory.command(cls=Command)
@_paths
@_memory
@click.option("--output", metavar="FOLDER", help="Make new bilingual pages here, of English pages.")
@click.option("--language", metavar="TAG", help="The language of the new pages.")
@_least("85")
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
@options.formats("text", "json")
@options.common
def pretranslate(paths: tuple[str, ...], memory_path: str, **given: Any) -> int:
    """Fill in missing translations of catalogs and bilingual pages from the memory, in place, to be reviewed.

    Nothing that anybody has written is changed. With --output, PATH is an English page or a folder of them, and new
    bilingual pages are made; what the memory does not know stays English.
    """
    from oppi18n.cli.pretranslating import pretranslate_files

    return pretranslate_files(paths, memory_path, given)


@command.command("build", cls=Command)
@click.option("--output", metavar="FOLDER", required=True, help="Write here.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
@click.option("--url", metavar="URL", default="", help="Where the site will lie; pages then know their full addresses.")
@options.formats("text", "json")
@options.common
def build_site(output: str, check: bool, url: str, format_: str) -> int:
    """Build the help site: each topic in every language, with the rules, their messages and the checks.

    What isn't translated yet is shown in English, and marked.
    """
    from oppi18n.cli.sitework import write_site

    return write_site(output, check=check, url=url, format_=format_)


@command.command(cls=Command)
@_paths
@_source
@click.option("--outliers", is_flag=True, help="Only what is translated in several ways, or as it must not be.")
@options.packs
@options.formats("text", "json", "csv", "tbx")
@options.common
def terms(paths: tuple[str, ...], **given: Any) -> int:
    """List what bold labels and terms of the glossary are called in pages and catalogs, and how often.

    A translation that differs from the usual one, or that the glossary forbids, is marked. With --format tbx, the
    answer is a term base: the glossary, and the labels that it lacks.
    """
    from oppi18n.cli.termswork import mine_terms

    return mine_terms(paths, given)


@command.command(cls=Command)
@click.argument("rule", metavar="[RULE]", default="")
@click.option(
    "--page",
    "pages",
    metavar="PATH",
    multiple=True,
    required=True,
    help="A help page or a folder of pages, bilingual or English. May be repeated.",
)
@click.option("--ruleset", "rulesets", metavar="NAME", multiple=True, help="Only the rules of this ruleset.")
@options.packs
@click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="Give a setting of the ruleset a value. May be repeated.",
)
@options.formats("text", "json")
@options.common
def trace(rule: str, **given: Any) -> int:
    """Hold rules against the sentences of help pages that they were made from.

    Says which sentences back which rule, which constraints no rule states, which rules no sentence backs, and where a
    rule contradicts a sentence. With RULE, its message stands beside the sentences in every language.
    """
    from oppi18n.cli.tracework import trace_rules

    return trace_rules(rule, given)
