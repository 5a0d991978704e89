"""Pages become HTML without scripts or inline styles, in which every text carries its language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from jinja2 import DictLoader, Environment, StrictUndefined

from oppi18n.dialog.html import direction, told
from oppi18n.gallery.parts import Page
from oppi18n.i18n.locales import SOURCE
from oppi18n.i18n.speech import Text

STYLE: Final = "gallery.css"
SCRIPT: Final = "preview.js"
POLICY: Final = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
"""What the pages may load: their style, and nothing else."""
LIVE_POLICY: Final = f"{POLICY}; script-src 'self'; connect-src 'self'"
"""What the pages of the preview may load: the script that reloads them as well."""

TEMPLATES: Final = ("broken", "dialog", "index", "layout", "messages", "page")


class Link(NamedTuple):
    """A page of the gallery, as others name it."""

    locale: str
    name: str

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.locale}.html"


def page_html(page: Page, links: Sequence[Link], *, version: str = "") -> str:
    """A page as HTML; one with a version reloads itself when the preview has another one."""
    found = _environment().get_template("page")
    return found.render(page=page, locale=page.locale, words=page.words, links=links, version=version)


def index_html(words: Mapping[str, Text], locale: str, links: Sequence[Link], *, version: str = "") -> str:
    """The page that leads to the others."""
    return _environment().get_template("index").render(words=words, locale=locale, links=links, version=version)


def broken_html(words: Mapping[str, Text], locale: str, wrong: str, links: Sequence[Link], *, version: str) -> str:
    """What the preview shows in the place of a page while its catalog, or anything else, has errors."""
    found = _environment().get_template("broken")
    return found.render(words=words, locale=locale, links=links, wrong=wrong, version=version)


def asset(name: str) -> bytes:
    """A file that pages load.

    >>> asset(STYLE)[:8].decode()
    '@charset'
    """
    return files("oppi18n.gallery").joinpath("static", name).read_bytes()


@cache
def _environment() -> Environment:
    folder = files("oppi18n.gallery").joinpath("templates")
    texts = {name: folder.joinpath(f"{name}.html.jinja").read_text(encoding="utf-8") for name in TEMPLATES}
    made = Environment(
        loader=DictLoader(texts), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    made.filters["told"] = told
    made.globals.update(
        direction=direction, policy=POLICY, live_policy=LIVE_POLICY, source=SOURCE, style=STYLE, script=SCRIPT
    )
    return made
