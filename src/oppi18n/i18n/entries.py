"""A catalog is a header and entries: a message, its translations, and what people and tools noted about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from oppi18n.diagnostics import Diagnostic

FUZZY: Final = "fuzzy"
NEEDS_REVIEW: Final = "needs-review"
"""Begins the translator comment of an entry that is shown to users and still wants a second reader."""


class Previous(NamedTuple):
    """The message that an entry's translation was written for, before the message changed."""

    context: str | None = None
    msgid: str | None = None
    msgid_plural: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message of a catalog.

    `translations` holds one text, or one for each plural form of the language; an empty text is a missing one.
    `comments` are the translators' lines, `extracted` the ones from the source; `line` is where the entry begins in
    its file (0: nowhere yet) and does not count in comparisons.

    >>> Entry(msgid="OK", translations=("확인",), comments=("needs-review 2 readers",)).needs_review
    True
    """

    context: str | None = None
    msgid: str
    msgid_plural: str | None = None
    translations: tuple[str, ...] = ("",)
    flags: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    extracted: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    previous: Previous | None = None
    obsolete: bool = False
    line: int = field(default=0, compare=False)

    @property
    def key(self) -> tuple[str | None, str]:
        """What tells entries of a catalog apart: context and message."""
        return self.context, self.msgid

    @property
    def is_fuzzy(self) -> bool:
        """Whether the translation is a guess, which is never shown."""
        return FUZZY in self.flags

    @property
    def is_translated(self) -> bool:
        """Whether every form has a text, and none of it is a guess."""
        return all(self.translations) and not self.is_fuzzy

    @property
    def needs_review(self) -> bool:
        """Whether a translator has asked for a second reader."""
        return any(comment.startswith(NEEDS_REVIEW) for comment in self.comments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """All entries of one locale in one file, without the header entry; the locale of a template is empty.

    `headers` are the fields that people fill in (Last-Translator, X-Generator, …): those that follow from the locale,
    and dates, are left out. `comments` stand above the header. `diagnostics` says what was wrong in the file; what it
    speaks of is not among the entries. `content` is what was read from the file at `path`.
    """

    locale: str
    entries: tuple[Entry, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    comments: tuple[str, ...] = ()
    path: str = field(default="", compare=False)
    content: bytes | None = field(default=None, compare=False, repr=False)
    diagnostics: tuple[Diagnostic, ...] = field(default=(), compare=False)

    @property
    def failed(self) -> bool:
        """Whether the file has errors."""
        return any(each.severity == "error" for each in self.diagnostics)
