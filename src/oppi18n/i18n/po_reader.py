"""Catalog files are read strictly: what gettext tools would guess at, a translator is told instead."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Final, NamedTuple

from oppi18n import files
from oppi18n.diagnostics import Diagnostic, Diagnostics, Hint, Span
from oppi18n.errors import InputError
from oppi18n.i18n import locales, po_header
from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.i18n.plural_header import plural_forms
from oppi18n.i18n.po_draft import Draft

LIMIT: Final = 16 * 1024 * 1024
"""Bytes that a catalog file may have."""

ENOUGH: Final = 1000
"""Troubles after which nobody reads on in a file that is not ours."""

FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters: in a translation they would move the cursor of whoever reads it."""

_CONFLICT: Final = re.compile(r"^(?:(?:<{7}|>{7}|\|{7})(?: .*)?|={7})\r?$|#-#-#-#-#.*", re.MULTILINE)
_KEYWORD: Final = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[\d{1,2}\])?)(?![\w\[])\s*", re.ASCII)
_TEXT: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE: Final = re.compile(r"\\(.)")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


def read(path: str | os.PathLike[str], locale: str | None = None) -> Catalog:
    """The catalog in a file; what is wrong in it stands in its `diagnostics`.

    Without `locale`, the folders of `…/zh_HK/LC_MESSAGES/oppi18n.po` say which one the header must name.
    Raises InputError when the file cannot be read at all: `not-found`, `is-a-folder`, `not-readable`,
    `file-too-large`.
    """
    content = files.read_bytes(path, LIMIT)
    return replace(parse_bytes(content, os.fspath(path), locale or _locale_of(os.fspath(path))), content=content)


def parse_bytes(content: bytes, path: str, locale: str | None = None) -> Catalog:
    """The catalog in the bytes of a file; `path` is for its diagnostics."""
    try:
        text = files.decode(content, path)
    except InputError as error:
        line = int(str(error.params["line"]))
        span = Span(path, line, 1, line, 1)
        if error.code == "nul-byte":
            wrong = Diagnostic("catalog-character", span, {"character": "U+0000"})
        else:
            found = {"offset": error.params["offset"], "guess": error.params["guess"]}
            wrong = Diagnostic("catalog-encoding", span, found)
        return Catalog(locale=locale or "", path=path, diagnostics=(wrong,))
    return parse(text, path, locale)


def parse(text: str, path: str = "<catalog>", locale: str | None = None) -> Catalog:
    """The catalog in a text. Nothing in it is evaluated; never raises.

    An entry with an error is left out; with a wrong header or a merge conflict, all are.

    >>> parse('msgid "OK').diagnostics[0].code
    'catalog-unterminated'
    """
    reader = _Reader(path)
    if not reader.scan(text):
        return Catalog(locale=locale or "", path=path, diagnostics=tuple(reader.wrong))
    drafts = list(reader.drafts(text))
    header = po_header.take(drafts, path, reader.wrong, expected=locale, is_template=path.endswith(".pot"))
    entries = tuple(reader.entries(drafts, header)) if header.is_usable else ()
    return Catalog(
        locale=header.locale,
        entries=entries,
        headers=header.fields,
        comments=header.comments,
        path=path,
        diagnostics=tuple(sorted(reader.wrong, key=lambda each: each.span)),
    )


class Survey(NamedTuple):
    """What can be made out in somebody else's file, whatever its header says.

    `header` is the text of the header in pieces, each with its line; the line of an entry is that of its message.
    """

    header: tuple[tuple[str, int], ...]
    entries: tuple[Entry, ...]
    diagnostics: tuple[Diagnostic, ...]


def survey(text: str, path: str) -> Survey:
    """Look through a text that need not be a catalog of ours; after `ENOUGH` troubles, reading stops. Never raises.

    >>> survey('msgid "a"\\nmsgstr "b"', "x.po").entries[0].translations
    ('b',)
    """
    reader = _Reader(path)
    reader.wrong = _Few()
    drafts: list[Draft] = []
    with suppress(_EnoughError):
        reader.scan(text)
        drafts.extend(reader.drafts(text))
    header = drafts.pop(0) if drafts and drafts[0].is_header else None
    pieces = () if header is None else tuple(header.parts["msgstr"]) if "msgstr" in header.parts else ()
    entries: list[Entry] = []
    with suppress(_EnoughError):
        read = po_header.Header("", (), (), is_usable=True, line=pieces[0][1] if pieces else 1)
        entries.extend(reader.entries(drafts, read, by_message=True))
    return Survey(pieces, tuple(entries), tuple(reader.wrong))


class _EnoughError(Exception):
    """Nobody reads so many troubles."""


class _Few(Diagnostics):
    """Diagnostics that are not collected for ever."""

    def append(self, each: Diagnostic) -> None:
        super().append(each)
        if len(self) >= ENOUGH:
            raise _EnoughError


class _Reader:
    """One reading of one text: lines become drafts, drafts become entries, troubles gather in `wrong`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.wrong = Diagnostics()
        self.draft = Draft()

    def scan(self, text: str) -> bool:
        """Look for what no reading makes sense of; whether there was nothing of it."""
        self._report_matches("catalog-conflict", _CONFLICT, text)
        self._report_matches("catalog-character", FORBIDDEN, text)
        return not self.wrong

    def drafts(self, text: str) -> Iterator[Draft]:
        """The entries as they are written, with their comments."""
        for number, raw in enumerate(text.split("\n"), 1):
            line = raw.rstrip()
            start = _skip(line, 0)
            if line[start : start + 1] == "#" and line[start : start + 2] != "#~":
                yield from self._comment(line, number, start)
            elif line:
                yield from self._statement(line, number, start)
        yield from self._finish()
        if self.draft.has_notes:
            self.wrong.warn("catalog-comment", Span(self.path, self.draft.line, 1, self.draft.line, 2))

    def entries(self, drafts: list[Draft], header: po_header.Header, *, by_message: bool = False) -> Iterator[Entry]:
        """What the finished drafts say; a message that is given twice counts once."""
        first: dict[tuple[str | None, str], int] = {(None, ""): header.line}
        forms = plural_forms(header.locale)
        for draft in drafts:
            if draft.is_broken or not self._has_all_forms(draft, forms[0] if forms else None, header.locale):
                continue
            entry = draft.entry()
            here = draft.line_of("msgid")
            if not entry.obsolete and (there := first.setdefault(entry.key, here)) < here:
                self._duplicate(here, there)
            else:
                yield replace(entry, line=here) if by_message else entry

    def _comment(self, line: str, number: int, start: int) -> Iterator[Draft]:
        if self.draft.is_whole:
            yield from self._finish()
        kind = line[start + 1 : start + 2]
        if kind == "|":
            self._text_line(line, number, start + 2, previous=True)
        elif kind in (":", ".", ","):
            self.draft.note(number, kind, line[start + 2 :].removeprefix(" "))
        elif kind == "=":
            # The newer mark for flags that stay when the message changes.
            self.draft.note(number, ",", line[start + 2 :])
        else:
            self.draft.note(number, "", line[start + 1 :].removeprefix(" "))

    def _statement(self, line: str, number: int, start: int) -> Iterator[Draft]:
        obsolete = line.startswith("#~", start)
        if obsolete:
            start = _skip(line, start + 2)
        previous = obsolete and line.startswith("|", start)
        keyword = _KEYWORD.match(line, start)
        opens = previous or (keyword is not None and keyword[1] in ("msgctxt", "msgid"))
        if opens and self.draft.has_message:
            yield from self._finish()
        self._text_line(line, number, start + previous, previous=previous, obsolete=obsolete)

    def _text_line(self, line: str, number: int, start: int, *, previous: bool = False, obsolete: bool = False) -> None:
        """A keyword with a text, or a text that goes on."""
        start = _skip(line, start)
        keyword = _KEYWORD.match(line, start)
        text = self._text(line, number, keyword.end() if keyword else start)
        said = text or ""
        if keyword:
            fits = self.draft.begin(keyword[1], said, number, previous=previous, obsolete=obsolete)
        else:
            fits = text is None or self.draft.go_on(said, number, previous=previous, obsolete=obsolete)
        if not fits and text is not None:
            self._report("catalog-order", number, start, len(line), keyword=keyword[1] if keyword else '"')
        if not fits or text is None:
            # A stray line between two entries spoils neither.
            self.draft.is_broken = self.draft.has_begun

    def _text(self, line: str, number: int, start: int) -> str | None:
        """The text between quotation marks that begins at `start` and ends the line."""
        if line[start : start + 1] != '"':
            self._report("catalog-syntax", number, start, len(line))
            return None
        match = _TEXT.match(line, start)
        if match is None:
            self._report("catalog-unterminated", number, start, len(line))
            return None
        if match.end() < len(line):
            self._report("catalog-trailing", number, match.end(), len(line))
            return None
        if "\\" not in match[1]:
            return match[1]
        unknown = [each for each in _ESCAPE.finditer(line, *match.span(1)) if each[1] not in _ESCAPES]
        for each in unknown:
            self._report("catalog-escape", number, each.start(), each.end(), escape=each[0])
        return None if unknown else _ESCAPE.sub(lambda each: _ESCAPES[each[1]], match[1])

    def _finish(self) -> Iterator[Draft]:
        draft = self.draft
        if not draft.has_begun:
            return
        self.draft = Draft()
        if not draft.is_whole and not draft.is_broken:
            draft.is_broken = True
            missing = "msgstr" if draft.has_message else "msgid"
            self._report("catalog-incomplete", draft.line, 0, 0, keyword=missing)
        yield draft

    def _has_all_forms(self, draft: Draft, wanted: int | None, locale: str) -> bool:
        found = draft.plural_forms
        if found is None or wanted is None or found == wanted:
            return True
        line = draft.line_of("msgid_plural")
        self._report("catalog-plural-count", line, 0, len("msgid_plural"), expected=wanted, found=found, locale=locale)
        return False

    def _duplicate(self, line: int, first: int) -> None:
        span = Span(self.path, line, 1, line, len("msgid") + 1)
        related = Span(self.path, first, 1, first, len("msgid") + 1)
        hint = Hint("first-is", {"line": first})
        self.wrong.append(Diagnostic("catalog-duplicate", span, {}, hint, related=related))

    def _report_matches(self, code: str, pattern: re.Pattern[str], text: str) -> None:
        line = 1
        place = line_start = 0
        for match in pattern.finditer(text):
            # Counted from the last one on, or a file of nothing else would take hours.
            if passed := text.count("\n", place, match.start()):
                line += passed
                line_start = text.rfind("\n", place, match.start()) + 1
            place = match.start()
            params = {"character": f"U+{ord(match[0]):04X}"} if code == "catalog-character" else {}
            self._report(code, line, place - line_start, match.end() - line_start, **params)

    def _report(self, code: str, line: int, start: int, end: int, **params: object) -> None:
        self.wrong.report(code, Span(self.path, line, start + 1, line, end + 1), None, **params)


def _skip(line: str, start: int) -> int:
    """The place of the first character from `start` on that is no space."""
    return len(line) - len(line[start:].lstrip())


def _locale_of(path: str) -> str | None:
    """The locale whose folder a catalog lies in."""
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.basename(folder) != "LC_MESSAGES":
        return None
    return locales.tag(os.path.basename(os.path.dirname(folder)))
