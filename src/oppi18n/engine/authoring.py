"""Authored files become a checked ruleset and its model; everything wrong with them is told at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

from oppi18n import packs as packing
from oppi18n.diagnostics import AuthoringError, Diagnostics, Hint, Span, suggest
from oppi18n.engine.program import default_of, program_of
from oppi18n.errors import InputError
from oppi18n.model.loader import read_model
from oppi18n.model.overlay import lay_over, target
from oppi18n.model.schema import Model
from oppi18n.packs import Pack
from oppi18n.rules import static
from oppi18n.rules.build import build
from oppi18n.rules.draft import Draft, assemble, read
from oppi18n.rules.overlays import contradictions
from oppi18n.rules.ruleset import Ruleset
from oppi18n.rules.settings import given
from oppi18n.source import Mapping as YamlMapping
from oppi18n.source import Node, Source, load

Content = tuple[Pack, str, bytes]

_OF_MODELS: Final = re.compile(r"^(?:deployments|digits|enumerations|records):", re.MULTILINE)


@dataclass
class Workspace:
    """All rule files of some packs, understood as far as they can be."""

    drafts: list[Draft] = field(default_factory=list)
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    """Where the name of each model stands."""
    unreadable: set[str] = field(default_factory=set)
    """Models that were declared, but told to be wrong."""
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The rulesets that are declared."""
        return [draft.name for draft in self.drafts if draft.kind != "overlay"]

    def ruleset(self, name: str) -> tuple[Ruleset, Model] | None:
        """A ruleset and its model; None, after a report, if it cannot be had."""
        draft = assemble(name, self.drafts, self.diagnostics)
        if draft is None:
            return None
        contradictions([each for each in self.drafts if each.kind == "overlay"], self.diagnostics)
        if draft.model is None:
            self.diagnostics.report("absent-key", draft.id.span, key="model")
            return None
        written = getattr(draft.model.node, "text", "")
        plain = self.models.get(written)
        if plain is None:
            span = draft.model.node.span
            if written not in self.unreadable:
                self.diagnostics.report("unknown-model", span, suggest(written, self.models), name=written)
            return None
        model = Model(plain)
        before = len(self.diagnostics)
        ruleset = build(draft, model, self.diagnostics)
        if all(each.severity != "error" for each in self.diagnostics[before:]):
            static.check(ruleset, model, self.diagnostics)
        return ruleset, model

    def understood(self, name: str) -> tuple[Ruleset, Model]:
        """A ruleset and its model. Raises all that is wrong with the files, and InputError `unknown-ruleset`."""
        self.check()
        if name not in self.names:
            raise InputError("unknown-ruleset", name=name, known=tuple(sorted(self.names)))
        found = self.ruleset(name)
        self.check()
        assert found is not None
        return found

    def source(self, pack: Pack, path: str, data: bytes) -> Source | None:
        """An authored file as text, kept for excerpts; None, after a report, if it is not UTF-8."""
        shown = packing.path_of(pack, path)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode()) + 1
            self.diagnostics.report("wrong-encoding", Span(shown, line, column, line, column + 1), byte=error.start)
            return None
        self.texts[shown] = text
        return Source(shown, text)

    def check(self) -> None:
        """Raise everything that was found, if any of it is an error."""
        if self.diagnostics.failed:
            raise AuthoringError(self.diagnostics, self.texts)


def is_model(path: str, text: str) -> bool:
    """Whether a file of a pack is a model: it lies in their folder, or has a key that only models have.

    >>> is_model("rules/model/mine.yaml", ""), is_model("rules/mine.yaml", "records: {}")
    (True, True)
    """
    return path.startswith("rules/model/") or _OF_MODELS.search(text) is not None


def workspace(contents: Iterable[Content]) -> Workspace:
    """The drafts and models of rule files; a file that is not UTF-8 is a diagnostic like any other."""
    found = Workspace()
    overlays: list[tuple[Pack, Source, Node]] = []
    for pack, path, data in contents:
        source = found.source(pack, path, data)
        if source is None:
            continue
        if not is_model(path, source.text):
            draft = read(source, found.diagnostics, pack=pack.name, language=pack.language)
            if draft is not None:
                found.drafts.append(draft)
        elif (changed := target(source)) is not None:
            overlays.append((pack, source, changed))
        else:
            _add_model(found, pack, source)
    for pack, source, changed in overlays:
        name = getattr(changed, "text", "")
        if name in found.models:
            found.models[name] = lay_over(
                found.models[name], source, found.diagnostics, pack=pack.name, language=pack.language
            )
        elif name not in found.unreadable:
            found.diagnostics.report("unknown-model", changed.span, suggest(name, found.models), name=name)
    return found


def _add_model(found: Workspace, pack: Pack, source: Source) -> None:
    plain = read_model(source, found.diagnostics, pack=pack.name, language=pack.language)
    if plain is None:
        found.unreadable.add(_name_of(source))
        return
    model = Model(plain)
    for field_ in model.records[model.request].fields.values():
        if field_.default:
            inner = Diagnostics()
            try:
                default_of(field_, model, inner)
            except ValueError:
                place = _place_of(field_.default, source)
                params = {"name": field_.name, "problem": inner[0]}
                found.diagnostics.report("bad-default", place, inner[0].hint, **params)
    if model.name in found.models:
        place, first = _named(source), found.places[model.name]
        found.diagnostics.report("duplicate-model", place, Hint("choose-name"), first, name=model.name)
        return
    found.models[model.name], found.places[model.name] = plain, _named(source)


def _name_of(source: Source) -> str:
    tree = load(source, Diagnostics())
    return getattr(tree.get("model"), "text", "") if isinstance(tree, YamlMapping) else ""


def _named(source: Source) -> Span:
    tree = load(source, Diagnostics())
    assert isinstance(tree, YamlMapping)
    return tree["model"].span


def _place_of(text: str, source: Source) -> Span:
    for number, line in enumerate(source.lines, 1):
        column = line.find(text)
        if column >= 0:
            return Span(source.path, number, column + 1, number, column + 1 + len(text))
    return Span(source.path, 1, 1, 1, 1)


def compile_program(name: str, contents: list[Content], settings: Mapping[str, object]) -> dict[str, Any]:
    """The program of a ruleset; `AuthoringError` carries everything that is wrong with the files."""
    ruleset, model = workspace(contents).understood(name)
    values = given(ruleset.settings, settings, model)
    return program_of(ruleset, model, values, digest_of(contents, values))


def digest_of(contents: Iterable[Content], settings: Mapping[str, object]) -> str:
    """Names what a program is made from: equal digests, equal rules."""
    digest = blake2b(digest_size=8)
    for pack, path, data in contents:
        digest.update(f"{pack.name}\0{path}\0{len(data)}\0".encode() + data)
    digest.update(repr(sorted((key, str(each)) for key, each in settings.items())).encode())
    return digest.hexdigest()
