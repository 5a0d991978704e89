"""Merging catalogs for git, message by message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from oppi18n.cli import failures, options
from oppi18n.cli.help import Command
from oppi18n.cli.session import Session, safe, session
from oppi18n.errors import Oppi18nError

if TYPE_CHECKING:
    from oppi18n.upkeep.merging import Merged


@click.command(cls=Command)
@click.argument("base", metavar="BASE")
@click.argument("ours", metavar="OURS")
@click.argument("theirs", metavar="THEIRS")
@click.option("--output", metavar="FILE", help="Write to this file instead of OURS; - is the standard output.")
@click.option("--name", metavar="PATH", help="What to call the catalog in messages.")
@options.common
def command(base: str, ours: str, theirs: str, output: str | None, name: str | None) -> int:
    """Merge two copies of a catalog that have a common past. Use it as a merge driver of git.

    What only one side has changed is as that side has it. Where both have changed a translation, ours is shown, the
    entry needs review, and its comments hold both. The exit status is 1 if the files can't be merged like this; the
    lines in which they differ then stand between conflict marks.
    """
    from oppi18n.files import read_bytes

    current = session()
    title, target = name or ours, output or ours
    sides = read_bytes(ours), read_bytes(theirs)
    try:
        merged = _merged(base, sides, title, current)
    except Oppi18nError as error:
        from oppi18n.upkeep.merging import conflict

        current.tell(failures.told(error, current), -1)
        _write(target, conflict(*sides), current)
        current.tell(
            current.say(
                "{path} can't be merged message by message. What differs stands between conflict marks.",
                path=safe(title),
            )
        )
        return 1
    from oppi18n.i18n import po_writer

    _write(target, po_writer.write(merged.catalog).encode(), current)
    _tell(merged, title, current)
    return 0


def _merged(base: str, sides: tuple[bytes, bytes], title: str, current: Session) -> Merged:
    from oppi18n.diagnostics import AuthoringError
    from oppi18n.files import read_bytes
    from oppi18n.i18n import po_reader
    from oppi18n.i18n.entries import Catalog
    from oppi18n.upkeep.merging import merge

    found = [po_reader.parse_bytes(content, title) for content in sides]
    for catalog, content in zip(found, sides, strict=True):
        if catalog.diagnostics:
            raise AuthoringError(catalog.diagnostics, {title: content.decode("utf-8", "replace")})
    before = read_bytes(base)
    past = po_reader.parse_bytes(before, title) if before.strip() else Catalog(locale=found[0].locale)
    if past.failed:
        current.tell(current.say("The common past of {path} has errors, so it was left out.", path=safe(title)))
        past = Catalog(locale=found[0].locale)
    return merge(past, *found)


def _write(target: str, content: bytes, current: Session) -> None:
    from oppi18n.files import write_atomic

    if target == "-":
        current.out(content.decode("utf-8", "replace").removesuffix("\n"))
    else:
        write_atomic(target, content)


def _tell(merged: Merged, title: str, current: Session) -> None:
    count = len(merged.contested)
    if not count:
        current.tell(current.say("{path} was merged.", path=safe(title)), level=1)
        return
    current.tell(
        current.say.plural(
            "{path} was merged; both sides have changed {count} translation, which needs review.",
            "{path} was merged; both sides have changed {count} translations, which need review.",
            count=count,
            path=safe(title),
        )
    )
    for entry in merged.contested:
        current.tell(f"  {safe(entry.context or '')}: {safe(entry.msgid)}", level=1)
