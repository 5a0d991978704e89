"""The gallery is a folder of pages that link to one another, and needs no server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from oppi18n.gallery.html import SCRIPT, STYLE, Link, asset, broken_html, index_html, page_html
from oppi18n.gallery.pages import Stock, name_of, page, words_of
from oppi18n.i18n.localizer import Localizer

INDEX: Final = "index.html"


class Site:
    """The pages of some languages; `speaker` words what belongs to no language's page.

    >>> Site(["ko"], Localizer("en")).names
    ('gallery.css', 'ko.html', 'index.html')
    """

    def __init__(self, tags: Sequence[str], speaker: Localizer) -> None:
        self.speaker = speaker
        self.links = tuple(Link(tag, name_of(tag)) for tag in tags)

    @property
    def names(self) -> tuple[str, ...]:
        """The files; the index comes last, so that it leads to nothing that is not there yet."""
        return (STYLE, *(link.file for link in self.links), INDEX)

    def file(self, name: str, stock: Callable[[], Stock], *, version: str = "") -> bytes:
        """A file of the gallery. A `version` makes pages that reload when the preview has another one.

        Raises AuthoringError with all that is wrong in a catalog that has errors.
        """
        if name in (STYLE, SCRIPT):
            return asset(name)
        if name == INDEX:
            return index_html(words_of(self.speaker), self.speaker.locale, self.links, version=version).encode()
        locale = next(link.locale for link in self.links if link.file == name)
        return page_html(page(stock(), locale), self.links, version=version).encode()

    def broken(self, wrong: str, *, version: str) -> bytes:
        """What stands in the place of a page while something is wrong."""
        words = words_of(self.speaker)
        return broken_html(words, self.speaker.locale, wrong, self.links, version=version).encode()
