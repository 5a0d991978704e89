"""Loading a catalog of 1,000 entries with a warm cache, against gettext loading the same entries compiled.

Ours begins with the `.po` file: it is read, and recognised by its content.
"""

from __future__ import annotations

import gettext
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from typing import Final

from _paired import Row, alone, at_most, by_turns, cpu
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from oppi18n.cache import Cache
from oppi18n.i18n import catalogs, po_writer
from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.packs import Pack

ENTRIES: Final = 1000
LOADS: Final = 20


def catalog() -> Catalog:
    """Entries as translators see them: context, comments, references; every fourth has a plural."""
    return Catalog(locale="ko", entries=tuple(map(_entry, range(ENTRIES))))


def rows(rounds: int) -> Iterator[Row]:
    """The table."""
    with tempfile.TemporaryDirectory() as folder:
        ours, peer = _contenders(folder)
        _agree(ours(), peer())
        times = by_turns({"ours": lambda: cpu(ours, LOADS), "gettext": lambda: cpu(peer, LOADS)}, rounds)
    yield Row(f"warm load, {ENTRIES:,} entries", "gettext, compiled .mo", times.over("ours", "gettext"), at_most(1))


def _entry(number: int) -> Entry:
    source = f"You can't close opportunity {number} while {{count}} active quotes are associated with it: {{quotes}}."
    target = f"영업 기회 {number}에 활성 견적 {{count}}개({{quotes}})가 연결되어 있는 동안에는 종료할 수 없습니다."
    return Entry(
        context=f"oppi18n/close-opportunity/rule-{number}/message",
        msgid=source,
        msgid_plural=f"{source} (all)" if number % 4 == 0 else None,
        translations=(target,),
        extracted=("Shown when an active quote holds the opportunity open.", "{count}: 2", "{quotes}: QUO-1, QUO-2"),
        references=(f"rules/close-opportunity.yaml:{number}",),
    )


def _contenders(folder: str) -> tuple[Callable[[], catalogs.Texts], Callable[[], gettext.GNUTranslations]]:
    text = po_writer.write(catalog()).encode()
    pack = Pack("bench", f"{folder}/rules", f"{folder}/locales", "en")
    path = os.path.join(folder, catalogs.relative_path("ko"))
    os.makedirs(os.path.dirname(path))
    with open(path, "wb") as file:
        file.write(text)
    with open(f"{path[:-2]}mo", "wb") as file:
        write_mo(file, read_po(io.BytesIO(text)))

    def peer() -> gettext.GNUTranslations:
        with open(f"{path[:-2]}mo", "rb") as compiled:
            return gettext.GNUTranslations(compiled)

    # A new Cache each time, as each process has its own.
    return lambda: catalogs.load("ko", [pack], Cache(f"{folder}/cache")), peer


def _agree(ours: catalogs.Texts, peer: gettext.GNUTranslations) -> None:
    """Refuse to compare two loads that do not know the same texts."""
    for entry in catalog().entries:
        context = entry.context or ""
        if entry.msgid_plural is None:
            pair = ours.get(context, entry.msgid), peer.pgettext(context, entry.msgid)
        else:
            pair = ours.plural(context, entry.msgid, 0), peer.npgettext(context, entry.msgid, entry.msgid_plural, 2)
        if set(pair) != {entry.translations[0]}:
            raise AssertionError(f"{entry.msgid!r}: {pair}")


if __name__ == "__main__":
    alone(rows)
