"""The header of a catalog is checked before any entry is believed, and nothing in it is ever evaluated."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from oppi18n.diagnostics import Diagnostics, Span
from oppi18n.i18n import locales
from oppi18n.i18n.plural_header import plural_forms
from oppi18n.i18n.po_draft import Draft

LIMIT: Final = 8192
"""Characters that a header may have."""

DERIVED: Final = ("Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms")
"""Fields that follow from the locale."""

_DROPPED: Final = frozenset(name.lower() for name in (*DERIVED, "POT-Creation-Date", "PO-Revision-Date"))
_FIELD: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)")
_CHARSET: Final = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_PLURAL: Final = re.compile(r"nplurals\s*=\s*([0-9])\s*;\s*plural\s*=\s*([n0-9 ()?:!=<>&|%]{1,1000}?)\s*;?\s*")


class Header(NamedTuple):
    """What a header says; without a usable one, the entries are not to be believed."""

    locale: str
    fields: tuple[tuple[str, str], ...]
    comments: tuple[str, ...]
    is_usable: bool
    line: int = 1


def take(drafts: list[Draft], path: str, wrong: Diagnostics, *, expected: str | None, is_template: bool) -> Header:
    """Take the header out of the drafts and check it; a template needs no language."""
    if not drafts or not drafts[0].is_header:
        wrong.report("catalog-header-absent", Span(path, 1, 1, 1, 1))
        return Header(expected or "", (), (), is_usable=False)
    draft = drafts.pop(0)
    if draft.is_broken:
        return Header(expected or "", (), (), is_usable=False)
    check = _Check(draft, path, wrong)
    if not check.has_allowed_size():
        return Header(expected or "", (), (), is_usable=False)
    check.read()
    locale = check.locale(is_template)
    right = check.is_utf8() and (is_template or check.is_locale(locale, expected))
    if not is_template:
        check.plural(locale, is_wanted=any(each.plural_forms is not None for each in drafts))
    kept = tuple(pair for pair in check.pairs if pair[0].lower() not in _DROPPED)
    return Header(locale, kept, tuple(draft.notes.get("", ())), is_usable=right, line=draft.line_of("msgid"))


class _Check:
    """The fields of one header, and what is wrong with them."""

    def __init__(self, draft: Draft, path: str, wrong: Diagnostics) -> None:
        self.draft = draft
        self.path = path
        self.wrong = wrong
        self.pairs: list[tuple[str, str]] = []

    def has_allowed_size(self) -> bool:
        """Whether the header is of a size that people write."""
        if sum(len(piece) for piece, _ in self.draft.parts["msgstr"]) <= LIMIT:
            return True
        self._report("catalog-header-size", None, limit=LIMIT)
        return False

    def read(self) -> None:
        """Take the text apart."""
        seen: set[str] = set()
        for line in filter(None, self.draft.text("msgstr").split("\n")):
            match = _FIELD.fullmatch(line)
            if match is None:
                self._report("catalog-header-line", line)
            elif match[1].lower() in seen:
                self._report("catalog-header-twice", line, field=match[1])
            else:
                seen.add(match[1].lower())
                self.pairs.append((match[1], match[2].strip()))

    def is_utf8(self) -> bool:
        """Whether the header names the only encoding that is read."""
        value = self._value("Content-Type")
        match = _CHARSET.search(value or "")
        if match is None:
            self._report("catalog-header-field", None, field="Content-Type")
        elif match[1].lower() not in ("utf-8", "utf8"):
            self._report("catalog-charset", "Content-Type:", charset=match[1])
        else:
            return True
        return False

    def locale(self, is_template: bool) -> str:
        """The locale that the header names."""
        value = self._value("Language") or ""
        if not value and not is_template:
            self._report("catalog-header-field", None, field="Language")
        return locales.tag(value)

    def is_locale(self, locale: str, expected: str | None) -> bool:
        """Whether it is the locale of the folder, and one that CLDR knows."""
        if not locale:
            return False
        if expected and locale.lower() != expected.lower():
            self._report("catalog-language", "Language:", expected=expected, found=locale)
        elif plural_forms(locale) is None:
            self._report("catalog-language-unknown", "Language:", locale=locale)
        else:
            return True
        return False

    def plural(self, locale: str, *, is_wanted: bool) -> None:
        """Compare the plural forms with CLDR's; the rule itself is looked at, not calculated."""
        value = self._value("Plural-Forms")
        forms = plural_forms(locale)
        if forms is None:
            return
        if value is None:
            if is_wanted:
                self._report("catalog-header-field", None, field="Plural-Forms")
            return
        match = _PLURAL.fullmatch(value)
        if match is None or int(match[1]) != forms[0]:
            self._report("catalog-plural-rule", "Plural-Forms:", expected=forms[1], locale=locale)

    def _value(self, name: str) -> str | None:
        return next((value for field, value in self.pairs if field.lower() == name.lower()), None)

    def _report(self, code: str, start: str | None, **params: object) -> None:
        """Report the line whose text begins like this, or else the header as a whole."""
        pieces = self.draft.parts["msgstr"]
        found = start and next((each for each in pieces if each[0].lower().startswith(start.lower()[:40])), None)
        text, line = found or ("", pieces[0][1])
        column = 2 if found else 1
        self.wrong.report(code, Span(self.path, line, column, line, column + len(text.rstrip("\n"))), None, **params)
