"""Rule files as they were written, laid over one another before anything in them is understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from oppi18n.diagnostics import Diagnostics, Hint, suggest
from oppi18n.rules.layout import HEADS, PARTS, REMEDY, RULE
from oppi18n.rules.origin import Origin
from oppi18n.shapes import Shapes
from oppi18n.source import Mapping as YamlMapping
from oppi18n.source import Node, Scalar, Source, load

MAX_RULES: Final = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """A value somebody wrote: the key, the node, and where."""

    key: Scalar
    node: Node
    origin: Origin


@dataclass(frozen=True, slots=True)
class Block:
    """A named block (a rule, a setting, a remedy) and its parts by key."""

    name: Scalar
    parts: Mapping[str, Part]
    origin: Origin

    def node(self, key: str) -> Node | None:
        """What stands under a key."""
        part = self.parts.get(key)
        return part.node if part else None


@dataclass(frozen=True, slots=True)
class Draft:
    """One ruleset in the making. `kind` is ruleset, overlay or extends; `base` names what it changes."""

    id: Scalar
    kind: str
    base: Scalar | None
    pack: str
    top: Mapping[str, Part] = field(default_factory=dict)
    settings: Mapping[str, Part] = field(default_factory=dict)
    lets: Mapping[str, Part] = field(default_factory=dict)
    rules: Mapping[str, Block] = field(default_factory=dict)
    remedies: Mapping[str, Block] = field(default_factory=dict)
    model: Part | None = None

    @property
    def name(self) -> str:
        """The id as text."""
        return self.id.text


def read(source: Source, diagnostics: Diagnostics, *, pack: str = "oppi18n", language: str = "en") -> Draft | None:
    """The draft of a rule file; None, after a report, if it is not one."""
    tree = load(source, diagnostics)
    if tree is None:
        return None
    shapes = Shapes(diagnostics)
    top = shapes.mapping(tree, optional=(*HEADS, *PARTS))
    if top is None:
        return None
    kind = next((head for head in ("overlay", "extends", "ruleset") if top.get(head) is not None), None)
    named = shapes.scalar(top.get("overlay") or top.get("ruleset"))
    if kind is None or named is None or not shapes.is_name(named, "id"):
        if kind is None or (kind == "extends" and top.get("ruleset") is None):
            diagnostics.report("absent-key", top.span, key="ruleset")
        return None
    origin = Origin(pack, named.text, language)
    parts = {key.text: Part(key, node, origin) for key, node in top.pairs if key.text in PARTS}
    return Draft(
        id=named,
        kind=kind,
        base=shapes.scalar(top.get(kind)) if kind != "ruleset" else None,
        pack=pack,
        top=parts,
        settings={key.text: Part(key, node, origin) for key, node in shapes.entries(top.get("settings"))},
        lets={key.text: Part(key, node, origin) for key, node in shapes.entries(top.get("let"))},
        rules=_rules(top.get("rules"), shapes, origin),
        remedies=_remedies(top.get("remedies"), shapes, origin),
        model=parts.get("model"),
    )


def _rules(node: Node | None, shapes: Shapes, origin: Origin) -> dict[str, Block]:
    found: dict[str, Block] = {}
    for item in shapes.items(node):
        body = shapes.laid_out(item, RULE)
        name = shapes.scalar(body.get("id")) if body else None
        if body is None or name is None or not shapes.is_name(name, "id"):
            continue
        if name.text in found:
            hint = Hint("first-is", {"line": found[name.text].name.span.line})
            shapes.diagnostics.report("duplicate-rule", name.span, hint, name=name.text)
            continue
        found[name.text] = Block(name, _parts(body, origin), origin)
    if len(found) > MAX_RULES and node is not None:
        shapes.diagnostics.report("too-many-rules", node.span, limit=MAX_RULES)
    return found


def _remedies(node: Node | None, shapes: Shapes, origin: Origin) -> dict[str, Block]:
    found = {}
    for name, value in shapes.entries(node, name="id"):
        body = shapes.laid_out(value, REMEDY)
        if body is not None:
            found[name.text] = Block(name, _parts(body, origin), origin)
    return found


def _parts(body: YamlMapping, origin: Origin) -> dict[str, Part]:
    return {key.text: Part(key, node, origin) for key, node in body.pairs}


def lay(base: Draft, over: Draft, diagnostics: Diagnostics) -> Draft:
    """`base` changed by an overlay or extended into a new ruleset: later words win, key by key."""
    rules = {**base.rules}
    for name, block in over.rules.items():
        rules[name] = _merged(rules[name], block) if name in rules else block
        if name not in base.rules and not ({"assert", "forbid"} & set(block.parts)):
            hint = suggest(name, base.rules)
            diagnostics.report("unknown-rule", block.name.span, hint, name=name, ruleset=base.name)
            del rules[name]
    remedies = {**base.remedies}
    for name, block in over.remedies.items():
        remedies[name] = _merged(remedies[name], block) if name in remedies else block
    return replace(
        base,
        id=over.id if over.kind == "extends" else base.id,
        pack=over.pack if over.kind == "extends" else base.pack,
        top={**base.top, **over.top},
        settings=_settings(base, over, diagnostics),
        lets={**base.lets, **over.lets},
        rules=rules,
        remedies=remedies,
        model=over.model or base.model,
    )


def _merged(block: Block, over: Block) -> Block:
    parts = {**block.parts, **over.parts}
    if "assert" in over.parts and "forbid" not in over.parts:
        parts.pop("forbid", None)
    if "forbid" in over.parts and "assert" not in over.parts:
        parts.pop("assert", None)
    return Block(block.name, parts, block.origin)


def _settings(base: Draft, over: Draft, diagnostics: Diagnostics) -> dict[str, Part]:
    """A mapping declares a setting; anything else gives a declared one a new default."""
    settings = {**base.settings}
    for name, part in over.settings.items():
        if isinstance(part.node, YamlMapping):
            settings[name] = part
        elif name not in settings:
            hint = suggest(name, settings)
            diagnostics.report("unknown-setting", part.key.span, hint, name=name)
        else:
            settings[name] = Part(part.key, _with_default(settings[name].node, part), settings[name].origin)
    return settings


def _with_default(node: Node, part: Part) -> Node:
    if not isinstance(node, YamlMapping):
        return node
    kept = tuple(pair for pair in node.pairs if pair[0].text != "default")
    default = Scalar("default", part.key.span, "", part.key.source)
    return YamlMapping((*kept, (default, part.node)), node.span)


def assemble(name: str, drafts: Iterable[Draft], diagnostics: Diagnostics) -> Draft | None:
    """The ruleset of a name out of all drafts, in the order of their packs."""
    known: dict[str, Draft] = {}
    overlays: dict[str, list[Draft]] = {}
    for draft in drafts:
        if draft.kind == "overlay":
            overlays.setdefault(draft.name, []).append(draft)
        elif draft.name in known:
            first = known[draft.name].id.span
            diagnostics.report("duplicate-ruleset", draft.id.span, Hint("choose-name"), first, name=draft.name)
        else:
            known[draft.name] = draft
    for target, found in overlays.items():
        for draft in found:
            if target not in known:
                diagnostics.report("unknown-ruleset", draft.id.span, suggest(target, known), name=target)
    return _assembled(name, known, overlays, (), diagnostics)


def _assembled(
    name: str,
    known: Mapping[str, Draft],
    overlays: Mapping[str, list[Draft]],
    path: tuple[str, ...],
    diagnostics: Diagnostics,
) -> Draft | None:
    draft = known.get(name)
    if draft is None:
        return None
    if draft.base is not None:
        if draft.base.text in (*path, name):
            _report_cycle((*path, name), known, diagnostics)
            return None
        base = _assembled(draft.base.text, known, overlays, (*path, name), diagnostics)
        if base is None:
            if draft.base.text not in known:
                hint = suggest(draft.base.text, known)
                diagnostics.report("unknown-ruleset", draft.base.span, hint, name=draft.base.text)
            return None
        draft = lay(base, draft, diagnostics)
    for over in overlays.get(name, ()):
        draft = lay(draft, over, diagnostics)
    return draft


def _report_cycle(path: tuple[str, ...], known: Mapping[str, Draft], diagnostics: Diagnostics) -> None:
    """Tell a circle once, wherever it was entered: at the first of its names, and at the one that leads back there."""
    last = known[path[-1]].base
    circle = path[path.index(last.text) :] if last else path
    first = circle.index(min(circle))
    circle = (*circle[first:], *circle[:first])
    places = [base.span for name in circle if (base := known[name].base) is not None]
    related = places[-1] if len(places) > 1 else None
    diagnostics.report("cyclic-extends", places[0], None, related, cycle=" → ".join((*circle, circle[0])))
