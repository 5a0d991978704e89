"""What `docs terms` says: what labels and terms are called, as a table for people, spreadsheets and term bases."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from oppi18n.cli.pagework import originals_in
from oppi18n.cli.session import Session, safe
from oppi18n.cli.textfiles import Texts, units_in
from oppi18n.errors import Oppi18nError

if TYPE_CHECKING:
    from oppi18n.docs.terms import Mined
    from oppi18n.i18n.glossary import Glossary
    from oppi18n.units.unit import Unit

_BOM: Final = "\ufeff"
COLUMNS: Final = ("kind", "source", "locale", "translation", "times", "usual", "outlier", "glossary", "path", "line")


def mine_terms(paths: tuple[str, ...], given: dict[str, Any]) -> int:
    """Mine terms in files; 2 if one of them could not be read."""
    from oppi18n.docs.terms import mine
    from oppi18n.i18n import glossary
    from oppi18n.packs import named

    texts = Texts(paths, given["format_"], originals_in(given["source"]))
    words = glossary.of_packs(named(each) for each in given["packs"])
    found = mine(_units(texts), words)
    if given["outliers"] and given["format_"] != "tbx":
        found = tuple(each._replace(renderings=each.outliers) for each in found if each.outliers)
    if given["format_"] == "json":
        texts.answer("terms", terms=[_json(each) for each in found])
    elif given["format_"] == "csv":
        click.echo(table(found), nl=False)
    elif given["format_"] == "tbx":
        click.echo(_term_base(found, words), nl=False)
    else:
        _show(found, texts.session)
    return texts.status(found=False)


def _units(texts: Texts) -> Iterator[Unit]:
    from oppi18n.cli.progress import progress

    for file in progress(texts.files, quiet=texts.session.verbosity < 0):
        try:
            yield from units_in(file, *texts.content(file))
        except Oppi18nError as error:
            texts.fail(error, file.path)


def _show(found: tuple[Mined, ...], current: Session) -> None:
    from oppi18n.widths import pad

    count = 0
    for each in found:
        current.out(f"{current.style(safe(each.text), 'strong')} · {each.kind} · {each.times}")
        for rendering in each.renderings:
            count += rendering.is_outlier
            text = safe(rendering.text) or "–"
            mark = current.style("!", "warning") if rendering.is_outlier else " "
            place = current.style(f"  {safe(str(rendering.place))}", "dim") if rendering.is_outlier else ""
            current.out(f"  {mark} {pad(rendering.locale, 5)}  {rendering.times:>5}  {text}{place}")
    current.tell(
        current.say.plural(
            "{count} translation (!) is forbidden, or differs from the usual one.",
            "{count} translations (!) are forbidden, or differ from the usual ones.",
            count=count,
        )
    )


def table(found: tuple[Mined, ...]) -> bytes:
    """A table that spreadsheets open, a row for each rendering; no text in it can pose as a formula."""
    from oppi18n.exchange.formats.csv_table import guarded

    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for each in found:
        for rendering in each.renderings:
            flags = ("yes" if rendering.is_usual else "", "yes" if rendering.is_outlier else "", rendering.verdict)
            cells = (each.kind, each.text, rendering.locale, rendering.text, rendering.times, *flags)
            path, line, _ = rendering.place
            writer.writerow(guarded(str(cell)) for cell in (*cells, path, line or ""))
    return (_BOM + text.getvalue()).encode(errors="replace")


def _term_base(found: tuple[Mined, ...], words: Glossary) -> bytes:
    from oppi18n.docs.terms import glossary_of
    from oppi18n.exchange.tbx import write_terms

    merged = glossary_of(found, words)
    return write_terms(merged.terms, merged.names)


def _json(mined: Mined) -> dict[str, Any]:
    return {
        "term": mined.text,
        "kind": mined.kind,
        "times": mined.times,
        "renderings": [
            {
                "language": each.locale,
                "target": each.text,
                "times": each.times,
                "usual": each.is_usual,
                "outlier": each.is_outlier,
                "glossary": each.verdict or None,
                "path": each.place.path,
                "line": each.place.line or None,
            }
            for each in mined.renderings
        ],
    }
