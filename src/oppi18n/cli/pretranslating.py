"""What `docs memory pretranslate` does: what is missing in catalogs and pages comes out of the memory, to be reviewed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from oppi18n.cli.memorywork import PERCENT, is_fuzzy, language_of, match_json, opened, tell_exact_only
from oppi18n.cli.pagework import save
from oppi18n.cli.session import Session, safe, session
from oppi18n.cli.textfiles import CATALOG, PAGE, Texts, units_in
from oppi18n.errors import InputError, Oppi18nError

if TYPE_CHECKING:
    from oppi18n.docs.folders import PageFile
    from oppi18n.memory.memory import Memory
    from oppi18n.memory.pretranslate import Proposal, Refused
    from oppi18n.units.unit import Unit


_ENGLISH: Final = re.compile(r"\.en(?:[-_][a-z]{2})?(?=\.md\Z)", re.IGNORECASE)


class _Asked(NamedTuple):
    """What is to be done: new pages go to `output`, in `language`; without it, files are filled in where they are."""

    least: float
    dry_run: bool
    output: str | None
    language: str


class _Filled(NamedTuple):
    """A file with what was found for it: the new content, what was filled in, and what was not taken over."""

    content: bytes
    filled: list[Proposal]
    refused: list[Proposal | Refused]


def pretranslate_files(paths: tuple[str, ...], path: str, given: Mapping[str, Any]) -> int:
    """Fill in what is missing in catalogs and pages; 2 if one of them could not be read or written."""
    asked = _asked(given)
    texts = Texts(paths, given["format_"])
    results = []
    with opened(path) as memory:
        for file in texts.files:
            try:
                results.append(_pretranslated(file, texts, memory, asked))
            except Oppi18nError as error:
                texts.fail(error, file.path)
                continue
            if not texts.is_machine:
                _show(results[-1], texts.session)
    if texts.is_machine:
        texts.answer("pretranslate", fuzzy=is_fuzzy(), results=results)
    else:
        tell_exact_only(texts.session)
    return texts.status(found=False)


def _asked(given: Mapping[str, Any]) -> _Asked:
    output, language = given["output"], given["language"]
    if (output is None) != (language is None):
        raise click.UsageError(session().say("--output and --language go together: both are for new pages."))
    tag = language_of(language) if language is not None else ""
    return _Asked(float(given["least"]) / PERCENT, given["dry_run"], output, tag)


def _pretranslated(file: PageFile, texts: Texts, memory: Memory, asked: _Asked) -> dict[str, Any]:
    """What was found for one file, and done with it."""
    content, _ = texts.content(file)
    if not file.path.endswith((PAGE, CATALOG)):
        raise InputError("no-texts", path=file.path)
    path = file.path if asked.output is None else _new_path(file.key, asked.output, asked.language)
    found = _in_place(file, content, memory, asked) if asked.output is None else _anew(file, content, memory, asked)
    if asked.output is not None and os.path.lexists(path):
        # A page that is there may be somebody's work.
        raise InputError("page-exists", path=path)
    is_written = bool(found.filled) and not asked.dry_run
    if is_written:
        if texts.content(file)[0] != content:
            raise InputError("changed-meanwhile", path=file.path)
        save(path, found.content)
    return {
        "path": path,
        "filled": [_entry(each) for each in found.filled],
        "refused": [_entry(each) for each in found.refused],
        "written": is_written,
    }


def _new_path(key: str, folder: str, language: str) -> str:
    """Where the page of an English one goes: a name that says English says the new language instead."""
    return os.path.join(folder, *_ENGLISH.sub(f".{language}", key).split("/"))


def _in_place(file: PageFile, content: bytes, memory: Memory, asked: _Asked) -> _Filled:
    """A catalog or a bilingual page with translations where there were none."""
    from oppi18n.memory.pretranslate import Proposal, pretranslate

    found = list(pretranslate(units_in(file, content), memory, least=asked.least))
    proposals = [each for each in found if isinstance(each, Proposal)]
    new, refused = _with(file, content, [each.unit for each in proposals])
    filled = [each for each in proposals if each.unit.id not in refused]
    return _Filled(new, filled, [each for each in found if each not in filled])


def _with(file: PageFile, content: bytes, units: list[Unit]) -> tuple[bytes, frozenset[object]]:
    """A file with these translations, and the ids of those that it cannot hold."""
    from oppi18n.docs.review import to_be_reviewed
    from oppi18n.docs.scanner import scan
    from oppi18n.docs.translate import with_translations
    from oppi18n.i18n import po_reader, po_writer
    from oppi18n.units.catalogs import with_translations as in_catalog

    if not units:
        return content, frozenset()
    if file.path.endswith(CATALOG):
        catalog = po_reader.parse_bytes(content, file.path)
        return po_writer.write(in_catalog(catalog, units)).encode(), frozenset()
    translated = with_translations(scan(content, file.path), units)
    page = to_be_reviewed(translated.page) if translated.changed else translated.page
    return page.content, frozenset(error.params["unit"] for error in translated.refused)


def _anew(file: PageFile, content: bytes, memory: Memory, asked: _Asked) -> _Filled:
    """The bilingual page of an English one, as far as the memory knows its sentences; the others stay English."""
    from oppi18n.docs.align import source_units
    from oppi18n.docs.compose import bilingual
    from oppi18n.docs.scanner import scan
    from oppi18n.docs.translate import problem_of
    from oppi18n.memory.pretranslate import Proposal, pretranslate

    english = scan(content, file.path)
    if english.is_bilingual or not file.path.endswith(PAGE):
        raise InputError("page-not-english", path=file.path)
    found = list(pretranslate(source_units(english, asked.language), memory, least=asked.least))
    filled = [
        each
        for each in found
        if isinstance(each, Proposal) and problem_of(each.unit, file.path, each.unit.source or "", is_pair=True) is None
    ]
    page = bilingual(english, [each.unit for each in filled], asked.language)
    return _Filled(page.content, filled, [each for each in found if each not in filled])


def _entry(each: Proposal | Refused) -> dict[str, Any]:
    return {"unit": each.unit.id, "line": each.unit.place.line or None, "match": match_json(each.match)}


def _show(found: dict[str, Any], current: Session) -> None:
    say, path = current.say, safe(found["path"])
    if found["filled"]:
        current.out(
            say.plural(
                "{path}: {count} translation from the memory, to be reviewed.",
                "{path}: {count} translations from the memory, to be reviewed.",
                count=len(found["filled"]),
                path=path,
            )
        )
    if found["refused"]:
        current.tell(
            say.plural(
                "{path}: {count} translation of a similar text was not taken over, because it could say something else.",
                "{path}: {count} translations of similar texts were not taken over, because they could say something else.",
                count=len(found["refused"]),
                path=path,
            )
        )
