"""What `oppi18n store` does: words here, work in the room of databases."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from oppi18n.cli import machine, options
from oppi18n.cli.destination import refuse_input
from oppi18n.cli.progress import progress
from oppi18n.cli.session import safe, session
from oppi18n.errors import InputError, Oppi18nError
from oppi18n.files import draft

if TYPE_CHECKING:
    from oppi18n.model.facts import Facts
    from oppi18n.model.schema import Model
    from oppi18n.store import Store

_RULESET = "close-opportunity"


def _opened(given: dict[str, Any]) -> Store:
    model = options.rules_of(_RULESET, given["packs"], ()).model
    try:
        from oppi18n.store import Store
    except ModuleNotFoundError as error:
        raise InputError("bulk-library", library=str(error.name), extra="store") from None
    return Store.open(given["database"], model)


def load_files(files: tuple[str, ...], given: dict[str, Any]) -> int:
    """Load files; all of them or none."""
    current = session()
    with _opened(given) as store:
        found = progress(_facts(files, given, store.model), quiet=current.verbosity < 0)
        count = store.load(found, replace=given["replace"])
    current.tell(
        current.say.plural("{count} opportunity was loaded.", "{count} opportunities were loaded.", count=count)
    )
    return 0


def _facts(files: tuple[str, ...], given: dict[str, Any], model: Model) -> Iterator[Facts]:
    from oppi18n.readers import read

    companions = (given["quotes"],) if given["quotes"] else ()
    for path in files:
        for outcome in read(path, model=model, zone=given["zone"], companions=companions):
            if isinstance(outcome, Oppi18nError):
                raise outcome
            yield outcome


def export_file(given: dict[str, Any]) -> int:
    """Write the database out."""
    current, output = session(), given["output"]
    kind = os.path.splitext(output)[1].lower()
    if kind not in (".json", ".csv"):
        raise InputError("bulk-output", path=output, known=".json, .csv")
    if kind == ".json" and given["quotes"]:
        raise InputError("companion-unused", path=output)
    refuse_input(output, [given["database"], *filter(None, [given["quotes"]])])
    with _opened(given) as store:
        from oppi18n.store.export import as_csv, as_json

        if kind == ".json":
            _write(output, as_json(store))
        else:
            lists = [each.of for each in store.model.records[store.model.root].lists]
            names = [store.model.root, *(lists if given["quotes"] else [])]
            for name, path in zip(names, (output, given["quotes"]), strict=False):
                _write(path, as_csv(store, name))
        count = store.count()
    current.tell(
        current.say.plural("{count} opportunity was written.", "{count} opportunities were written.", count=count)
    )
    return 0


def _write(path: str, pieces: Iterable[str]) -> None:
    with draft(path) as place, open(place, "w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)


def show_audit(given: dict[str, Any]) -> int:
    """Show the log."""
    current = session()
    with _opened(given) as store:
        for entry in store.audit.entries(given["wanted"] or ""):
            if given["format_"] == "jsonl":
                current.out(machine.line_of({**asdict(entry), "codes": list(entry.codes)}))
            else:
                codes = f" · {' '.join(entry.codes)}" if entry.codes else ""
                current.out(safe(f"{entry.at} · {entry.who} · {entry.opportunity} · {entry.outcome}{codes}"))
    return 0


def erase_entries(given: dict[str, Any]) -> int:
    """Erase entries of the log."""
    current = session()
    if given["before"] is None and given["wanted"] is None:
        raise click.UsageError(current.say("Say which entries: give --before, --opportunity, or both."))
    with _opened(given) as store:
        before = given["before"].isoformat() if given["before"] else ""
        count = store.audit.erase(who=given["who"], before=before, opportunity=given["wanted"] or "")
    current.tell(current.say.plural("{count} entry was removed.", "{count} entries were removed.", count=count))
    return 0
