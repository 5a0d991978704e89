"""A page with translations that nobody has read yet says so in its front matter."""

from __future__ import annotations

from typing import Final

from oppi18n.docs import front
from oppi18n.docs.page import ESCAPE, Page
from oppi18n.docs.repair import Edit, edited
from oppi18n.docs.scanner import scan

_MACHINE: Final = "MT"


def to_be_reviewed(page: Page) -> Page:
    """The page marked as a machine's, as `ms.translationtype` has it; the page itself if it is, or has no front matter.

    >>> to_be_reviewed(scan(b"---\\nms.translationtype: HT\\n---\\n")).text
    '---\\nms.translationtype: MT\\n---\\n'
    """
    if page.front is None or front.value(page, front.KIND) == _MACHINE:
        return page
    field = page.front.field(front.KIND)
    if field is not None:
        edit = Edit("", field.start, field.end, front.written(_MACHINE, page.text[field.start : field.end]))
    else:
        ending = "\r\n" if "\r\n" in page.text else "\n"
        edit = Edit("", page.front.close, page.front.close, f"{front.KIND}: {_MACHINE}{ending}")
    return scan(edited(page.text, (edit,)).encode(errors=ESCAPE), page.path)
