"""What `catalog glossary` does: terms leave for other tools, and come back into the file of the pack."""

from __future__ import annotations

import os
from difflib import unified_diff
from typing import TYPE_CHECKING

from oppi18n.cli.catalogwork import pack_of
from oppi18n.cli.destination import refuse_input
from oppi18n.cli.session import safe, session
from oppi18n.errors import InputError
from oppi18n.files import read_bytes, write_atomic

if TYPE_CHECKING:
    from types import ModuleType

    from oppi18n.packs import Pack


def export_glossary(output: str, pack_name: str | None) -> int:
    """Write the terms of a pack, as its file has them."""
    from oppi18n.diagnostics import AuthoringError, Diagnostics
    from oppi18n.i18n.glossary import read
    from oppi18n.source import Source

    current, pack = session(), pack_of(pack_name)
    path, text = _glossary_of(pack)
    wrong = Diagnostics()
    found = read(Source(path, text), wrong)
    if wrong.failed:
        raise AuthoringError(wrong, {path: text})
    refuse_input(output, [path])
    format_ = _format_of(output)
    content = (
        format_.write_glossary(found)
        if hasattr(format_, "write_glossary")
        else format_.write_terms(found.terms, found.names)
    )
    write_atomic(output, content)
    current.tell(current.say("{path} was written.", path=safe(output)))
    return 0


def import_glossary(file: str, pack_name: str | None, *, check: bool, diff: bool) -> int:
    """Put the terms of a file into the glossary of a pack; 1 if that was only looked at and something would change."""
    from oppi18n.upkeep.glossing import merged

    current, pack = session(), pack_of(pack_name)
    incoming = _format_of(file).read_glossary(read_bytes(file), file)
    path, before = _glossary_of(pack)
    after = merged(before, incoming, path)
    if diff:
        for line in unified_diff(before.split("\n"), after.split("\n"), path, path, lineterm=""):
            current.out(safe(line))
    elif before != after and not check:
        if read_bytes(path) != before.encode():
            raise InputError("changed-meanwhile", path=path)
        write_atomic(path, after)
        current.tell(current.say("{path} was written.", path=safe(path)))
    else:
        current.tell(current.say("Nothing was written."))
    return int(check and before != after)


def _glossary_of(pack: Pack) -> tuple[str, str]:
    """Where the glossary of a pack lies, and its text. Raises InputError `not-found` for a pack without one."""
    from oppi18n import packs
    from oppi18n.i18n.glossary import PATH

    content = packs.read_bytes(pack, PATH)
    return packs.path_of(pack, PATH), content.decode("utf-8-sig", "replace")


def _format_of(path: str) -> ModuleType:
    from oppi18n.exchange import tbx, term_table

    ending = os.path.splitext(path)[1].lower()
    for each in (term_table, tbx):
        if ending in each.ENDINGS:
            return each
    raise InputError("unknown-exchange", name=ending.removeprefix("."), known="csv, tbx")
