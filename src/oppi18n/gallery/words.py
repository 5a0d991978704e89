"""The gallery speaks the language of each of its pages; the catalogs translate it under the context `oppi18n/gallery`."""

from __future__ import annotations

from typing import Final

from oppi18n.dialog.words import Words as DialogWords

CONTEXT: Final = "oppi18n/gallery"


class Words(DialogWords):
    """Says sentences, and keeps the language that each came out in; `context` takes one that is said elsewhere.

    >>> from oppi18n.i18n.localizer import Localizer
    >>> Words(Localizer("en"))("{names} read the same.", names=["won", "lost"])
    Text(text='won and lost read the same.', locale='en')
    """

    context = CONTEXT
