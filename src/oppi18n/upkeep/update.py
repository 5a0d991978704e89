"""A catalog follows its source texts: what is unchanged stays, what is gone waits at the end, nothing is guessed."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from oppi18n import files
from oppi18n.diagnostics import AuthoringError
from oppi18n.errors import InputError
from oppi18n.i18n import catalogs, glossary, locales, po_reader, po_writer
from oppi18n.i18n.entries import FUZZY, Catalog, Entry, Previous
from oppi18n.i18n.extract import BRACES, messages_of
from oppi18n.i18n.glossary import Glossary
from oppi18n.i18n.plural_header import plural_forms
from oppi18n.packs import Pack
from oppi18n.upkeep.guard import Guard, likeness

ALIKE: Final = 0.7
"""How alike two messages of one context must be, from 0 to 1, where the context has several."""

RELATED: Final = 0.5
"""How alike they must be where the context has but one."""

_VALUE: Final = re.compile(r"[^/]+/model/[^/]+/([^/]+:[^/]+)/label")
"""The context of a label of a value: which enumeration, which value."""

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

    @property
    def percent(self) -> int:
        """The share that is translated, rounded down: 100 means all of it."""
        return self.translated * 100 // self.total if self.total else 100


def update(pack: Pack, locale: str, extracted: Iterable[Entry], terms: Glossary | None = None) -> Catalog:
    """The catalog of a locale with exactly the messages of `extracted`; nothing is written.

    A message that is as it was keeps its translation. One whose English has changed keeps the old translation as a
    fuzzy proposal, if placeholders, numbers, polarity and names of values agree. One that is gone waits as obsolete,
    and comes back when the message does. Raises AuthoringError if something is wrong in the file there: updating would
    lose what stands there; InputError `unknown-language` for a language that CLDR does not have.
    """
    forms = plural_forms(locale)
    if forms is None:
        raise InputError("unknown-language", tag=locale)
    old, messages = read(pack, locale), list(extracted)
    if old.diagnostics:
        raise _refused(old)
    guard = Guard(pack.language, (each.msgid for each in (*messages, *old.entries) if _value(each)))
    merge = _Merge(old.entries, messages, forms[0], guard)
    words = glossary.of_packs([pack]) if terms is None else terms
    live = (_hinted(entry, words, locale) for entry in merge.live())
    return replace(old, entries=(*live, *merge.gone()))


def template(pack: Pack, extracted: Iterable[Entry], terms: Glossary | None = None) -> Catalog:
    """The template (`.pot`) of a pack: no locale, no translations, the English terms as hints."""
    words = glossary.of_packs([pack]) if terms is None else terms
    entries = (_hinted(_with_forms(entry, ("",) * 2), words, "") for entry in extracted)
    return Catalog(locale="", headers=(("Project-Id-Version", pack.name),), entries=tuple(entries))


def read(pack: Pack, locale: str) -> Catalog:
    """The catalog of a locale as it is now; an empty one, where there is none. Raises AuthoringError if it has errors."""
    path = path_of(pack, locale)
    try:
        catalog = po_reader.read(path, locale)
    except InputError as error:
        if error.code != "not-found":
            raise
        return Catalog(locale=locale, path=path, headers=(("Project-Id-Version", pack.name),))
    if catalog.failed:
        raise _refused(catalog)
    return catalog


def _refused(catalog: Catalog) -> AuthoringError:
    text = (catalog.content or b"").decode("utf-8", "replace")
    return AuthoringError(catalog.diagnostics, {catalog.path: text})


def save(pack: Pack, catalog: Catalog) -> bool:
    """Write a catalog into its pack, whole or not at all, if the file is not current; whether it was written.

    Raises InputError `changed-meanwhile` if somebody else has written the file since it was read, and `not-writable`.
    """
    path = path_of(pack, catalog.locale)
    content = po_writer.write(catalog)
    if is_current(pack, catalog):
        return False
    if catalog.content is not None and files.read_bytes(path) != catalog.content:
        raise InputError("changed-meanwhile", path=path)
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
    found = catalogs.locales_of(pack)
    return [each for each in locales.PRODUCT if each in found] + [each for each in found if each not in locales.PRODUCT]


def status(pack: Pack, extracted: Sequence[Entry] | None = None, tags: Sequence[str] = ()) -> list[Status]:
    """How far each catalog of a pack is, or each of some, held against its source texts of today."""
    messages = messages_of(pack) if extracted is None else extracted
    return [status_of(read(pack, locale), messages) for locale in tags or locales_of(pack)]


def status_of(catalog: Catalog, messages: Sequence[Entry]) -> Status:
    """How far one catalog is.

    >>> status_of(Catalog(locale="sv"), [Entry(msgid="OK")])[:4]
    ('sv', 1, 0, 0)
    """
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

    def __init__(self, old: Iterable[Entry], messages: list[Entry], forms: int, guard: Guard) -> None:
        self.messages = messages
        self.forms = forms
        self.guard = guard
        self.wanted = {_identity(message) for message in messages}
        self.crowd = Counter(message.context for message in messages)
        # Twins of one message, which merged files may have, begin with the one that is worth most.
        self.known: dict[Identity, list[Entry]] = {}
        for entry in sorted(old, key=_rank):
            self.known.setdefault(_identity(entry), []).append(entry)
        gone = (twins[0] for identity, twins in self.known.items() if identity not in self.wanted)
        self.waiting = [entry for entry in gone if entry.obsolete or (any(entry.translations) and not entry.is_fuzzy)]

    def live(self) -> Iterator[Entry]:
        """Today's messages with what there is for them."""
        for message in self.messages:
            twins = self.known.get(_identity(message))
            if twins:
                yield self._same(message, twins)
            else:
                near = self._nearest(message)
                yield self._proposed(message, near) if near else _with_forms(message, ("",) * self.forms)

    def gone(self) -> Iterator[Entry]:
        """Translations that wait for their message to return, sorted."""
        for entry in sorted((*self.waiting, *self._twins()), key=_place):
            flags = tuple(flag for flag in entry.flags if flag != BRACES)
            previous = entry.previous if entry.is_fuzzy else None
            yield replace(entry, obsolete=True, flags=flags, extracted=(), references=(), previous=previous)

    def _twins(self) -> Iterator[Entry]:
        """Further translations of a message that differ from the one that counts."""
        for twins in self.known.values():
            said = {twins[0].translations}
            for entry in twins[1:]:
                if any(entry.translations) and entry.translations not in said:
                    said.add(entry.translations)
                    yield entry

    def _same(self, message: Entry, twins: Sequence[Entry]) -> Entry:
        old = twins[0]
        forms = _with_forms(message, ("",) * self.forms).translations
        translations = old.translations if len(old.translations) == len(forms) else forms
        return replace(
            message,
            translations=translations,
            comments=tuple(dict.fromkeys(comment for twin in twins for comment in twin.comments)),
            flags=_flags(message, old),
            previous=old.previous if old.is_fuzzy else None,
        )

    def _nearest(self, message: Entry) -> Entry | None:
        """The translation of the text that this one seems to have replaced."""
        text = _text(message)
        certain = [old for old in self.waiting if not old.is_fuzzy and _value(old) == _value(message)]
        ranked = [
            (likeness(_text(old), text), old)
            for old in certain
            if old.context == message.context and self.guard.agree(_text(old), text)
        ]
        least = RELATED if self.crowd[message.context] == 1 else ALIKE
        likely = [each for each in ranked if each[0] >= least]
        if likely:
            return max(likely, key=lambda each: each[0])[1]
        return next((old for old in certain if _identity(old)[1:] == _identity(message)[1:]), None)

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


def _rank(entry: Entry) -> tuple[bool, bool, bool]:
    """Sorts twins: what has a text first, then what is no guess, then what is still in use."""
    return not any(entry.translations), entry.is_fuzzy, entry.obsolete


def _place(entry: Entry) -> tuple[str, str, str, tuple[str, ...]]:
    return entry.context or "", entry.msgid, entry.msgid_plural or "", entry.translations


def _value(entry: Entry) -> str | None:
    """The value of an enumeration that an entry is the label of."""
    match = _VALUE.fullmatch(entry.context or "")
    return match[1] if match else None


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
