"""An entry of a catalog file while its lines are being read."""

from __future__ import annotations

import re
from typing import Final

from oppi18n.i18n.entries import Entry, Previous

# gettext sets a file name with spaces between these two isolates.
_REFERENCE: Final = re.compile("(?:\u2068[^\u2069]*\u2069|\\S)+")
_BEFORE: Final = {"msgctxt": (None,), "msgid": (None, "msgctxt"), "msgid_plural": ("msgid",), "msgstr": ("msgid",)}


class Draft:
    """The lines of one entry so far: for each keyword its pieces of text, each with its line."""

    def __init__(self) -> None:
        self.parts: dict[str, list[tuple[str, int]]] = {}
        self.previous: dict[str, list[str]] = {}
        self.notes: dict[str, list[str]] = {}
        self.is_broken = False
        self.obsolete = False
        self.line = 0
        self._latest: str | None = None
        self._latest_previous: str | None = None

    @property
    def has_begun(self) -> bool:
        """Whether there is a keyword yet."""
        return self._latest is not None

    @property
    def has_notes(self) -> bool:
        """Whether there are comments, of whatever kind."""
        return bool(self.notes or self.previous)

    @property
    def has_message(self) -> bool:
        """Whether the message itself is there."""
        return "msgid" in self.parts

    @property
    def is_whole(self) -> bool:
        """Whether nothing but further plural forms may follow."""
        return self._latest is not None and self._latest.startswith("msgstr")

    @property
    def is_header(self) -> bool:
        """Whether this is the entry that speaks of the file."""
        return not self.obsolete and "msgctxt" not in self.parts and self.has_message and not self.text("msgid")

    @property
    def plural_forms(self) -> int | None:
        """How many plural forms are translated; None for a message without plural."""
        return sum(key.startswith("msgstr[") for key in self.parts) if "msgid_plural" in self.parts else None

    def note(self, line: int, kind: str, body: str) -> None:
        """Add a comment line; the kind is the mark after `#`."""
        self.line = self.line or line
        self.notes.setdefault(kind, []).append(body)

    def begin(self, keyword: str, text: str, line: int, *, previous: bool, obsolete: bool) -> bool:
        """Begin a part; false if it may not stand here."""
        self.line = self.line or line
        if previous:
            self._latest_previous = keyword
            self.previous[keyword] = [text]
            return not self.has_begun and not keyword.startswith("msgstr")
        fits = self._latest in self._before(keyword) and (not self.has_begun or obsolete == self.obsolete)
        self.obsolete = obsolete
        self._latest = keyword
        self.parts.setdefault(keyword, []).append((text, line))
        return fits

    def go_on(self, text: str, line: int, *, previous: bool, obsolete: bool) -> bool:
        """Continue the latest part; false if there is none."""
        if previous:
            if self._latest_previous is not None:
                self.previous[self._latest_previous].append(text)
            return self._latest_previous is not None
        if self._latest is None or obsolete != self.obsolete:
            return False
        self.parts[self._latest].append((text, line))
        return True

    def text(self, keyword: str) -> str:
        """The whole text of a part."""
        return "".join(piece for piece, _ in self.parts.get(keyword, ()))

    def line_of(self, keyword: str) -> int:
        """The line in which a part begins."""
        return self.parts[keyword][0][1]

    def entry(self) -> Entry:
        """The finished entry."""
        return Entry(
            context=self._optional("msgctxt"),
            msgid=self.text("msgid"),
            msgid_plural=self._optional("msgid_plural"),
            translations=tuple(self.text(key) for key in self.parts if key.startswith("msgstr")),
            flags=tuple(self._flags()),
            comments=tuple(self.notes.get("", ())),
            extracted=tuple(self.notes.get(".", ())),
            references=tuple(self._references()),
            previous=self._previous(),
            obsolete=self.obsolete,
            line=self.line,
        )

    def _before(self, keyword: str) -> tuple[str | None, ...]:
        """The parts after which this one may stand."""
        if not keyword.startswith("msgstr["):
            return _BEFORE[keyword]
        index = int(keyword[7:-1])
        return ("msgid_plural" if index == 0 else f"msgstr[{index - 1}]",)

    def _optional(self, keyword: str) -> str | None:
        return self.text(keyword) if keyword in self.parts else None

    def _flags(self) -> list[str]:
        words = [word.strip() for line in self.notes.get(",", ()) for word in line.split(",")]
        return [word for word in words if word]

    def _references(self) -> list[str]:
        found = [match[0] for line in self.notes.get(":", ()) for match in _REFERENCE.finditer(line)]
        bare = [each.replace("\u2068", "").replace("\u2069", "") for each in found]
        return [each for each in bare if each.strip()]

    def _previous(self) -> Previous | None:
        if not self.previous:
            return None
        texts = {keyword: "".join(pieces) for keyword, pieces in self.previous.items()}
        return Previous(texts.get("msgctxt"), texts.get("msgid"), texts.get("msgid_plural"))
