"""Front matter is read line by line, and a value that changes is the only thing in it that does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from oppi18n.docs.page import BOM, Field, FrontMatter, Page

TITLE: Final = "title"
DESCRIPTION: Final = "description"
HASH: Final = "ms.openlocfilehash"
COMMIT: Final = "ms.sourcegitcommit"
KIND: Final = "ms.translationtype"
LOCALE: Final = "ms.contentlocale"
HANDED_OFF: Final = "ms.lasthandoff"
FILE_ID: Final = "ms.locfileid"
TRANSLATION_FIELDS: Final = (HASH, COMMIT, KIND, LOCALE, HANDED_OFF, FILE_ID)
"""What a translated page has in its front matter and its source has not."""

_FENCE: Final = re.compile(r"---[ \t]*(?:\r?\n|\Z)")
_END: Final = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_FIELD: Final = re.compile(r"^([A-Za-z_][\w.-]*)[ \t]*:(?=[ \t\r\n]|\Z)[ \t]*", re.MULTILINE)
_REST: Final = re.compile(r"[^\n]*")
_COMMENT: Final = re.compile(r"[ \t]#")
_CERTAIN: Final = re.compile(
    r"""(?:(?P<plain>[^\W_](?:[^\n\r\t:#]|:(?=\S)|(?<=\S)\#)*+)|"(?P<double>[^"\\\n\r]*+)"|'(?P<single>[^'\n\r]*+)')\Z"""
)
"""A scalar that means what it says, to every reader of YAML."""
_WORDS: Final = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])


def begins(text: str) -> bool:
    """Whether a text begins with the line that opens front matter."""
    return _FENCE.match(text, len(BOM) if text.startswith(BOM) else 0) is not None


def find(text: str) -> FrontMatter | None:
    """The front matter at the beginning of a text; None if there is none, or if it has no end.

    >>> text = "---\\ntitle: Quotes\\nms.date: 10/01/2020\\n---\\n# Quotes"
    >>> [(each.name, text[each.start : each.end]) for each in find(text).fields]
    [('title', 'Quotes'), ('ms.date', '10/01/2020')]
    """
    start = len(BOM) if text.startswith(BOM) else 0
    first = _FENCE.match(text, start)
    last = _END.search(text, first.end()) if first else None
    if first is None or last is None:
        return None
    return FrontMatter(start, last.start(), last.end(), tuple(_fields(text, first.end(), last.start())))


def _fields(text: str, start: int, end: int) -> Iterator[Field]:
    found = list(_FIELD.finditer(text, start, end))
    for number, match in enumerate(found):
        after = found[number + 1].start() if number + 1 < len(found) else end
        written = text[match.end() : after]
        yield Field(match[1], match.start(), match.end(), match.end() + len(_value(written)))


def _value(written: str) -> str:
    """What a value is of all that stands between its colon and the next field."""
    value = written.rstrip()
    if "\n" in value or value[:1] in ("'", '"'):
        return value
    comment = _COMMENT.search(value)
    return value[: comment.start()].rstrip() if comment else value


def value(page: Page, name: str) -> str | None:
    """The value of a field as text; None if there is no such field, or YAML makes nothing of it."""
    field = page.front.field(name) if page.front is not None else None
    return None if field is None else read(page.text[field.start : field.end])


def read(written: str) -> str | None:
    """The text that a scalar stands for; None if it is no scalar.

    >>> read("Quotes"), read('"Quotes: \\\\"all\\\\""'), read("[a, b]")
    ('Quotes', 'Quotes: "all"', None)
    """
    certain = _CERTAIN.match(written)
    if certain:
        return certain[certain.lastgroup or 0]
    import yaml

    try:
        # BaseLoader leaves every scalar a text; the name in front makes line breaks mean what they mean in the file.
        found = yaml.load(f"x: {written}\n", Loader=yaml.BaseLoader)["x"]
    except (yaml.YAMLError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return None
    return found if isinstance(found, str) else None


def written(text: str, old: str) -> str:
    """A scalar for a new text: plain where the old one was plain and the new one can be.

    >>> written("All quotes", "Quotes"), written("Quotes: all", "Quotes"), written("All", '"Quotes"')
    ('All quotes', '"Quotes: all"', '"All"')
    """
    from oppi18n.layout.quoting import may_be_plain, quoted

    is_plain = old[:1] not in ("'", '"') and may_be_plain(text, flow=False)
    return text if is_plain and text.lower() not in _WORDS else quoted(text)
