"""Catalogs follow their source texts: bring them up to date, say how far they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from oppi18n.cli import options
from oppi18n.cli.help import Command, Group
from oppi18n.cli.machine import VERSION, text_of
from oppi18n.cli.session import safe, session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oppi18n.packs import Pack


@click.group(cls=Group)
@options.common
def command() -> None:
    """Work on catalogs: bring them up to date, see how far they are."""


_pack = click.option(
    "--pack", "pack_name", metavar="NAME|FOLDER", help="Work on the catalogs of this pack instead of the shipped ones."
)


@command.command(cls=Command)
@click.argument("tags", metavar="[LOCALE...]", nargs=-1)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a catalog is out of date.")
@_pack
@options.common
def update(tags: tuple[str, ...], check: bool, pack_name: str | None) -> int:
    """Bring catalogs up to date with the texts of rules, models and sources.

    Translations of unchanged texts stay. Where a text has changed, its old translation is proposed, never shown. What
    is gone waits at the end of the catalog. Without a LOCALE, all catalogs of the pack are updated.
    """
    from oppi18n.i18n import extract
    from oppi18n.upkeep import update as upkeep

    current = session()
    pack = _pack_of(pack_name)
    messages, outdated = extract.messages_of(pack), 0
    for locale in _chosen(pack, tags):
        catalog = upkeep.update(pack, locale, messages)
        path = safe(upkeep.path_of(pack, locale))
        if upkeep.is_current(pack, catalog):
            current.tell(current.say("{path} is up to date.", path=path), level=1)
        elif check:
            outdated += 1
            current.out(current.say("{path} is out of date.", path=path))
        else:
            upkeep.save(pack, catalog)
            current.tell(current.say("{path} was updated.", path=path))
    return 1 if outdated else 0


@command.command(cls=Command)
@_pack
@options.formats("text", "json")
@options.common
def status(pack_name: str | None, format_: str) -> int:
    """Say how far each catalog is: what is translated, a proposal, to be reviewed, missing."""
    from oppi18n.upkeep import update as upkeep

    current = session()
    pack = _pack_of(pack_name)
    found = upkeep.status(pack)
    if format_ == "json":
        catalogs = [each._asdict() for each in found]
        current.out(text_of({"oppi18n": VERSION, "kind": "catalog-status", "pack": pack.name, "catalogs": catalogs}))
        return 0
    for each in found:
        current.out(
            current.say(
                "{locale}: {translated} of {total} translated, {missing} missing (of these {fuzzy} proposed), "
                "{needs_review} to be reviewed, {obsolete} obsolete",
                **each._asdict(),
            )
        )
    return 0


def _pack_of(name: str | None) -> Pack:
    from oppi18n import packs

    return packs.shipped() if name is None else packs.named(name)


def _chosen(pack: Pack, tags: Sequence[str]) -> list[str]:
    """The locales that were named, or all that the pack has."""
    from oppi18n.i18n import locales
    from oppi18n.upkeep import update as upkeep

    offered = upkeep.locales_of(pack)
    return [locales.explicit(tag, offered or locales.PRODUCT[1:]) for tag in tags] or offered
