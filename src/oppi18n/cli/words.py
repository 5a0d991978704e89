"""The command line's own sentences, in the reader's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oppi18n.i18n.localizer import Localizer

CONTEXT = "oppi18n/cli"


class Words:
    """Says sentences. Values are formatted by their type: counts, decimals, dates, lists of texts, texts.

    >>> from oppi18n.i18n.localizer import Localizer
    >>> say = Words(Localizer("en"))
    >>> say.plural("{count} file was read.", "{count} files were read.", count=2)
    '2 files were read.'
    """

    def __init__(self, localizer: Localizer) -> None:
        self.localizer = localizer

    def __call__(self, sentence: str, /, **values: Any) -> str:
        """A sentence with its values put in."""
        return self._said(sentence, "", None, values)

    def plural(self, one: str, other: str, /, *, count: int, **values: Any) -> str:
        """The form of a sentence that fits a count, which stands in it as `{count}`."""
        return self._said(one, other, count, {"count": count, **values})

    def help(self, text: str) -> str:
        """A text of the help."""
        return self.localizer.text(text, context=f"{CONTEXT}/help").text

    def _said(self, msgid: str, plural: str, count: int | None, values: Mapping[str, Any]) -> str:
        kinds = {name: _kind(value) for name, value in values.items()}
        found = self.localizer.text(msgid, context=CONTEXT, plural=plural, count=count, kinds=kinds, values=values)
        return found.text


def _kind(value: Any) -> str:
    if isinstance(value, int):
        return "integer"
    if isinstance(value, Decimal):
        return "decimal"
    if isinstance(value, date):
        return "date"
    return "list" if isinstance(value, (list, tuple)) else "text"
