"""A catalog follows its source texts: what is unchanged stays, what is gone waits at the end, nothing is guessed."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from oppi18n import files
from oppi18n import packs as packing
from oppi18n.diagnostics import AuthoringError
from oppi18n.errors import InputError
from oppi18n.i18n import catalogs, glossary, locales, po_reader, po_writer
from oppi18n.i18n.entries import FUZZY, Catalog, Entry, Previous
from oppi18n.i18n.extract import BRACES, messages_of
from oppi18n.i18n.glossary import Glossary
from oppi18n.i18n.plural_header import plural_forms
from oppi18n.packs import Pack
from oppi18n.upkeep.guard import agree, likeness

ALIKE: Final = 0.7
"""How alike two messages of one context must be, from 0 to 1, where the context has several."""

_MOVING: Final = re.compile(r"^(#: .*):\d+$", re.MULTILINE)

Identity = tuple[str | None, str, str | None]


class Status(NamedTuple):
    """How far a catalog is: numbers of messages; `missing` counts those that a reader gets in English."""

    locale: str
    total: int
    translated: int
    fuzzy: int
    missing: int
    needs_review: int
    obsolete: int


def update(pack: Pack, locale: str, extracted: Iterable[Entry], terms: Glossary | None = None) -> Catalog:
    """The catalog of a locale with exactly the messages of `extracted`; nothing is written.

    A message that is as it was keeps its translation. One whose English has changed keeps the old translation as a
    fuzzy proposal, if placeholders, numbers and polarity agree. One that is gone waits as obsolete, and comes back
    when the message does. Raises AuthoringError if the file there has errors: updating would lose what they hide;
    InputError `unknown-locale` for a language that CLDR does not have.
    """
    forms = plural_forms(locale)
    if forms is None:
        raise InputError("unknown-locale", tag=locale, nearest=locales.SOURCE, offered=", ".join(locales.PRODUCT))
    old = read(pack, locale)
    merge = _Merge(old.entries, list(extracted), forms[0])
    words = glossary.of_packs([pack]) if terms is None else terms
    live = (_hinted(entry, words, locale) for entry in merge.live())
    return replace(old, entries=(*live, *merge.gone()))


def template(pack: Pack, extracted: Iterable[Entry], terms: Glossary | None = None) -> Catalog:
    """The template (`.pot`) of a pack: no locale, no translations, the English terms as hints."""
    words = glossary.of_packs([pack]) if terms is None else terms
    entries = (_hinted(_with_forms(entry, ("",) * 2), words, "") for entry in extracted)
    return Catalog(locale="", headers=(("Project-Id-Version", pack.name),), entries=tuple(entries))


def read(pack: Pack, locale: str) -> Catalog:
    """The catalog of a locale as it is now; an empty one, where there is none. Raises AuthoringError."""
    path = path_of(pack, locale)
    try:
        catalog = po_reader.read(path, locale)
    except InputError as error:
        if error.code != "not-found":
            raise
        return Catalog(locale=locale, path=path, headers=(("Project-Id-Version", pack.name),))
    if catalog.failed:
        raise AuthoringError(catalog.diagnostics, {path: files.read_text(path)})
    return catalog


def save(pack: Pack, catalog: Catalog) -> bool:
    """Write a catalog into its pack, whole or not at all, if the file is not current; whether it was written."""
    path = path_of(pack, catalog.locale)
    content = po_writer.write(catalog)
    if is_current(pack, catalog):
        return False
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    except OSError as error:
        raise InputError("not-writable", path=path, reason=error.strerror or type(error).__name__) from None
    files.write_atomic(path, content)
    return True


def is_current(pack: Pack, catalog: Catalog) -> bool:
    """Whether the file of a catalog holds exactly this; lines that have merely moved in the sources do not count.

    So an edit of a rule file rewrites no catalog unless it touches a text, and the lines follow with the next one.
    """
    try:
        text = files.read_text(path_of(pack, catalog.locale))
    except InputError:
        return False
    return _MOVING.sub(r"\1", text) == _MOVING.sub(r"\1", po_writer.write(catalog))


def path_of(pack: Pack, locale: str) -> str:
    """Where the catalog of a locale lies, or would lie."""
    root = pack.locales or os.path.join(os.path.dirname(pack.rules), "locales")
    return os.path.join(root, *catalogs.relative_path(locale).split("/")[1:])


def locales_of(pack: Pack) -> list[str]:
    """The locales a pack has catalogs for: the product's in its order, then others, sorted."""
    ending = f"/LC_MESSAGES/{catalogs.DOMAIN}.po"
    found = {locales.tag(path.split("/")[1]) for path in packing.files(pack, "locales", ending)}
    return [*(each for each in locales.PRODUCT if each in found), *sorted(found - set(locales.PRODUCT))]


