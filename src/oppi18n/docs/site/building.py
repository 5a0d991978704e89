"""The site is made of topics, catalogs and rules: the same files every time, byte for byte."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from oppi18n import packs as packing
from oppi18n.diagnostics import Diagnostic, Span
from oppi18n.docs.site.markup import Link, Rendered, rendered
from oppi18n.docs.site.reference import Reference
from oppi18n.docs.site.standing import STALE, STATES, Speaker, speaker
from oppi18n.docs.site.words import Words, words
from oppi18n.gallery import pages as gallery
from oppi18n.gallery.pages import name_of
from oppi18n.gallery.standing import standing
from oppi18n.i18n import locales
from oppi18n.i18n.localizer import Localizer
from oppi18n.i18n.speech import Text
from oppi18n.i18n.topics import DESCRIPTION, TITLE, Topic, topics_of
from oppi18n.units.unit import MISSING

INDEX: Final = "index"
BESIDE: Final = ".beside"
STYLE: Final = "site.css"
_HERE: Final = os.path.dirname(os.path.abspath(__file__))


@dataclass
class Site:
    """The files of the site by their paths, links that lead nowhere, and how many texts are how, by language."""

    files: dict[str, bytes] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)


def build(*, url: str = "", only: Sequence[str] = ()) -> Site:
    """The help site in every language, or in some; with `url`, where it will lie, pages know their full addresses.

    Raises `AuthoringError` if rules or a catalog are wrong, `InputError` for a part that cannot be generated.

    >>> site = build(only=["sv"])
    >>> "sv/close-opportunity.html" in site.files, site.problems
    (True, [])
    """
    return _Building(url.rstrip("/"), only).site()


@dataclass(frozen=True)
class _Tongue:
    """One language with everything that its pages need."""

    locale: str
    speaker: Speaker
    words: Mapping[str, Text]
    reference: Reference

    def titled(self, topic: Topic, name: str = TITLE) -> Text:
        """The title of a topic, or its description."""
        shown = self.speaker.shown(topic, topic.fields.get(name, ""))
        return Text(shown.text, shown.locale)


class _Building:
    """One making of the site."""

    def __init__(self, url: str, only: Sequence[str]) -> None:
        self.url = url
        self.pack = packing.shipped()
        self.topics = tuple(sorted(topics_of(self.pack), key=_order))
        self.locales = tuple(each for each in locales.PRODUCT if not only or each in only)
        self.templates = _templates()
        self.stock = _stock()
        self.tongues = {locale: self._tongue(locale) for locale in self.locales}
        self.anchors: dict[str, list[str]] = {}
        self.found = Site()

    def site(self) -> Site:
        """All of it."""
        for tongue in self.tongues.values():
            self.found.counts[tongue.locale] = dict.fromkeys(STATES, 0)
            done = {topic.name: self._rendered(tongue, topic) for topic in self.topics}
            for topic in self.topics:
                self._page(tongue, topic, done[topic.name])
            if tongue.locale == self.locales[0]:
                self.found.problems += _broken(self.topics, done)
        self.found.files[STYLE] = _read(STYLE)
        home = next(topic for topic in self.topics if topic.name == INDEX)
        self.found.files["index.html"] = self._languages(home)
        if self.url:
            self.found.files["sitemap.xml"] = self._sitemap()
        return self.found

    def _tongue(self, locale: str) -> _Tongue:
        localizer = Localizer(locale)
        said = dict(words(Words(localizer)))
        catalogs = [catalog for _, catalog in standing([self.pack], locale).catalogs]
        reference = Reference(gallery.page(self.stock, locale), localizer, said, self.templates)
        return _Tongue(locale, speaker(self.pack.name, locale, next(iter(catalogs), None)), said, reference)

    def _rendered(self, tongue: _Tongue, topic: Topic) -> Rendered:
        found = rendered(topic, tongue.locale, partial(tongue.speaker.shown, topic), tongue.reference)
        counts = self.found.counts[tongue.locale]
        for state in (
            *(tongue.speaker.shown(topic, topic.fields[name]).state for name in (TITLE, DESCRIPTION)),
            *_states(found),
        ):
            counts[state] += 1
        return found

    def _page(self, tongue: _Tongue, topic: Topic, done: Rendered) -> None:
        plain, beside = f"{topic.name}.html", f"{topic.name}{BESIDE}.html"
        is_source = tongue.locale == locales.SOURCE
        views = [(plain, False, beside, "beside")] + ([] if is_source else [(beside, True, plain, "alone")])
        for name, is_beside, other, label in views:
            values = self._values(tongue, topic, done, name)
            link = None if is_source else {"href": other, "label": tongue.words[label]}
            text = self.templates.get_template("page.html.jinja").render(**values, beside=is_beside, other=link)
            self.found.files[f"{tongue.locale}/{name}"] = text.encode()

    def _values(self, tongue: _Tongue, topic: Topic, done: Rendered, name: str) -> dict[str, Any]:
        home = next(each for each in self.topics if each.name == INDEX)
        states = set(_states(done))
        return {
            "locale": tongue.locale,
            "direction": "rtl" if locales.is_right_to_left(tongue.locale) else "ltr",
            "name": topic.name,
            "title": tongue.titled(topic),
            "description": tongue.titled(topic, DESCRIPTION),
            "site": tongue.titled(home),
            "words": tongue.words,
            "chunks": done.chunks,
            "notices": [tongue.words[state] for state in (MISSING, STALE) if state in states],
            "topics": [{"name": each.name, "title": tongue.titled(each)} for each in self.topics if each is not home],
            "languages": [
                {"locale": each, "name": name_of(each), "href": f"../{each}/{topic.name}.html"} for each in self.locales
            ],
            "alternates": list(self._alternates(topic)),
            "canonical": f"{self.url}/{tongue.locale}/{topic.name}.html" if self.url else "",
        }

    def _alternates(self, topic: Topic) -> Iterator[dict[str, str]]:
        base = f"{self.url}/" if self.url else "../"
        for each in self.locales:
            yield {"locale": each, "href": f"{base}{each}/{topic.name}.html"}
        yield {"locale": "x-default", "href": f"{base}{self.locales[0]}/{topic.name}.html"}

    def _languages(self, home: Topic) -> bytes:
        first = self.tongues[self.locales[0]]
        languages = [
            {"locale": each, "name": name_of(each), "href": f"{each}/index.html", "site": tongue.titled(home).text}
            for each, tongue in self.tongues.items()
        ]
        template = self.templates.get_template("languages.html.jinja")
        return template.render(site=first.titled(home), locale=first.locale, languages=languages).encode()

    def _sitemap(self) -> bytes:
        template = self.templates.get_template("sitemap.xml.jinja")
        pages = [(locale, topic, self._alternates(topic)) for topic in self.topics for locale in self.locales]
        return template.render(url=self.url, pages=pages).encode()


def _order(topic: Topic) -> tuple[int, str]:
    """Topics come in the order that they ask for."""
    number = topic.fields.get("order", "")
    return int(number) if number.isdecimal() else 99, topic.name


def _states(done: Rendered) -> Iterator[str]:
    return (state for chunk in done.chunks for state in chunk.states)


def _broken(topics: Iterable[Topic], done: Mapping[str, Rendered]) -> Iterator[Diagnostic]:
    """Links to topics or headings that there are not."""
    for topic in topics:
        for link in done[topic.name].links:
            if link.topic not in done or (link.anchor and link.anchor not in done[link.topic].anchors):
                yield _diagnostic(topic, link)


def _diagnostic(topic: Topic, link: Link) -> Diagnostic:
    name = f"{link.topic}.md" + (f"#{link.anchor}" if link.anchor else "")
    before = topic.body[: max(topic.body.find(f"({name})"), 0)]
    line, column = topic.first + before.count("\n"), len(before) - before.rfind("\n") + 1
    span = Span(f"help/{topic.name}.md", line, column, line, column + len(name))
    return Diagnostic("topic-link-broken", span, {"name": name})


@cache
def _stock() -> gallery.Stock:
    """The rules with the records that trigger them: they take the longest, and are the same as long as we run."""
    return gallery.stock()


def _templates() -> Environment:
    loader = FileSystemLoader(os.path.join(_HERE, "templates"))
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _read(name: str) -> bytes:
    with open(os.path.join(_HERE, name), "rb") as file:
        return file.read()
