"""Bilingual pages: read without loss, held against their English pages, exchanged with translators."""

from __future__ import annotations

from typing import Any

import click

from oppi18n.cli import options
from oppi18n.cli.help import Command, Group

_FORMATS = ("xliff-2.1", "xliff-1.2", "tmx", "po", "csv")


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
@click.option(
    "--output", metavar="FILE|FOLDER", required=True, help="Write here; a folder gets a file for each language."
)
@click.option("--to", type=click.Choice(_FORMATS), help="The format; without it, the name of the file says which one.")
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
