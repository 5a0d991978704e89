"""Two outcomes that a reader cannot tell apart by their words are told to translators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from oppi18n.engine.decision import Message
from oppi18n.gallery.samples import Sampled
from oppi18n.i18n.localizer import Localizer
from oppi18n.i18n.speech import Text
from oppi18n.model.schema import Model


class Outcome(NamedTuple):
    """Something that may be said: what it is, what is said in a language, and in the language it was written in."""

    name: str
    said: Text
    source: str


class Alike(NamedTuple):
    """Outcomes that differ and read the same: their names, and what they all say."""

    names: tuple[str, ...]
    said: Text


def alike(rulesets: Iterable[Sampled], localizer: Localizer) -> tuple[Alike, ...]:
    """The outcomes that read the same: of one ruleset, one list of remedies, one choice, one dialog.

    Labels of different choices may be one word, unless their sources are not.
    """
    found: dict[tuple[str, ...], Alike] = {}
    models: dict[str, Model] = {}
    for each in rulesets:
        models.setdefault(each.subject.model.name, each.subject.model)
        for group in (_sentences(each, localizer), _remedies(each, localizer)):
            found.update({same.names: same for same in same_text(group)})
    for model in models.values():
        choices = list(_choices(model, localizer))
        for offered in (*choices, list(_fields(model, localizer))):
            found.update({same.names: same for same in same_text(offered)})
        every = (each for choice in choices for each in choice)
        found.update({same.names: same for same in same_text(every, unlike=True)})
    return tuple(found.values())


def same_text(outcomes: Iterable[Outcome], *, unlike: bool = False) -> Iterator[Alike]:
    """The outcomes with one text, whatever stands in the place of its values; `unlike` only if their sources differ.

    >>> one, other = (Outcome(name, Text("Closed {date}", "en"), name) for name in ("won", "lost"))
    >>> [same.names for same in same_text([one, other])]
    [('won', 'lost')]
    """
    found: dict[str, dict[str, Outcome]] = {}
    for each in outcomes:
        shape = re.sub(r"\{\w+\}", "{}", each.said.text)
        found.setdefault(shape, {}).setdefault(each.name, each)
    for group in found.values():
        sources = {each.source for each in group.values()}
        if len(group) > 1 and (len(sources) > 1 or not unlike):
            yield Alike(tuple(group), next(iter(group.values())).said)


def _sentences(ruleset: Sampled, localizer: Localizer) -> Iterator[Outcome]:
    for each in ruleset.samples:
        partial = each.form.partial
        name = f"{each.rule} (partial)" if partial else each.rule
        yield Outcome(f"{ruleset.subject.ruleset.id}/{name}", *template(each.info.message, partial, 2, localizer))


def template(message: Message, partial: bool, count: int, localizer: Localizer) -> tuple[Text, str]:
    """A message of a rule without its values, and as its author wrote it."""
    forms = message.partial if partial else message.forms
    one, other = forms.get("one", forms["other"]), forms["other"] if "one" in forms else ""
    context = f"{message.context}/partial" if partial else message.context
    said = localizer.text(one, context=context, plural=other, count=count, language=message.language)
    return said, one if count == 1 else forms["other"]


def _remedies(ruleset: Sampled, localizer: Localizer) -> Iterator[Outcome]:
    for name, remedy in ruleset.subject.whole().remedies.items():
        yield Outcome(f"{ruleset.subject.ruleset.id}/{name}", localizer.remedy(remedy), remedy.label)


def _choices(model: Model, localizer: Localizer) -> Iterator[list[Outcome]]:
    """The values that are offered side by side: those of an enumeration that belong to one state."""
    for name, enumeration in model.enumerations.items():
        for state in dict.fromkeys(value.state for value in enumeration.values.values()):
            yield [
                Outcome(f"{name}:{value}", localizer.value(model, name, value), enumeration.values[value].label)
                for value in enumeration.belonging(state)
            ]


def _fields(model: Model, localizer: Localizer) -> Iterator[Outcome]:
    for field in model.records[model.request].fields.values():
        yield Outcome(f"{model.request}.{field.name}", localizer.label(model, model.request, field.name), field.label)
