"""What the pages around the dialog say; the catalogs translate it under the context `oppi18n/server`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from jinja2 import ChoiceLoader, DictLoader, Environment

from oppi18n.dialog.html import Frame, Link, environment
from oppi18n.dialog.words import Words as DialogWords
from oppi18n.i18n.locales import PRODUCT
from oppi18n.i18n.speech import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from oppi18n.i18n.localizer import Localizer

CONTEXT: Final = "oppi18n/server"
"""Where the name for a choice of languages is translated."""

TEMPLATES: Final = ("list", "notice")
NAMES: Final = {
    "en": "English",
    "ko": "한국어",
    "zh-HK": "繁體中文（香港）",
    "ja": "日本語",
    "ms": "Bahasa Melayu",
    "sv": "Svenska",
}
"""What each language calls itself."""


class Words(DialogWords):
    """Says sentences, and keeps the language that each came out in; `context` takes one that is said elsewhere.

    >>> from oppi18n.i18n.localizer import Localizer
    >>> Words(Localizer("en"))("Done: {remedy}", remedy=Text("Close all quotes", "en"))
    Text(text='Done: Close all quotes', locale='en')
    """

    context = CONTEXT


def notice_html(message: Text, localizer: Localizer, *, home: str) -> str:
    """A page that says what went wrong, and leads back."""
    say = Words(localizer)
    title = DialogWords(localizer)("Error: {message}", message=message)
    frame = Frame(
        style=f"{home}static/dialog.css",
        home=Link(home, say("Opportunities")),
        languages=tuple(languages(localizer, {})),
        languages_label=say("Languages", context="oppi18n/gallery"),
    )
    return page("notice", lang=localizer.locale, title=title, frame=frame)


def languages(localizer: Localizer, kept: Mapping[str, str]) -> Iterator[Link]:
    """The same page in each language; `kept` is what else its address asks for.

    >>> from oppi18n.i18n.localizer import Localizer
    >>> [each.href for each in languages(Localizer("ko"), {"q": "x"}) if each.current]
    ['?q=x&lang=ko']
    """
    for tag in PRODUCT:
        query = urlencode({**kept, "lang": tag})
        yield Link(f"?{query}", Text(NAMES[tag], tag), tag, tag == localizer.locale)


def page(template: str, **values: object) -> str:
    """A template of this room, or of the dialog's, with its values."""
    return _environment().get_template(template).render(**values) + "\n"


@cache
def _environment() -> Environment:
    below = environment()
    folder = files("oppi18n.server").joinpath("templates")
    own = {name: folder.joinpath(f"{name}.html.jinja").read_text(encoding="utf-8") for name in TEMPLATES}
    assert below.loader is not None
    return below.overlay(loader=ChoiceLoader([DictLoader(own), below.loader]))
