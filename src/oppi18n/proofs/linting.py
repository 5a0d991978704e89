"""Everything that is wrong with rule files, models and cases, all at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from oppi18n import packs as packing
from oppi18n.diagnostics import Diagnostic, Diagnostics, render
from oppi18n.engine.authoring import Content
from oppi18n.errors import InputError
from oppi18n.files import read_bytes
from oppi18n.packs import Pack
from oppi18n.proofs.cases import SUFFIX
from oppi18n.proofs.library import case_contents, distinct, library, rule_contents, without_originals

OWN: Final = "local"
"""What the pack of a file is called that lies in no pack."""
MODELS: Final = "model"
"""The folder whose files are models; a file of rules lies anywhere else."""


class Report(NamedTuple):
    """What was found, sorted by place, and the texts of the files that were looked at or are quoted."""

    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]

    @property
    def failed(self) -> bool:
        """Whether any of it is an error."""
        return any(each.severity == "error" for each in self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(render(each, self.texts.get(each.span.path)) for each in self.diagnostics)


def lint(paths: Iterable[str | os.PathLike[str]] = (), *, packs: Iterable[str | Pack] = ()) -> Report:
    """Everything wrong with the files at some paths and in some packs; without either, with what is shipped.

    A path is a file of rules, of cases (`.cases.yaml`) or of a model, a pack's folder, or a folder of such files. The
    rules and models that are shipped, and those of the packs, are there to be referred to; a file that lies in no pack
    stands in for the one of them that has its id, so that a copy can be worked on. Warnings are told of the files that
    were asked about alone, errors of all: an overlay can break what it is laid over.

    Raises `InputError` for a path or a pack that cannot be read.

    >>> lint().diagnostics
    ()
    """
    wanted = [os.fspath(each) for each in paths]
    named = [each if isinstance(each, Pack) else packing.named(each) for each in packs]
    around = [packing.shipped(), *(each for each in named if each.name != packing.OURS)]
    asked = _contents(wanted) if wanted else _packed(named or around)
    own = {_place(each) for each in asked}
    shown = {packing.path_of(pack, path) for pack, path, _ in asked}
    context = [each for each in rule_contents(around) if _place(each) not in own]
    loose = [each for each in asked if each[0].rules not in {pack.rules for pack in (*around, *_folders(wanted))}]
    diagnostics, texts = _checked([*without_originals(context, loose), *asked])
    kept = [each for each in diagnostics if each.severity == "error" or each.span.path in shown]
    quoted = shown | {each.span.path for each in kept}
    return Report(distinct(kept), {path: text for path, text in texts.items() if path in quoted})


def _checked(contents: Iterable[Content]) -> tuple[Diagnostics, dict[str, str]]:
    rules: list[Content] = []
    cases: list[Content] = []
    for each in contents:
        (cases if each[1].endswith(SUFFIX) else rules).append(each)
    found = library(rules, cases)
    found.check_names()
    for name in dict.fromkeys(found.space.names):
        understood = found.ruleset(name)
        if understood is not None:
            found.cases(name, understood)
    return found.space.diagnostics, found.space.texts


def _packed(packs: Iterable[Pack]) -> list[Content]:
    chosen = list(packs)
    return [*rule_contents(chosen), *case_contents(chosen)]


def _contents(paths: Iterable[str]) -> list[Content]:
    """The files at some paths, each once."""
    found: dict[str, Content] = {}
    for path in paths:
        for each in _at(path):
            found.setdefault(_place(each), each)
    return list(found.values())


def _at(path: str) -> Iterator[Content]:
    if not os.path.isdir(path):
        yield content_of(path)
    elif _is_pack(path):
        yield from _packed(_folders([path]))
    else:
        pack = Pack(OWN, path, None, "en")
        files = list(packing.files(pack, "rules", ".yaml"))
        if not files:
            raise InputError("no-rule-files", path=path)
        yield from ((pack, each, packing.read_bytes(pack, each)) for each in files)


def _is_pack(path: str) -> bool:
    return os.path.isdir(os.path.join(path, "rules"))


def _folders(paths: Iterable[str]) -> list[Pack]:
    """The packs among some paths."""
    return [packing.named(os.path.join(path, "")) for path in paths if _is_pack(path)]


def content_of(path: str) -> Content:
    """A single file, as if the folder it lies in were the rules of a pack; a model lies one folder below."""
    folder, name = os.path.split(path)
    if os.path.basename(os.path.abspath(folder)) == MODELS and not name.endswith(SUFFIX):
        above = os.path.dirname(folder) if os.path.basename(folder) == MODELS else os.path.join(folder, "..")
        return Pack(OWN, above, None, "en"), f"rules/{MODELS}/{name}", read_bytes(path)
    return Pack(OWN, folder, None, "en"), f"rules/{name}", read_bytes(path)


def _place(content: Content) -> str:
    """Which file on the disk it is, however it was reached."""
    pack, path, _ = content
    return os.path.realpath(packing.path_of(pack, path))
