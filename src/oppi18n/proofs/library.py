"""Rule files with the cases beside them, understood together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from oppi18n import packs as packing
from oppi18n.diagnostics import Diagnostic, Diagnostics, suggest
from oppi18n.engine.authoring import Content, Workspace, workspace
from oppi18n.engine.loading import contents_of
from oppi18n.model.schema import Model
from oppi18n.packs import Pack
from oppi18n.proofs.cases import SUFFIX, Case, CaseFile, open_cases, read_cases
from oppi18n.rules.ruleset import Ruleset

Understood = tuple[Ruleset, Model, bool]
"""A ruleset, its model, and whether nothing is wrong with it."""

_FROM_RULES = {"unknown-rule", "unknown-setting", "unknown-param"}
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
        files = [file for file in self.files if file.ruleset.text == name]
        found = [case for file in files for case in read_cases(file, ruleset, model, own)]
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
        file = open_cases(source, space.diagnostics) if source else None
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


def distinct(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics by place, each told once although several rulesets share the text it is about."""
    found = {(each.span, each.code, each.message): each for each in diagnostics}
    return tuple(found[key] for key in sorted(found))
