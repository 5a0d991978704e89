"""The gallery speaks the language of each of its pages; the catalogs translate it under the context `oppi18n/gallery`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oppi18n.i18n.speech import Text

if TYPE_CHECKING:
    from oppi18n.i18n.localizer import Localizer

CONTEXT: Final = "oppi18n/gallery"


class Words:
    """Says sentences, and keeps the language that each came out in; `context` takes one that is said elsewhere.

    >>> from oppi18n.i18n.localizer import Localizer
    >>> Words(Localizer("en"))("{names} read the same.", names=["won", "lost"])
    Text(text='won and lost read the same.', locale='en')
    """

    def __init__(self, localizer: Localizer) -> None:
        self.localizer = localizer

    def __call__(self, sentence: str, /, *, context: str = CONTEXT, **values: Any) -> Text:
        """A sentence with its values put in: texts, whole numbers, lists of texts."""
        kinds = {name: _kind(value) for name, value in values.items()}
        return self.localizer.text(sentence, context=context, kinds=kinds, values=values or None)


def _kind(value: Any) -> str:
    if isinstance(value, int):
        return "integer"
    return "list" if isinstance(value, (list, tuple)) else "text"
