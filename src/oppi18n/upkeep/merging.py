"""Two edited copies of a catalog become one, message by message: nothing that a translator has written is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from oppi18n.errors import InputError
from oppi18n.i18n.entries import FUZZY, NEEDS_REVIEW, Catalog, Entry
from oppi18n.i18n.extract import BRACES
from oppi18n.upkeep.threeway import chosen, lines, ordered

CONTESTED: Final = f"{NEEDS_REVIEW}: both sides of a merge have changed this"
"""The comment of an entry with two translations; the lines after it have both of them."""

_LINE: Final = re.compile(rb"[^\n]*\n|[^\n]+")

Identity = tuple[str | None, str, str | None]
Versions = Mapping[Identity, Entry]


class Merged(NamedTuple):
    """A merged catalog, and its entries that two people have translated differently."""

    catalog: Catalog
    contested: tuple[Entry, ...]


def merge(base: Catalog, ours: Catalog, theirs: Catalog) -> Merged:
    """The catalog with the changes of both sides since `base`, which is empty where there is no common past.

    What only one side has changed is as that side has it. Where both have changed a translation, the more certain one
    is shown, ours if they are equally certain; the entry needs review, and its comments hold both. What one side has
    removed while the other worked on it waits as obsolete. Raises InputError `merge-languages`.

    >>> ours = Catalog(locale="sv", entries=(Entry(msgid="OK", translations=("Okej",)),))
    >>> theirs = Catalog(locale="sv", entries=(Entry(msgid="OK", translations=("OK",)),))
    >>> merge(Catalog(locale="sv"), ours, theirs).contested[0].comments[1:]
    ('needs-review: one side has: OK', 'needs-review: one side has: Okej')
    """
    if ours.locale.lower() != theirs.locale.lower():
        raise InputError("merge-languages", ours=ours.locale, theirs=theirs.locale)
    sides = tuple(_versions(each.entries) for each in (base, ours, theirs))
    work = _Merge(*sides)
    entries = tuple(work.entries())
    headers, doubts = _headers(dict(base.headers), dict(ours.headers), dict(theirs.headers))
    comments = lines(base.comments, ours.comments, theirs.comments)
    comments += tuple(each for each in doubts if each not in comments)
    catalog = replace(ours, entries=entries, headers=headers, comments=comments, content=None)
    return Merged(catalog, tuple(entry for entry in entries if _identity(entry) in work.contested))


def conflict(ours: bytes, theirs: bytes) -> bytes:
    """Two files that cannot be merged, with the lines in which they differ between the marks that git uses.

    >>> conflict(b"a\\nb\\nd", b"a\\nc\\nd").decode().split("\\n")
    ['a', '<<<<<<< ours', 'b', '=======', 'c', '>>>>>>> theirs', 'd']
    """
    one, other = _LINE.findall(ours), _LINE.findall(theirs)
    start = _common(one, other)
    end = _common(one[start:][::-1], other[start:][::-1])
    mine, yours = one[start : len(one) - end], other[start : len(other) - end]
    middle = (b"<<<<<<< ours\n", *_ended(mine), b"=======\n", *_ended(yours), b">>>>>>> theirs\n")
    return b"".join((*one[:start], *middle, *one[len(one) - end :]))


def _common(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    pairs = zip(one, other, strict=False)
    return next((number for number, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def _ended(found: Sequence[bytes]) -> Iterator[bytes]:
    # The last line of a file may have no end, and the mark after it must begin a line.
    yield from (line if line.endswith(b"\n") else line + b"\n" for line in found)


def _identity(entry: Entry) -> Identity:
    return entry.context, entry.msgid, entry.msgid_plural


def _versions(entries: Iterable[Entry]) -> dict[Identity, Entry]:
    """The entries by message; twins, which a merge of lines may leave behind, become one."""
    found: dict[Identity, Entry] = {}
    for entry in sorted(entries, key=lambda each: each.obsolete):
        twin = found.get(_identity(entry))
        if twin is not None:
            entry = replace(_combined(None, twin, entry)[0], obsolete=twin.obsolete)
        found[_identity(entry)] = entry
    return found


class _Merge:
    """Three versions of a catalog, message by message."""

    def __init__(self, base: Versions, ours: Versions, theirs: Versions) -> None:
        self.base = base
        self.ours = ours
        self.theirs = theirs
        self.contested: set[Identity] = set()
        self.known: dict[str, set[Identity | None]] = {}
        for side in (base, ours, theirs):
            for each, entry in side.items():
                for text in entry.translations if side is base or entry.obsolete else ():
                    self.known.setdefault(text, set()).add(None if side is base else each)

    def entries(self) -> Iterator[Entry]:
        """The merged entries: those in use, then the obsolete ones."""
        merged = dict(self._merged())
        live = self._ordered(merged, obsolete=False)
        first = {merged[each].key: each for each in sorted(live, key=lambda each: each in self.ours)}
        for each in live:
            # One message with two plurals: the next update knows which of them is right.
            if first[merged[each].key] != each:
                merged[each] = _retired(merged[each])
            else:
                yield merged[each]
        waiting = self._ordered(merged, obsolete=True)
        late = {each for each, entry in merged.items() if entry.obsolete}.difference(waiting)
        yield from (merged[each] for each in waiting)
        yield from (merged[each] for each in sorted(late, key=lambda each: (each[0] or "", each[1], each[2] or "")))

    def _merged(self) -> Iterator[tuple[Identity, Entry]]:
        for each in dict.fromkeys((*self.ours, *self.theirs)):
            base, ours, theirs = self.base.get(each), self.ours.get(each), self.theirs.get(each)
            if ours is not None and theirs is not None:
                found, contested = _combined(base, ours, theirs, self._is_old(each))
                if contested:
                    self.contested.add(each)
                yield each, _in_state(found, _is_obsolete(base, ours, theirs))
            elif left := _left(base, ours or theirs):
                yield each, left

    def _is_old(self, identity: Identity) -> Callable[[str], bool]:
        """Whether a text is one from which a guess for this message may have been made."""
        return lambda text: bool(self.known.get(text, set()) - {identity})

    def _ordered(self, merged: Versions, *, obsolete: bool) -> list[Identity]:
        wanted = {each for each, entry in merged.items() if entry.obsolete is obsolete}
        base, ours, theirs = (
            [each for each, entry in side.items() if entry.obsolete is obsolete]
            for side in (self.base, self.ours, self.theirs)
        )
        return ordered(base, ours, theirs, wanted)


def _left(base: Entry | None, entry: Entry | None) -> Entry | None:
    """What becomes of an entry that one side alone has: it is new, or was removed, perhaps while it was worked on."""
    assert entry is not None
    if base is None or base.obsolete != entry.obsolete:
        return entry
    is_changed = (entry.translations, entry.is_fuzzy, entry.comments) != (
        base.translations,
        base.is_fuzzy,
        base.comments,
    )
    return _retired(entry) if is_changed and any(entry.translations) else None


def _is_obsolete(base: Entry | None, ours: Entry, theirs: Entry) -> bool:
    return bool(chosen(base.obsolete if base else None, ours.obsolete, theirs.obsolete))


def _in_state(entry: Entry, obsolete: bool) -> Entry:
    return _retired(entry) if obsolete and not entry.obsolete else replace(entry, obsolete=obsolete)


def _retired(entry: Entry) -> Entry:
    flags = tuple(flag for flag in entry.flags if flag != BRACES)
    return replace(entry, obsolete=True, flags=flags, extracted=(), references=())


def _combined(
    base: Entry | None, ours: Entry, theirs: Entry, is_old: Callable[[str], bool] = lambda _: False
) -> tuple[Entry, bool]:
    """An entry that both sides have, and whether they contradict each other; a guess from an old text is no news."""
    winner, loser = _choice(base, ours, theirs, is_old)
    before = base or replace(ours, comments=(), flags=(), extracted=(), references=())
    comments = lines(before.comments, ours.comments, theirs.comments)
    if loser is not None:
        comments = tuple(dict.fromkeys((CONTESTED, *_both(winner, loser), *comments)))
    is_fuzzy = _is_fuzzy(base, winner, ours, theirs)
    flags = lines(*(tuple(flag for flag in each.flags if flag != FUZZY) for each in (before, ours, theirs)))
    entry = replace(
        winner,
        comments=comments,
        flags=(FUZZY, *flags) if is_fuzzy else flags,
        previous=(winner if winner.is_fuzzy else theirs).previous if is_fuzzy else None,
        extracted=lines(before.extracted, ours.extracted, theirs.extracted),
        references=tuple(_references(before, ours, theirs)),
    )
    return entry, loser is not None


def _choice(
    base: Entry | None, ours: Entry, theirs: Entry, is_old: Callable[[str], bool]
) -> tuple[Entry, Entry | None]:
    """The entry whose translation is taken, and the one whose translation stands against it."""
    if ours.translations == theirs.translations:
        return ours, None
    found = chosen(_judged(base) if base else None, _judged(ours), _judged(theirs))
    if found is not None:
        return (ours if found == _judged(ours) else theirs), None
    news = {id(each): _is_news(each, is_old) for each in (ours, theirs)}
    winner, loser = sorted((ours, theirs), key=lambda each: _worth(each, news[id(each)]), reverse=True)
    return winner, loser if news[id(loser)] else None


def _is_news(entry: Entry, is_old: Callable[[str], bool]) -> bool:
    """Whether somebody has written this: not a guess that was made from an older translation, nor nothing."""
    return any(text and not (entry.is_fuzzy and is_old(text)) for text in entry.translations)


def _worth(entry: Entry, is_news: bool) -> tuple[object, ...]:
    """Sorts translations; of two guesses that are no news, either will do, as long as both sides take the same."""
    is_certain = entry.is_translated and not entry.needs_review
    return is_certain, entry.is_translated, is_news, () if is_news else entry.translations


def _judged(entry: Entry) -> tuple[object, ...]:
    """A translation and what people think of it."""
    marks = tuple(comment for comment in entry.comments if comment.startswith(NEEDS_REVIEW))
    return entry.translations, entry.is_fuzzy, marks


def _is_fuzzy(base: Entry | None, winner: Entry, ours: Entry, theirs: Entry) -> bool:
    if ours.translations != theirs.translations:
        return winner.is_fuzzy
    before = base.is_fuzzy if base and base.translations == ours.translations else None
    # Where both have come to the same text, it is no guess for one of them.
    return bool(chosen(before, ours.is_fuzzy, theirs.is_fuzzy))


def _both(one: Entry, other: Entry) -> Iterator[str]:
    """Comment lines with both translations, the same whichever side is ours."""
    for texts in sorted((one.translations, other.translations)):
        for index, text in enumerate(texts):
            form = f" [{index}]" if len(texts) > 1 else ""
            if not text:
                continue
            yield f"{NEEDS_REVIEW}: one side has{form}: {text}".replace("\n", "\\n")


def _references(before: Entry, ours: Entry, theirs: Entry) -> Iterable[str]:
    """Where the message stands; of one file, the lines that ours knows."""
    found = chosen(before.references, ours.references, theirs.references)
    if found is not None:
        return found
    files = {each.rpartition(":")[0] for each in (*before.references, *ours.references)}
    return (*ours.references, *(each for each in theirs.references if each.rpartition(":")[0] not in files))


def _headers(
    base: Mapping[str, str], ours: Mapping[str, str], theirs: Mapping[str, str]
) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """The fields of the header, and a comment for each that both sides have changed."""
    fields: dict[str, str] = {}
    doubts = []
    for name in dict.fromkeys((*ours, *theirs)):
        before, one, other = base.get(name), ours.get(name), theirs.get(name)
        value = chosen(before, one, other)
        if value is None and one and other:
            value = one
            doubts.append(f"{name}: {other}")
        if value is not None:
            fields[name] = value
    names = ordered(list(base), list(ours), list(theirs), fields)
    return tuple((name, fields[name]) for name in names), doubts
