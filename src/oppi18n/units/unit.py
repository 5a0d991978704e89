"""A translation unit is a source text with its translations, wherever the two come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

TRANSLATED: Final = "translated"
NEEDS_REVIEW: Final = "needs-review"
PROPOSED: Final = "proposed"
MISSING: Final = "missing"
OBSOLETE: Final = "obsolete"
STATES: Final = (TRANSLATED, NEEDS_REVIEW, PROPOSED, MISSING, OBSOLETE)
"""How far a translation is: done, shown but to be read again, a guess that is never shown, absent, of a text gone."""

TEXT: Final = "text"
TEMPLATE: Final = "template"
MARKDOWN: Final = "markdown"
MARKUPS: Final = (TEXT, TEMPLATE, MARKDOWN)
"""What the characters of a text mean: themselves, `{placeholders}` among them, inline Markdown with HTML."""

CATALOG: Final = "catalog"
PAGE: Final = "page"

HEADING: Final = "heading"
PARAGRAPH: Final = "paragraph"
LIST: Final = "list"
TABLE: Final = "table"
ALERT: Final = "alert"
QUOTE: Final = "quote"
CODE: Final = "code"
HTML: Final = "html"
COMMENT: Final = "comment"
TITLE: Final = "title"
DESCRIPTION: Final = "description"
ALT: Final = "alt"


class Place(NamedTuple):
    """Where a translation stands: lines and columns count characters from 1; 0 is nowhere.

    >>> str(Place("ko/close-opportunity.md", 19, 4))
    'ko/close-opportunity.md:19:4'
    """

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join(str(each) for each in self if each)


class Block(NamedTuple):
    """What a text stands in: a heading with its level, an alert with its name, a list, a table, …

    >>> str(Block(HEADING, "2"))
    'heading 2'
    """

    kind: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.detail}".rstrip()


NOWHERE: Final = Place("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One text to translate.

    `id` tells the units of one file apart. `targets` holds one text, or one for each plural form of the locale; an
    empty text is a missing one. `source` is None where the source was not kept, as with the title of a page, until
    the source page is at hand. `blocks` is what the text stands in, outermost first; `notes` come from the source,
    `comments` from translators. `previous` is the source that a proposal was made for, with its plural if it had one.

    >>> unit = Unit(id="104", source="Quotes", targets=("견적",), locale="ko", blocks=(Block(HEADING, "2"),))
    >>> unit.target, unit.is_in(HEADING), unit.is_translated
    ('견적', True, True)
    """

    id: str
    source: str | None
    plural: str | None = None
    targets: tuple[str, ...] = ("",)
    locale: str
    source_locale: str = "en"
    context: str = ""
    notes: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    place: Place = NOWHERE
    source_places: tuple[str, ...] = ()
    markup: str = TEXT
    blocks: tuple[Block, ...] = ()
    origin: str = CATALOG
    state: str = TRANSLATED
    previous: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What tells units of several files apart: the path and the id."""
        return self.place.path, self.id

    @property
    def target(self) -> str:
        """The translation; of several plural forms the first."""
        return self.targets[0]

    @property
    def is_translated(self) -> bool:
        """Whether there is a text in every form, and none of it is a guess."""
        return all(self.targets) and self.state in (TRANSLATED, NEEDS_REVIEW)

    def is_in(self, kind: str) -> bool:
        """Whether the text stands in a block of that kind."""
        return any(block.kind == kind for block in self.blocks)
