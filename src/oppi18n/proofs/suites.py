"""Which cases are run, against which rules: those of rulesets, of named packs, or of files at a path."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from oppi18n import packs as packing
from oppi18n.diagnostics import AuthoringError, Diagnostics
from oppi18n.engine.authoring import Content
from oppi18n.errors import InputError
from oppi18n.files import read_bytes
from oppi18n.model.schema import Model
from oppi18n.packs import OURS, Pack
from oppi18n.proofs.cases import SUFFIX, Case
from oppi18n.proofs.library import Library, case_contents, library, rule_contents, without_originals
from oppi18n.rules.ruleset import Ruleset
from oppi18n.source import Mapping, Scalar, Source, load

_RULES: Final = "rules"
_LOOSE: Final = "local"
"""What the pack of files is called that lie in no pack."""


class Suite(NamedTuple):
    """The cases of a ruleset, and everything that running them takes.

    `contents` are the files that the ruleset was read from, `layers` the packs over ours whose catalogs speak.
    """

    ruleset: Ruleset
    model: Model
    cases: tuple[Case, ...]
    contents: tuple[Content, ...]
    layers: tuple[Pack, ...]


def suites(asked: Iterable[str] = (), packs: Iterable[str | Pack] = ()) -> Iterator[Suite]:
    """The cases of some rulesets and at some paths; without either, all of the packs, and without packs, of ours.

    A path is a file of rules or of cases, the folder of a pack, or a folder of such files. A bare word is a ruleset if
    there is one of that name. With packs, which are laid over ours, a ruleset's cases are those of the packs alone:
    an overlay exists to make ours come out otherwise (name `oppi18n` among the packs to see where it does).

    Raises `AuthoringError` if rules or cases are wrong, `InputError` for an unknown ruleset, pack or path.

    >>> [(suite.ruleset.id, len(suite.cases) > 9) for suite in suites()]
    [('close-opportunity', True), ('close-quotes', True)]
    """
    named = [each if isinstance(each, Pack) else packing.named(each) for each in packs]
    layers = [each for each in named if each.name != OURS]
    paths = list(asked)
    ids = [each for each in paths if not is_path(each)]
    if ids or not paths:
        rules = tuple(rule_contents([packing.shipped(), *layers]))
        found = library(rules, case_contents(named or [packing.shipped()]))
        ids = [each for each in ids if each in found.space.names or not os.path.exists(each)]
        yield from _suites(found, rules, layers, ids if ids or paths else _with_cases(found))
    for path in paths:
        if path not in ids:
            yield from _at(path, layers)


def is_path(text: str) -> bool:
    """Whether an argument can mean nothing but files.

    >>> is_path("close-quotes"), is_path("mine.cases.yaml"), is_path("./mine"), is_path(".")
    (False, True, True, True)
    """
    return "/" in text or os.sep in text or text.endswith(".yaml") or text in (os.curdir, os.pardir)


def _with_cases(found: Library) -> list[str]:
    return list(dict.fromkeys(file.ruleset.text for file in found.files))


def _suites(found: Library, rules: tuple[Content, ...], layers: Sequence[Pack], ids: Iterable[str]) -> list[Suite]:
    """The suites of some rulesets; everything wrong with them is told at once."""
    found.check_names()
    made = []
    for name in ids:
        if name in found.space.names:
            understood = found.ruleset(name)
            if understood is not None:
                ruleset, model, _ = understood
                made.append(Suite(ruleset, model, found.cases(name, understood), rules, tuple(layers)))
        elif name not in _with_cases(found):
            raise InputError("unknown-ruleset", name=name, known=tuple(sorted(found.space.names)))
    if found.space.diagnostics.failed:
        raise AuthoringError(found.space.diagnostics, found.space.texts)
    return made


# ---- files at a path ----


def _at(path: str, layers: Sequence[Pack]) -> list[Suite]:
    """The suites of a path: its own rules and cases, over the shipped rules and the packs."""
    if not os.path.exists(path):
        raise InputError("not-found", path=path)
    pack = _pack_at(path)
    beneath = [each for each in layers if pack is None or not _same(each.rules, pack.rules)]
    around = list(rule_contents([packing.shipped(), *beneath]))
    if pack is None:
        own, cases = _loose(path)
        own = list(_under_originals(own, around))
        around = list(without_originals(around, own))
    else:
        own, cases = list(rule_contents([pack] if pack.name != OURS else [])), list(case_contents([pack]))
    rules = (*around, *own)
    found = library(rules, [each for each in cases if _is_asked(each, path)])
    if not found.files and not found.space.diagnostics:
        raise InputError("no-cases", path=path)
    only = "" if os.path.isdir(path) else _named(read_bytes(path))[1]
    ids = [only] if only in found.space.names else _with_cases(found)
    return _suites(found, rules, beneath if pack is None or pack.name == OURS else [*beneath, pack], ids)


def _pack_at(path: str) -> Pack | None:
    """The pack that a path is, or lies in."""
    folder = os.path.abspath(path if os.path.isdir(path) else os.path.dirname(path))
    root = folder if os.path.isdir(os.path.join(folder, _RULES)) else _around(folder)
    if root is None:
        return None
    shipped = packing.shipped()
    return shipped if _same(os.path.join(root, _RULES), shipped.rules) else packing.named(os.path.join(root, ""))


def _around(folder: str) -> str | None:
    """The folder of the pack whose `rules` a folder is, or lies in."""
    while folder != os.path.dirname(folder):
        if os.path.basename(folder) == _RULES:
            return os.path.dirname(folder)
        folder = os.path.dirname(folder)
    return None


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _is_asked(content: Content, path: str) -> bool:
    """Whether a file of cases is the one that was asked about, or one of a folder or of a rule file."""
    return not path.endswith(SUFFIX) or _same(packing.path_of(content[0], content[1]), path)


def _loose(path: str) -> tuple[list[Content], list[Content]]:
    """The files of rules and of cases in a folder that is no pack; around a single file, those that look like some."""
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    pack = Pack(_LOOSE, folder, None, "en")
    if os.path.isdir(path):
        return list(rule_contents([pack])), list(case_contents([pack]))
    rules, cases = list[Content](), list[Content]()
    for name in sorted(os.listdir(folder or os.curdir)):
        place = os.path.join(folder, name)
        if name.endswith(".yaml") and os.path.isfile(place):
            data = read_bytes(place)
            if _same(place, path) or _named(data)[0]:
                (cases if name.endswith(SUFFIX) else rules).append((pack, f"{_RULES}/{name}", data))
    return rules, cases


def _under_originals(own: Iterable[Content], around: Iterable[Content]) -> Iterator[Content]:
    """Loose files; one that stands in for another speaks under the name of its pack, so that translations are found."""
    originals = {_named(data): pack for pack, _, data in around}
    for pack, path, data in own:
        kind, name = _named(data)
        found = originals.get((kind, name)) if kind != "overlay" else None
        yield (pack._replace(name=found.name, language=found.language) if found else pack), path, data


def _named(data: bytes) -> tuple[str, str]:
    """What a file declares or changes (ruleset, model, overlay), and its name; nothing, if it is no file of rules."""
    tree = load(Source("", data.decode("utf-8-sig", "replace")), Diagnostics())
    for kind in ("overlay", "ruleset", "model"):
        named = tree.get(kind) if isinstance(tree, Mapping) else None
        if isinstance(named, Scalar):
            return kind, named.text
    return "", ""
