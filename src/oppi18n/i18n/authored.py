"""The texts of rule and model files, each with what a translator has to know about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from oppi18n.diagnostics import Diagnostics
from oppi18n.engine.decision import ParamType
from oppi18n.engine.program import kind_of
from oppi18n.i18n import examples
from oppi18n.i18n.entries import Entry
from oppi18n.model.schema import Model
from oppi18n.rules.ruleset import Rule
from oppi18n.source import Mapping as YamlMapping
from oppi18n.source import Node, Scalar, Sequence, Source, load
from oppi18n.templates import Literal, TemplateFault, parse

SEVERITIES = {
    "error": "prevents the action",
    "warning": "does not prevent the action",
    "info": "is for information only",
}
MODEL_KEYS = {"records", "enumerations", "deployments", "digits"}
PARTS = {
    "label": "label of",
    "description": "description of",
    "hint": "hint under the input of",
}


@dataclass(frozen=True, slots=True)
class Understood:
    """What checked files tell beyond their words: rules by ruleset and id, each ruleset's model, models by name."""

    rules: Mapping[tuple[str, str], Rule] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
    model_of: Mapping[str, Model] = field(default_factory=dict)


def texts_of(source: Source, *, pack: str, known: Understood | None = None, path: str = "") -> Iterator[Entry]:
    """The messages of one file, in the order of the file; `path` is what references call it.

    Wrong files are not reported here: what cannot be read as a rule or model file has no messages.

    >>> text = "ruleset: r\\nsettings: {deep: {type: bool, default: false, doc: 'Look deeper.'}}"
    >>> [(entry.context, entry.msgid) for entry in texts_of(Source("r.yaml", text), pack="p")]
    [('p/r/setting/deep/doc', 'Look deeper.')]
    """
    tree = load(source, Diagnostics())
    if not isinstance(tree, YamlMapping):
        return
    reading = _Reading(pack, path or source.path, known or Understood())
    if MODEL_KEYS & set(tree.keys()):
        name = _text(tree, "model") or _text(tree, "overlay")
        yield from reading.model(tree, name)
    else:
        name = _text(tree, "overlay") or _text(tree, "ruleset")
        yield from reading.ruleset(tree, name)


