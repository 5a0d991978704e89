"""What a page of the gallery consists of: frozen values, every text with its language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from oppi18n.dialog.parts import Form
from oppi18n.i18n.speech import Text


class Run(NamedTuple):
    """A stretch of a text; `title` is what the glossary says of it, empty for what is no term."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A text of one language, cut where terms begin and end; `form` is the plural form it is, if there are several."""

    runs: tuple[Run, ...]
    locale: str
    form: str = ""

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(run.text for run in self.runs)


class TermNote(NamedTuple):
    """A term of a message: in English, in the page's language, and what translators should know about it."""

    name: str
    word: str
    note: str


class Note(NamedTuple):
    """Something that a check has found in a translation; `quote` and `suggestion` may be empty."""

    check: str
    severity: str
    message: Text
    quote: str = ""
    suggestion: str = ""


Notes = Mapping[str, tuple[Note, ...]]
"""Id of a unit → what was found in it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the readers of one language meet it, beside its English.

    `state` is translated, needs-review or missing; a missing one is shown in the language that it falls back to.
    """

    context: str
    said: tuple[Line, ...]
    source: tuple[Line, ...]
    state: str
    terms: tuple[TermNote, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """A form of what a rule says; `record` is JSON, empty if none is known that makes the rule say so.

    `category` is the plural form in the language of the rule, `heard` the one in the language of the page; `case` says
    which case the record is from.
    """

    category: str
    heard: str
    partial: bool
    message: Message
    record: str
    case: Text | None


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule with all it says."""

    id: str
    anchor: str
    severity: str
    source: str
    wordings: tuple[Wording, ...]
    remedies: tuple[Message, ...]

    @property
    def messages(self) -> tuple[Message, ...]:
        """All that the rule says, and what its remedies are called."""
        return (*(each.message for each in self.wordings), *self.remedies)


@dataclass(frozen=True, slots=True)
class RulesetCard:
    """A ruleset with its rules, and what its settings mean."""

    id: str
    anchor: str
    rules: tuple[RuleCard, ...]
    settings: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """The dialog in one of its states."""

    name: str
    form: Form


@dataclass(frozen=True, slots=True)
class Group:
    """Messages whose contexts begin alike, such as `oppi18n/error`."""

    name: str
    messages: tuple[Message, ...]

    def count(self, state: str) -> int:
        """How many of the messages are in a state."""
        return sum(each.state == state for each in self.messages)


@dataclass(frozen=True, slots=True)
class Page:
    """One language's page; `words` are the page's own texts, by name."""

    locale: str
    name: str
    words: Mapping[str, Text]
    standings: tuple[Text, ...]
    rulesets: tuple[RulesetCard, ...]
    dialog: tuple[Scene, ...]
    groups: tuple[Group, ...]
    alike: tuple[tuple[Text, Text], ...]
    """Which outcomes read the same, and what they all say."""

    @property
    def loose(self) -> tuple[str, ...]:
        """Anchors of the rules that have a message which no record brings about."""
        return tuple(each.anchor for each in self._rules if not all(form.record for form in each.wordings))

    def having(self, state: str) -> tuple[str, ...]:
        """Anchors of what has a message in a state."""
        return tuple(anchor for anchor, found in self._places if any(each.state == state for each in found))

    @property
    def noted(self) -> tuple[str, ...]:
        """Anchors of what has a message that a check has found something in."""
        return tuple(anchor for anchor, found in self._places if any(each.notes for each in found))

    @property
    def _places(self) -> Iterator[tuple[str, tuple[Message, ...]]]:
        yield from ((each.anchor, each.messages) for each in self._rules)
        yield from ((f"{each.anchor}.settings", each.settings) for each in self.rulesets)
        yield from ((each.name, each.messages) for each in self.groups)

    @property
    def _rules(self) -> Iterator[RuleCard]:
        return (rule for each in self.rulesets for rule in each.rules)
