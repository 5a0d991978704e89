"""Rule files with the cases beside them, understood together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from oppi18n import packs as packing
from oppi18n.diagnostics import Diagnostic, Diagnostics, suggest
from oppi18n.engine.authoring import Content, Workspace, is_model, workspace
from oppi18n.engine.loading import contents_of
from oppi18n.model.schema import Model
from oppi18n.packs import Pack
from oppi18n.proofs.cases import SUFFIX, Case, CaseFile, distinct_cases, open_cases, read_cases
from oppi18n.rules.ruleset import Ruleset
from oppi18n.source import Mapping, Scalar, Source, load

Understood = tuple[Ruleset, Model, bool]
"""A ruleset, its model, and whether nothing is wrong with it."""

_FROM_RULES = {"unknown-rule", "unknown-setting", "unknown-param", "unknown-remedy"}
"""What a case may seem to get wrong although it is the ruleset that could not be read."""


@dataclass
class Library:
    """A workspace and the files of cases that belong to it."""

    space: Workspace
    files: list[CaseFile]

    def ruleset(self, name: str) -> Understood | None:
        """A ruleset as far as it is understood; None, after a report, if it cannot be had."""
        before = len(self.space.diagnostics)
        found = self.space.ruleset(name)
        fine = not any(each.severity == "error" for each in self.space.diagnostics[before:])
        return (*found, fine) if found else None

    def cases(self, name: str, understood: Understood) -> tuple[Case, ...]:
        """The cases of a ruleset, in the order of their files; usable only if nothing was reported."""
        ruleset, model, fine = understood
        own = Diagnostics()
        packs: dict[str, list[Case]] = {}
        for file in self.files:
            if file.ruleset.text == name:
                packs.setdefault(file.pack, []).extend(read_cases(file, ruleset, model, own))
        found = [case for cases in packs.values() for case in distinct_cases(cases, own)]
        self.space.diagnostics.extend(each for each in own if fine or each.code not in _FROM_RULES)
        return tuple(found)

    def check_names(self) -> None:
        """Report cases of rulesets that do not exist."""
        names = self.space.names
        for file in self.files:
            if file.ruleset.text not in names:
                name = file.ruleset.text
                self.space.diagnostics.report("unknown-ruleset", file.ruleset.span, suggest(name, names), name=name)


def library(rules: Iterable[Content], cases: Iterable[Content]) -> Library:
    """The library of some rule files and files of cases, everything wrong with them collected."""
    space = workspace(rules)
    files = []
    for pack, path, data in cases:
        source = space.source(pack, path, data)
        file = open_cases(source, space.diagnostics, pack.name) if source else None
        if file is not None:
            files.append(file)
    return Library(space, files)


def rule_contents(packs: Iterable[Pack]) -> Iterator[Content]:
    """Every file of rules and models of some packs."""
    yield from contents_of(packs)


def case_contents(packs: Iterable[Pack]) -> Iterator[Content]:
    """Every file of cases of some packs."""
    for pack in packs:
        for path in packing.files(pack, "rules", SUFFIX):
            yield pack, path, packing.read_bytes(pack, path)


def without_originals(contents: Iterable[Content], copies: Iterable[Content]) -> Iterator[Content]:
    """Some rule files without those that `copies` stand in for: of each ruleset or model that they declare, the first.

    A second one of that id stays, and is told as what it is.
    """
    copied = {each for content in copies for each in _declared(content)}
    for content in contents:
        found = set(_declared(content)) & copied
        copied -= found
        if not found:
            yield content


def _declared(content: Content) -> Iterator[tuple[str, str]]:
    """The ruleset or the model that a file declares; none for an overlay, and for a file that cannot be read."""
    _, path, data = content
    source = Source(path, data.decode("utf-8-sig", "replace"))
    tree = load(source, Diagnostics()) if not path.endswith(SUFFIX) else None
    if isinstance(tree, Mapping) and tree.get("overlay") is None:
        kind = "model" if is_model(path, source.text) else "ruleset"
        named = tree.get(kind)
        if isinstance(named, Scalar):
            yield kind, named.text


def distinct(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics by place, each told once although several rulesets share the text it is about."""
    found = {(each.span, each.code, each.message): each for each in diagnostics}
    return tuple(found[key] for key in sorted(found))
