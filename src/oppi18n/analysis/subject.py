"""A ruleset as analysis needs it: understood, not only compiled, and compiled again for each rule and setting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from oppi18n import packs as packing
from oppi18n.engine.authoring import Content, digest_of, workspace
from oppi18n.engine.loading import contents_of
from oppi18n.engine.program import program_of
from oppi18n.engine.rules import Rules
from oppi18n.model.schema import Model
from oppi18n.packs import Pack
from oppi18n.rules.ruleset import Rule, Ruleset
from oppi18n.rules.settings import given

Settings = tuple[tuple[str, Any], ...]
"""Settings that differ from those in force, sorted by name."""


class Subject:
    """A ruleset, its model, and the settings in force; those in `fixed` are not tried with other values."""

    def __init__(
        self,
        ruleset: Ruleset,
        model: Model,
        settings: Mapping[str, object] | None = None,
        *,
        contents: Iterable[Content] = (),
        packs: tuple[Pack, ...] = (),
    ) -> None:
        self.ruleset = ruleset
        self.model = model
        self.settings = given(ruleset.settings, settings or {}, model)
        self.fixed = frozenset(settings or ())
        self.packs = packs
        self.digest = digest_of(contents, self.settings)
        self._programs: dict[tuple[str, Settings], Rules] = {}

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules that are asked, by id."""
        return {rule.id: rule for rule in self.ruleset.rules}

    def whole(self, settings: Settings = ()) -> Rules:
        """The ruleset, ready to be asked."""
        return self._programs.get(("", settings)) or self._compiled("", self.ruleset, settings)

    def alone(self, rule: Rule, settings: Settings = ()) -> Rules:
        """One rule by itself; beside it, under the id `WHEN`, whether it applies."""
        return self._programs.get((rule.id, settings)) or self._compiled(rule.id, self._only(rule), settings)

    def _only(self, rule: Rule) -> Ruleset:
        asked = (rule,) if rule.when is None else (rule, _applying(rule))
        return replace(self.ruleset, rules=asked, off=(), remedies={})

    def _compiled(self, name: str, ruleset: Ruleset, settings: Settings) -> Rules:
        values = {**self.settings, **dict(settings)}
        found = Rules(program_of(ruleset, self.model, values, self.digest))
        self._programs[name, settings] = found
        return found


WHEN: Final = "(when)"
"""No rule has this id: it stands for the condition under which another one applies."""


def _applying(rule: Rule) -> Rule:
    """A rule that fails where another one does not apply."""
    assert rule.when is not None
    return replace(
        rule, id=WHEN, when=None, condition=rule.when, negated=False, at=None, params=(), remedies=(), severity="info"
    )


def understood(
    name: str = "close-opportunity",
    *,
    packs: Iterable[str | Pack] = (),
    settings: Mapping[str, object] | None = None,
) -> Subject:
    """The ruleset of a name, with packs laid over it.

    Raises `AuthoringError` if the files are wrong, `InputError` for unknown names.

    >>> understood("close-quotes").rules["reason-fits"].severity
    'error'
    """
    chosen = [packing.shipped(), *(each if isinstance(each, Pack) else packing.named(each) for each in packs)]
    return subject_of(name, list(contents_of(chosen)), settings, packs=tuple(chosen[1:]))


def subject_of(
    name: str,
    contents: Iterable[Content],
    settings: Mapping[str, object] | None = None,
    *,
    packs: tuple[Pack, ...] = (),
) -> Subject:
    """The ruleset of a name out of some files of rules and models."""
    files = list(contents)
    return Subject(*workspace(files).understood(name), settings, contents=files, packs=packs)
