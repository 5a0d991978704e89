"""What the site says around its topics; the catalogs translate it under the context `oppi18n/docs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oppi18n.dialog.words import Words as DialogWords
from oppi18n.i18n.speech import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTEXT: Final = "oppi18n/docs"
CLI: Final = "oppi18n/cli"
GALLERY: Final = "oppi18n/gallery"


class Words(DialogWords):
    """Says sentences, and keeps the language that each came out in; `context` takes one that is said elsewhere.

    >>> from oppi18n.i18n.localizer import Localizer
    >>> Words(Localizer("en"))("Topics")
    Text(text='Topics', locale='en')
    """

    context = CONTEXT


def words(say: Words) -> Iterator[tuple[str, Text]]:
    """The sentences of the site, by name."""
    yield "topics", say("Topics")
    yield "languages", say("Languages", context=GALLERY)
    yield "beside", say("Show the English text beside it")
    yield "alone", say("Hide the English text")
    yield "missing", say("Parts of this page aren't translated yet. They're shown in English.")
    yield (
        "stale",
        say("The English text of some parts has changed since they were translated. They're shown in English."),
    )
    yield "review", say("Needs review", context=GALLERY)
    yield "note", say("Note")
    yield "skip", say("Skip to the content")
    yield "error", say("Error")
    yield "warning", say("Warning")
    yield "info", say("Note", context=CLI)
    yield "record", say("The smallest record that makes the rule say this", context=GALLERY)
    yield "remedies", say("What would help:", context=CLI)
    yield "check", say("Check")
    yield "severity", say("Severity")
    yield "message", say("Message")
