"""The dialog as HTML: plain forms, nothing inline, no need of scripts, and every text says which language it is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup, escape

from oppi18n.dialog.controls import controls
from oppi18n.dialog.typed import Typed
from oppi18n.dialog.words import Words
from oppi18n.engine.decision import BLOCKED
from oppi18n.i18n.locales import is_right_to_left
from oppi18n.i18n.speech import Text

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from oppi18n.dialog.parts import Form, Obstacle, Panel
    from oppi18n.dialog.records import Row
    from oppi18n.i18n.localizer import Localizer

STYLE: Final = "dialog.css"
SCRIPT: Final = "dialog.js"
POLICY: Final = "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
"""What the page may load: its style and the scripts of its own site, and nothing else."""

TEMPLATES: Final = ("closed", "dialog", "layout", "parts")


class Link(NamedTuple):
    """A way to somewhere else; `lang` is the language of what is there, if it is another one."""

    href: str
    label: Text
    lang: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a dialog: where its style is, the way back, the same page in other languages.

    `done` is what has just been done, `alarm` what has just gone wrong, both in words. `script` is where the script is
    that tells what is wrong while it is typed; a page without one is whole too.
    """

    style: str = STYLE
    home: Link | None = None
    languages: tuple[Link, ...] = ()
    languages_label: Text | None = None
    done: Text | None = None
    alarm: Text | None = None
    script: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """Where the form goes: the address, the fields that nobody sees, the remedies that are offered as buttons.

    `answered` says that the page answers a form that was sent, so that what is wrong takes the focus. `live` is what the
    script of the page has to know, as JSON.
    """

    action: str
    hidden: Mapping[str, str]
    remedies: AbstractSet[str] = frozenset()
    answered: bool = False
    live: str = ""


def dialog_html(
    form: Form,
    localizer: Localizer,
    *,
    post: Post,
    frame: Frame | None = None,
    typed: Typed | None = None,
    rows: Sequence[Row] = (),
) -> str:
    """The page of an open dialog. What was typed stands in its fields as it was typed; `rows` are what is on record.

    >>> from datetime import date
    >>> from oppi18n import Localizer, load_rules
    >>> from oppi18n.dialog.form import close_form
    >>> sv = Localizer("sv")
    >>> page = dialog_html(close_form(load_rules(), sv, today=date(2026, 3, 31)), sv, post=Post("/close", {}))
    >>> page.startswith('<!DOCTYPE html>\\n<html lang="sv" dir="ltr">')
    True
    """
    say, faults = Words(localizer), typed.faults if typed is not None else {}
    made = tuple(controls(form, localizer, typed))
    wrong = bool(faults) or any(each.errors for each in made)
    return rendered(
        "dialog",
        form=form,
        lang=form.lang,
        title=say("Error: {message}", message=form.title) if wrong or post.answered else form.title,
        heading=_heading(form, say) if faults else form.panel.title if form.panel else None,
        verdict=BLOCKED if faults else form.panel.verdict if form.panel else "",
        controls=made,
        obstacles=_obstacles(form.panel, say),
        missing=say("What is missing:"),
        would_help=_would_help(form.panel, post, say),
        rows=tuple(rows),
        post=post,
        frame=frame or Frame(),
    )


def closed_html(
    form: Form, localizer: Localizer, *, rows: Sequence[Row], frame: Frame | None = None, answered: bool = False
) -> str:
    """The page of an opportunity that is closed already, or was closed just now: what its records say.

    `answered` says that it answers a form that came too late: then that takes the focus.
    """
    say = Words(localizer)
    title = form.about or form.title
    return rendered(
        "closed",
        form=form,
        lang=form.lang,
        title=say("Error: {message}", message=title) if answered else title,
        answered=answered,
        obstacles=_obstacles(form.panel, say),
        rows=tuple(rows),
        frame=frame or Frame(),
    )


def _heading(form: Form, say: Words) -> Text:
    """What cannot be read cannot be closed, whatever the rules say of the rest."""
    if form.outcome == "won":
        return say("This opportunity can't be closed as won.")
    if form.outcome == "lost":
        return say("This opportunity can't be closed as lost.")
    return say("This opportunity can't be closed.")


def _would_help(panel: Panel | None, post: Post, say: Words) -> list[Text]:
    """The remedies that are no buttons, in words."""
    found = panel.remedies if panel is not None else ()
    return [say("What would help: {remedy}", remedy=each.label) for each in found if each.id not in post.remedies]


def _obstacles(panel: Panel | None, say: Words) -> list[tuple[Obstacle, Text]]:
    """What stands in the way, worded with how grave it is unless it blocks: then the heading says so."""
    found = panel.obstacles if panel is not None else ()
    return [(each, _worded(each, say)) for each in found]


def _worded(found: Obstacle, say: Words) -> Text:
    if found.severity == "warning":
        return say("Warning: {message}", message=found.message)
    return say("Note: {message}", message=found.message) if found.severity == "info" else found.message


def asset(name: str) -> bytes:
    """A file that the pages load.

    >>> asset(STYLE)[:8].decode()
    '@charset'
    """
    return files("oppi18n.dialog").joinpath("static", name).read_bytes()


def direction(locale: str) -> str:
    """What HTML calls `dir`.

    >>> direction("ar-XB"), direction("ko")
    ('rtl', 'ltr')
    """
    return "rtl" if is_right_to_left(locale) else "ltr"


def told(text: Text, locale: str) -> Markup:
    """A text inside one of another language says which one it is in.

    >>> told(Text("OK", "en"), "ko"), told(Text("확인", "ko"), "ko")
    (Markup('<span lang="en" dir="ltr">OK</span>'), Markup('확인'))
    """
    if text.locale == locale:
        return escape(text.text)
    return Markup('<span lang="{}" dir="{}">{}</span>').format(text.locale, direction(text.locale), text.text)


def rendered(template: str, **values: object) -> str:
    """A template of this room with its values, as a page."""
    return environment().get_template(template).render(**values) + "\n"


@cache
def environment() -> Environment:
    """The templates of this room. Other rooms overlay their own, which may extend `layout`."""
    folder = files("oppi18n.dialog").joinpath("templates")
    texts = {name: folder.joinpath(f"{name}.html.jinja").read_text(encoding="utf-8") for name in TEMPLATES}
    made = Environment(
        loader=DictLoader(texts), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    made.filters["told"] = told
    made.globals.update(direction=direction)
    return made