def status(pack: Pack, extracted: Sequence[Entry] | None = None) -> list[Status]:
    """How far each catalog of a pack is, held against its source texts of today."""
    messages = messages_of(pack) if extracted is None else extracted
    return [_status(read(pack, locale), messages) for locale in locales_of(pack)]


def _status(catalog: Catalog, messages: Sequence[Entry]) -> Status:
    known = {_identity(entry): entry for entry in catalog.entries if not entry.obsolete}
    found = [known[_identity(message)] for message in messages if _identity(message) in known]
    translated = sum(entry.is_translated for entry in found)
    return Status(
        catalog.locale,
        total=len(messages),
        translated=translated,
        fuzzy=sum(entry.is_fuzzy for entry in found),
        missing=len(messages) - translated,
        needs_review=sum(entry.needs_review and entry.is_translated for entry in found),
        obsolete=sum(entry.obsolete for entry in catalog.entries),
    )


def _identity(entry: Entry) -> Identity:
    # With the plural: a new plural form makes the old translation doubtful.
    return entry.context, entry.msgid, entry.msgid_plural


class _Merge:
    """Old entries meeting the messages of today."""

    def __init__(self, old: Iterable[Entry], messages: list[Entry], forms: int) -> None:
        self.messages = messages
        self.forms = forms
        everything = list(old)
        wanted = {_identity(message) for message in messages}
        self.kept = {_identity(entry): entry for entry in everything if not entry.obsolete}
        self.waiting = {_identity(entry): entry for entry in everything if entry.obsolete}
        for identity, entry in self.kept.items():
            if identity not in wanted and any(entry.translations) and not entry.is_fuzzy:
                self.waiting[identity] = entry
        self.wanted = wanted
        self.crowd = Counter(message.context for message in messages)

    def live(self) -> Iterator[Entry]:
        """Today's messages with what there is for them."""
        for message in self.messages:
            same = self.kept.get(_identity(message)) or self.waiting.get(_identity(message))
            if same is not None:
                yield self._same(message, same)
            else:
                near = self._nearest(message)
                yield self._proposed(message, near) if near else _with_forms(message, ("",) * self.forms)

    def gone(self) -> Iterator[Entry]:
        """Translations that wait for their message to return, sorted."""
        waiting = (entry for identity, entry in self.waiting.items() if identity not in self.wanted)
        for entry in sorted(waiting, key=lambda each: (each.context or "", each.msgid, each.msgid_plural or "")):
            flags = tuple(flag for flag in entry.flags if flag not in (FUZZY, BRACES))
            yield replace(entry, obsolete=True, flags=flags, extracted=(), references=(), previous=None)

    def _same(self, message: Entry, old: Entry) -> Entry:
        forms = _with_forms(message, ("",) * self.forms).translations
        translations = old.translations if len(old.translations) == len(forms) else forms
        return replace(
            message,
            translations=translations,
            comments=old.comments,
            flags=_flags(message, old),
            previous=old.previous if old.is_fuzzy else None,
        )

    def _nearest(self, message: Entry) -> Entry | None:
        """The translation of the text that this one seems to have replaced."""
        renamed = [old for old in self.waiting.values() if _identity(old)[1:] == _identity(message)[1:]]
        text = _text(message)
        alone = self.crowd[message.context] == 1
        ranked = [
            (likeness(_text(old), text), old)
            for old in self.waiting.values()
            if old.context == message.context and _identity(old) not in self.wanted and agree(_text(old), text)
        ]
        likely = [each for each in ranked if alone or each[0] >= ALIKE]
        if likely:
            return max(likely, key=lambda each: each[0])[1]
        return renamed[0] if renamed else None

    def _proposed(self, message: Entry, old: Entry) -> Entry:
        context = old.context if old.context != message.context else None
        count = self.forms if message.msgid_plural is not None else 1
        fits = len(old.translations) == count
        return replace(
            message,
            translations=old.translations if fits else (old.translations[-1],) * count,
            comments=old.comments,
            flags=(FUZZY, *message.flags),
            previous=Previous(context, old.msgid, old.msgid_plural),
        )


def _text(entry: Entry) -> str:
    return entry.msgid if entry.msgid_plural is None else f"{entry.msgid}\n{entry.msgid_plural}"


def _flags(message: Entry, old: Entry) -> tuple[str, ...]:
    """Fuzzy first, then what the message asks for, then what translators and tools have added."""
    own = [flag for flag in old.flags if flag not in (FUZZY, BRACES)]
    return tuple(dict.fromkeys((*((FUZZY,) if old.is_fuzzy else ()), *message.flags, *own)))


def _with_forms(message: Entry, empty: tuple[str, ...]) -> Entry:
    return replace(message, translations=empty if message.msgid_plural is not None else ("",))


def _hinted(entry: Entry, terms: Glossary, locale: str) -> Entry:
    hints = tuple(terms.hints(_text(entry), locale))
    return replace(entry, extracted=(*entry.extracted, *hints)) if hints else entry
