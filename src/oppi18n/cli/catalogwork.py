"""What the commands about catalogs have in common: which pack, which of its catalogs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from oppi18n.packs import Pack

F = TypeVar("F", bound=Callable[..., Any])


def pack_option(function: F) -> F:
    """`--pack`: whose catalogs are meant."""
    return click.option(
        "--pack",
        "pack_name",
        metavar="NAME|FOLDER",
        help="Work on the catalogs of this pack instead of the shipped ones.",
    )(function)


def pack_of(name: str | None) -> Pack:
    """The pack that was named, or ours."""
    from oppi18n import packs

    return packs.shipped() if name is None else packs.named(name)


def chosen(pack: Pack, tags: Sequence[str]) -> list[str]:
    """The locales that were named, or all that the pack has. Raises InputError for one that it has not."""
    from oppi18n.i18n import locales
    from oppi18n.upkeep import update as upkeep

    offered = upkeep.locales_of(pack)
    return [locales.explicit(tag, offered or locales.PRODUCT[1:]) for tag in tags] or offered
