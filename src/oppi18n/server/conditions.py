"""A change says which version it is about: `If-Match` as RFC 9110 has it, with several tags, weak ones and the star."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from oppi18n.server.problems import HttpError
from oppi18n.store.database import Conflict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oppi18n.server.calls import Call

_TAG: Final = r'(?:W/)?"[!#-~\x80-\xff]*"'
# Empty members of a list are to be passed over (RFC 9110, 5.6.1.2).
_LIST: Final = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")
_TAGS: Final = re.compile(_TAG)
_VERSION: Final = re.compile(r'"([1-9][0-9]{0,17})"')


def version_of(call: Call) -> int | None:
    """The version that the caller has seen, None for any. Raises HttpError `http-no-version`, `Conflict`."""
    given = ", ".join(call.request.headers.getlist("if-match")).strip(" \t")
    if not given.strip(" \t,"):
        raise HttpError("http-no-version")
    if given == "*":
        return None
    seen = versions(given)
    if len(seen) == 1:
        return seen[0]
    found = call.service.store.get(call.id).version
    if not seen:
        # A tag that we have never given is not that of the opportunity now, if there is one.
        raise Conflict("version-conflict", id=call.id, found=found, expected=given)
    # One of several may be that of now; where none is, the store has the last word, for it knows repeated requests.
    return found if found in seen else seen[0]


def versions(given: str) -> Sequence[int]:
    """The versions that a list of tags names: a weak tag and one that we never give name none.

    >>> versions('"3"'), versions('"3", "4"'), versions('W/"3", "x,", "5"'), versions('"03"'), versions('3')
    ([3], [3, 4], [5], [], [])
    """
    if not _LIST.fullmatch(given):
        return []
    found = (_VERSION.fullmatch(each) for each in _TAGS.findall(given))
    return [int(each[1]) for each in found if each]
