"""What `catalog gallery` and `catalog preview` have in common: which packs, which languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from oppi18n import packs as packing
from oppi18n.cli.session import Session
from oppi18n.gallery.pages import languages
from oppi18n.gallery.site import Site
from oppi18n.i18n import locales
from oppi18n.packs import Pack


def layers_of(names: Iterable[str]) -> tuple[Pack, ...]:
    """The packs that were named, without ours, which lies below them all."""
    return tuple(packing.named(each) for each in names if each != packing.OURS)


def site_of(layers: Iterable[Pack], tags: Sequence[str], current: Session) -> Site:
    """The gallery of the languages that were named, or of all. Raises InputError for one that has no page."""
    offered = languages(layers)
    chosen = dict.fromkeys(locales.explicit(tag, offered) for tag in tags)
    return Site(tuple(chosen) or offered, current.localizer)
