"""The dialog says whole sentences; the catalogs translate them under the context `oppi18n/dialog`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oppi18n.i18n.speech import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oppi18n.i18n.localizer import Localizer

CONTEXT: Final = "oppi18n/dialog"


class Words:
    """Says sentences, and keeps the language that each came out in.

    Values are formatted by their type: str as text made safe, int, Decimal, date, lists of texts. A `Text` has been
    worded before and goes in as it is.

    >>> from oppi18n.i18n.localizer import Localizer
    >>> say = Words(Localizer("en"))
    >>> say("{option} (default)", option=Text("Won", "en"))
    Text(text='Won (default)', locale='en')
    """

    context = CONTEXT
    """Where what is said is translated; the words of other rooms have one of their own."""

    def __init__(self, localizer: Localizer) -> None:
        self.localizer = localizer

    def __call__(self, sentence: str, /, *, context: str = "", **values: Any) -> Text:
        """A sentence with its values put in; `context` takes one that is said elsewhere."""
        return self._said(sentence, "", None, values, context or self.context)

    def plural(self, one: str, other: str, /, *, count: int, **values: Any) -> Text:
        """The form of a sentence that fits a count, which stands in it as `{count}`."""
        return self._said(one, other, count, {"count": count, **values}, self.context)

    def _said(self, msgid: str, plural: str, count: int | None, values: Mapping[str, Any], context: str) -> Text:
        kinds = {name: _kind(value) for name, value in values.items()}
        plain = {name: value.text if isinstance(value, Text) else value for name, value in values.items()}
        return self.localizer.text(msgid, context=context, plural=plural, count=count, kinds=kinds, values=plain)


def _kind(value: Any) -> str:
    if isinstance(value, Text):
        return "ready"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, Decimal):
        return "decimal"
    return "date" if isinstance(value, date) else "list"