class _Reading:
    """One reading of one file."""

    def __init__(self, pack: str, path: str, known: Understood) -> None:
        self.pack = pack
        self.path = path
        self.known = known

    def ruleset(self, top: YamlMapping, name: str) -> Iterator[Entry]:
        """The texts of a rule file."""
        for key, node in top.pairs:
            if key.text == "settings":
                yield from self._settings(node, name)
            elif key.text == "rules":
                for block in node.items if isinstance(node, Sequence) else ():
                    yield from self._rule(block, name)
            elif key.text == "remedies":
                yield from self._remedies(node, name)

    def model(self, top: YamlMapping, name: str) -> Iterator[Entry]:
        """The texts of a model file."""
        base = f"model/{name}"
        for key, node in top.pairs:
            if key.text == "deployments":
                for each, body in _pairs(node):
                    about = f"name of the deployment “{each.text}”"
                    yield from self._simple(body, "label", f"{base}/deployment:{each.text}/label", about)
            elif key.text == "enumerations":
                for each, body in _pairs(node):
                    yield from self._enumeration(each.text, body, base)
            elif key.text == "records":
                for each, body in _pairs(node):
                    yield from self._record(each.text, body, base, self.known.models.get(name))

    # ---- rules ----

    def _settings(self, node: Node, ruleset: str) -> Iterator[Entry]:
        for key, body in _pairs(node):
            shape = ", ".join(f"{name} {_text(body, name)}" for name in ("type", "default") if _text(body, name))
            about = f"what the setting “{key.text}” of {ruleset} means ({shape})"
            yield from self._simple(body, "doc", f"{ruleset}/setting/{key.text}/doc", about)

    def _remedies(self, node: Node, ruleset: str) -> Iterator[Entry]:
        for key, body in _pairs(node):
            about = f"what the remedy “{key.text}” of {ruleset} does; a button and a step of a plan"
            yield from self._simple(body, "label", f"{ruleset}/remedy/{key.text}/label", about)

    def _rule(self, block: Node, ruleset: str) -> Iterator[Entry]:
        message = block.get("message") if isinstance(block, YamlMapping) else None
        if message is None:
            return
        assert isinstance(block, YamlMapping)
        context = f"{ruleset}/{_text(block, 'id')}/message"
        yield from self._message(message, context, ruleset, block, ())
        partial = message.get("partial") if isinstance(message, YamlMapping) else None
        if partial is not None:
            note = "only a part of the list is known: the true number may be higher"
            yield from self._message(partial, f"{context}/partial", ruleset, block, (note,))

    def _message(
        self, node: Node, context: str, ruleset: str, block: YamlMapping, notes: tuple[str, ...]
    ) -> Iterator[Entry]:
        """The entry of a message: the forms of English are `one` and `other`."""
        one, other = (node, None) if isinstance(node, Scalar) else (_scalar(node, "one"), _scalar(node, "other"))
        first = one or other
        if first is None:
            return
        plural = other.text if one is not None and other is not None else None
        rule = self.known.rules.get((ruleset, _text(block, "id")))
        params = self._params(block, ruleset, rule)
        yield self._entry(
            context,
            first,
            (*_in_words(block, ruleset, rule), *notes, *examples.lines((first.text, plural), params)),
            plural=plural,
        )

    def _params(self, block: YamlMapping, ruleset: str, rule: Rule | None) -> dict[str, tuple[str, str]]:
        if rule is not None:
            kinds = [ParamType(param.name, *kind_of(param)) for param in rule.params]
            return examples.typed(kinds, self.known.model_of.get(ruleset))
        written = ((key.text, node) for key, node in _pairs(block.get("params")))
        return {name: (node.text if isinstance(node, Scalar) else _text(node, "value"), "") for name, node in written}

    # ---- models ----

    def _enumeration(self, name: str, body: Node, base: str) -> Iterator[Entry]:
        yield from self._simple(body, "label", f"{base}/{name}/label", f"label of the choice “{name}”")
        for key, value in _pairs(body.get("values") if isinstance(body, YamlMapping) else None):
            of = f", which belongs to the status “{_text(value, 'state')}”" if _text(value, "state") else ""
            about = f"label of the value “{key.text}” of “{name}”{of}"
            yield from self._simple(value, "label", f"{base}/{name}:{key.text}/label", about)

    def _record(self, name: str, body: Node, base: str, model: Model | None) -> Iterator[Entry]:
        if not isinstance(body, YamlMapping):
            return
        yield from self._simple(body, "label", f"{base}/{name}/label", f"what a record of the type “{name}” is called")
        display = body.get("display")
        for template in display.items if isinstance(display, Sequence) else ():
            if isinstance(template, Scalar) and _has_words(template.text):
                about = f"how a record of the type “{name}” is named inside sentences"
                notes = (about, *examples.lines((template.text,), {}))
                yield self._entry(f"{base}/{name}/display", template, notes)
        for key, node in _pairs(body.get("fields")):
            for part, about in PARTS.items():
                context = f"{base}/{name}.{key.text}/{part}"
                yield from self._simple(node, part, context, f"{about} the field “{key.text}” of “{name}”")

    # ---- both ----

    def _simple(self, body: Node, key: str, context: str, about: str) -> Iterator[Entry]:
        scalar = _scalar(body, key)
        if scalar is not None and scalar.text:
            yield self._entry(context, scalar, (about, *examples.lines((scalar.text,), {})))

    def _entry(self, context: str, text: Scalar, comments: tuple[str, ...], *, plural: str | None = None) -> Entry:
        return Entry(
            context=f"{self.pack}/{context}",
            msgid=text.text,
            msgid_plural=plural,
            extracted=comments,
            references=(f"{self.path}:{text.span.line}",),
            line=text.span.line,
        )


def _in_words(block: YamlMapping, ruleset: str, rule: Rule | None) -> Iterator[str]:
    """When the message appears, and where the rule comes from."""
    name = _text(block, "id")
    severity = rule.severity if rule else _text(block, "severity") or "error"
    yield f"{severity} of the rule “{name}” of {ruleset}; it {SEVERITIES.get(severity, 'is a finding')}"
    when = rule.when.text if rule and rule.when else _text(block, "when")
    if when:
        yield f"looked at where: {when}"
    if rule:
        yield f"appears {'where' if rule.negated else 'unless'}: {rule.condition.text}"
    elif condition := _text(block, "forbid") or _text(block, "assert"):
        yield f"appears {'where' if _text(block, 'forbid') else 'unless'}: {condition}"
    source = rule.source if rule else _text(block, "source")
    if source:
        yield f"source: {source}"


def _has_words(template: str) -> bool:
    """Whether there is anything to translate in a template."""
    try:
        return any(isinstance(piece, Literal) and any(map(str.isalpha, piece.text)) for piece in parse(template))
    except TemplateFault:
        return True


def _pairs(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    return node.pairs if isinstance(node, YamlMapping) else ()


def _scalar(node: Node | None, key: str) -> Scalar | None:
    found = node.get(key) if isinstance(node, YamlMapping) else None
    return found if isinstance(found, Scalar) and not found.plain_null else None


def _text(node: Node | None, key: str) -> str:
    found = _scalar(node, key)
    return found.text if found else ""
