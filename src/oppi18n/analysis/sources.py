"""What a person names to compare: a ruleset, a rule file, a folder of them, a pack."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from oppi18n import packs as packing
from oppi18n.analysis.subject import Subject, subject_of
from oppi18n.diagnostics import Diagnostics
from oppi18n.engine.authoring import Content
from oppi18n.engine.loading import contents_of
from oppi18n.errors import InputError
from oppi18n.files import read_bytes
from oppi18n.model.overlay import target
from oppi18n.packs import OURS, Pack
from oppi18n.rules.draft import read
from oppi18n.source import Mapping as YamlMapping
from oppi18n.source import Source, load

MODELS: Final = "rules/model/"
CASES: Final = ".cases.yaml"
_ENDINGS: Final = (".yaml", ".yml")


class Sourced(NamedTuple):
    """Rulesets that somebody named: their names, all files that they are made from, and the packs they speak for."""

    given: str
    names: tuple[str, ...]
    contents: tuple[Content, ...]
    packs: tuple[Pack, ...] = ()
    every: bool = True
    """Whether all that a place or a pack holds was meant, not one ruleset by its name."""

    def subject(self, name: str, settings: Mapping[str, object] | None = None) -> Subject:
        """One of the rulesets, understood."""
        return subject_of(name, self.contents, settings, packs=self.packs)

    def subjects(self, settings: Mapping[str, object]) -> list[Subject]:
        """All of the rulesets; each takes the settings that it has, and each setting must be one of some ruleset."""
        plain = [self.subject(name) for name in self.names]
        known = sorted({name for each in plain for name in each.settings})
        for name in settings:
            if name not in known:
                raise InputError("unknown-setting", name=name, known=tuple(known))
        shares = [{name: value for name, value in settings.items() if name in each.settings} for each in plain]
        return [
            self.subject(each.ruleset.id, share) if share else each for each, share in zip(plain, shares, strict=True)
        ]


class Declared(NamedTuple):
    """What a file declares: its name, what it changes, and whether it is a model."""

    name: str
    kind: str
    model: bool


def sourced(given: str, layers: Iterable[str] = ()) -> Sourced:
    """The rulesets of a name, a path or a pack, over the shipped ones and those of the packs in `layers`.

    A rule file or a model that has the name of one of those takes its place. Raises `InputError` for what does not
    exist or holds no rules.

    >>> sourced("close-quotes").names
    ('close-quotes',)
    """
    below = laid((), layers)
    if not is_path(given):
        if given in below.names:
            return below._replace(given=given, names=(given,), every=False)
        if given == OURS or given in packing.installed():
            pack = packing.named(given)
            return _over(below, given, list(contents_of([pack])), (pack,))
        if not os.path.exists(given):
            raise InputError("unknown-ruleset", name=given, known=tuple(sorted(below.names)))
    if os.path.isdir(given) and os.path.isdir(os.path.join(given, "rules")):
        pack = packing.named(os.path.join(given, ""))
        return _over(below, given, list(contents_of([pack])), (pack,))
    return _over(below, given, list(_files(given)), ())


def laid(names: Iterable[str], packs: Iterable[str]) -> Sourced:
    """Rulesets with packs laid over the shipped ones; all there are, if none is named."""
    chosen = tuple(packing.named(each) for each in packs)
    contents = tuple(contents_of([packing.shipped(), *chosen]))
    found = (each for content in contents if (each := declared(content)))
    every = dict.fromkeys(each.name for each in found if each.kind not in ("overlay", "model"))
    return Sourced("", tuple(names) or tuple(every), contents, chosen)


def pairs(old: Sourced, new: Sourced) -> tuple[tuple[str, str], ...]:
    """The rulesets to compare: those that have one name, else the only one of each side."""
    common = tuple((name, name) for name in new.names if name in old.names)
    if common:
        return common
    if len(old.names) == len(new.names) == 1:
        return ((old.names[0], new.names[0]),)
    raise InputError("nothing-in-common", old=old.given, new=new.given)


def declared(content: Content) -> Declared | None:
    """What a file declares; None if it cannot be told, which loading it will say."""
    pack, path, data = content
    try:
        source = Source(packing.path_of(pack, path), data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None
    if not path.startswith(MODELS):
        draft = read(source, Diagnostics())
        return Declared(draft.name, draft.kind, False) if draft else None
    over = target(source)
    tree = load(source, Diagnostics())
    name = getattr(tree.get("model") if isinstance(tree, YamlMapping) else None, "text", "")
    return Declared(getattr(over, "text", name), "overlay" if over is not None else "model", True)


def _over(below: Sourced, given: str, own: list[Content], packs: tuple[Pack, ...]) -> Sourced:
    """What somebody named, over what lies below; of two files with one name, the one that was named counts."""
    if not own:
        raise InputError("no-rule-files", path=given)
    told = [found for content in own if (found := declared(content))]
    replaced = {(found.name, found.model) for found in told if found.kind != "overlay"}
    kept = [
        each
        for each in below.contents
        if (found := declared(each)) is None or (found.name, found.model) not in replaced
    ]
    names = dict.fromkeys(found.name for found in told if not found.model)
    if not names:
        # A changed model changes whatever is over it.
        names = dict.fromkeys(found.name for each in kept if (found := declared(each)) and not found.model)
    return Sourced(given, tuple(names), (*kept, *own), (*below.packs, *packs))


def is_path(given: str) -> bool:
    """Whether a word means a place on the disk: it has a separator, or the ending of a rule file."""
    return any(mark in given for mark in {"/", os.sep}) or given.endswith(_ENDINGS) or given in (".", "..")


def _files(given: str) -> Iterator[Content]:
    """A rule file, or all those of a folder, as if they lay where the shipped ones do: their sentences are ours."""
    folder, name = (given, "") if os.path.isdir(given) else os.path.split(given)
    above, inner = os.path.split(os.path.abspath(folder))
    # Models lie in a folder of their own, below the rules.
    root, prefix = (above, MODELS) if inner == MODELS.split("/")[1] else (folder, "rules/")
    pack = Pack(OURS, root, None, "en")
    if name:
        yield pack, prefix + name, read_bytes(given)
        return
    for path in packing.files(pack, "rules", ".yaml"):
        if path.startswith(prefix) and not path.endswith(CASES):
            yield pack, path, packing.read_bytes(pack, path)
