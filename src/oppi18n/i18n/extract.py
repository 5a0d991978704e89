"""Every text of a pack that people read becomes an entry for translators.

Entries come in the order of files and positions, and the references name files from the top of the pack, with lines.
An edit elsewhere moves lines, which alone is no reason for `catalog update` to write.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from oppi18n import packs as packing
from oppi18n.engine.authoring import workspace
from oppi18n.engine.loading import contents_of
from oppi18n.i18n import authored, sourced, topics
from oppi18n.i18n.entries import Entry
from oppi18n.model.schema import Model
from oppi18n.packs import Pack
from oppi18n.source import Source
from oppi18n.templates import placeholders

BRACES = "python-brace-format"
"""The flag by which other tools know our placeholders."""


def messages_of(pack: Pack) -> list[Entry]:
    """Every text of a pack, without translations: of its rules, models and topics, and, for ours, of its sources.

    Another pack is understood together with ours, which it may lay itself over; only its own texts are taken.
    Raises AuthoringError if the files are wrong.

    >>> [entry.msgid for entry in messages_of(packing.shipped()) if entry.context == "oppi18n/value"]
    ['(not given)']
    """
    base = [] if pack.name == packing.OURS else [packing.shipped()]
    known = _understood([*base, pack])
    found: list[Entry] = []
    for _, path, data in contents_of([pack]):
        source = Source(path, data.decode("utf-8-sig"))
        found += authored.texts_of(source, pack=pack.name, known=known, path=path)
    found += topics.texts_of(pack)
    package = os.path.dirname(packing.__file__)
    if pack.name == packing.OURS and os.path.isfile(os.path.join(package, "errors.py")):
        found += sourced.texts_of(package, "src/oppi18n")
    return list(_merged(found))


def _understood(packs: Iterable[Pack]) -> authored.Understood:
    space = workspace(contents_of(packs))
    space.check()
    rules, model_of = {}, {}
    for name in space.names:
        built = space.ruleset(name)
        if built is not None:
            ruleset, model_of[name] = built
            rules.update({(name, rule.id): rule for rule in ruleset.rules})
    space.check()
    return authored.Understood(rules, {name: Model(plain) for name, plain in space.models.items()}, model_of)


def _merged(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries, each message once, at its first place; comments and references of the others are added."""
    found: dict[tuple[str | None, str], Entry] = {}
    for entry in entries:
        first = found.get(entry.key)
        found[entry.key] = entry if first is None else _joined(first, entry)
    return (replace(entry, flags=_flags(entry)) for entry in found.values())


def _joined(first: Entry, other: Entry) -> Entry:
    return replace(
        first,
        msgid_plural=first.msgid_plural if first.msgid_plural is not None else other.msgid_plural,
        extracted=tuple(dict.fromkeys((*first.extracted, *other.extracted))),
        references=tuple(dict.fromkeys((*first.references, *other.references))),
    )


def _flags(entry: Entry) -> tuple[str, ...]:
    texts = (entry.msgid, entry.msgid_plural or "")
    return (BRACES,) if any(placeholders(text) for text in texts) else ()


def extract_rules(
    fileobj: BinaryIO, keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, str, tuple[str, ...], list[str]]]:
    """Messages of a rule or model file for `pybabel extract`, as `pgettext` and `npgettext`.

    The mapping file says `[oppi18n: rules/**.yaml]`; its option `pack` names the pack in the contexts (default: the
    folder that holds `rules`). `keywords` and `comment_tags` are for source code and are not looked at.
    A file that is not a rule or model file has no messages.
    """
    path = str(getattr(fileobj, "name", "rules.yaml"))
    text = fileobj.read().decode("utf-8-sig")
    if path.endswith(".cases.yaml"):
        return
    pack = str(options.get("pack") or _folder(path))
    for entry in authored.texts_of(Source(path, text), pack=pack):
        context, comments = entry.context or "", list(entry.extracted)
        if entry.msgid_plural is None:
            yield entry.line, "pgettext", (context, entry.msgid), comments
        else:
            yield entry.line, "npgettext", (context, entry.msgid, entry.msgid_plural), comments


def _folder(path: str) -> str:
    parts = os.path.abspath(path).replace(os.sep, "/").split("/")
    return parts[len(parts) - 2 - parts[::-1].index("rules")] if "rules" in parts[1:] else "pack"
