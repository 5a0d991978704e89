"""A page of the gallery is everything that one language says, sorted by what says it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from babel.core import Locale, UnknownLocaleError

from oppi18n import packs as packing
from oppi18n.analysis.subject import Subject
from oppi18n.engine.decision import RemedyInfo, SettingInfo
from oppi18n.engine.rules import Rules
from oppi18n.gallery.alike import alike, template
from oppi18n.gallery.findings import notes_on
from oppi18n.gallery.growing import count_of, further
from oppi18n.gallery.parts import Group, Line, Message, Notes, Page, RuleCard, RulesetCard, Wording
from oppi18n.gallery.samples import Sample, Sampled, sampled
from oppi18n.gallery.scenes import scenes
from oppi18n.gallery.standing import Standing, standing
from oppi18n.gallery.terms import Marker, notes_of
from oppi18n.gallery.words import Words
from oppi18n.i18n import catalogs, glossary, locales
from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.i18n.extract import messages_of
from oppi18n.i18n.glossary import Glossary
from oppi18n.i18n.localizer import Localizer
from oppi18n.i18n.speech import Text
from oppi18n.packs import Pack
from oppi18n.units.catalogs import id_of
from oppi18n.upkeep import update as upkeep

CLI: Final = "oppi18n/cli"
DIALOG: Final = "oppi18n/dialog"
Spoken = tuple[Text, Text, str]
"""What is said, what its author wrote, and which plural form it is, if a message has several."""

DIALOG_RULES: Final = "close-opportunity"
_MOST: Final = 200
"""Whole numbers among which one is looked for that takes a plural form."""


@dataclass(frozen=True)
class Stock:
    """What the pages of all languages draw on: packs, rulesets with their records, all messages, the glossary."""

    layers: tuple[Pack, ...]
    rulesets: tuple[Sampled, ...]
    entries: tuple[tuple[Pack, tuple[Entry, ...]], ...]
    terms: Glossary

    @property
    def packs(self) -> tuple[Pack, ...]:
        """Ours, and those that are laid over it."""
        return packing.shipped(), *self.layers


def languages(layers: Iterable[Pack]) -> tuple[str, ...]:
    """The languages that have a page: the product's, those of packs, the pseudo-locales.

    >>> languages([])
    ('en', 'ko', 'zh-HK', 'ja', 'ms', 'sv', 'en-XA', 'ar-XB')
    """
    own = dict.fromkeys(tag for pack in layers for tag in catalogs.locales_of(pack))
    return tuple(dict.fromkeys((*locales.PRODUCT, *own, *locales.PSEUDO)))


def stock(packs: Iterable[str | Pack] = (), rulesets: Sequence[str] = ()) -> Stock:
    """The stock of some packs laid over ours; of some rulesets, or of all.

    Raises `AuthoringError` if rules or the glossary are wrong, `InputError` for unknown names.
    """
    layers = tuple(each if isinstance(each, Pack) else packing.named(each) for each in packs)
    every = dict.fromkeys((packing.shipped(), *layers))
    entries = tuple((pack, tuple(messages_of(pack))) for pack in every)
    return Stock(layers, tuple(sampled(layers, tuple(rulesets))), entries, glossary.of_packs(layers))


def page(stock: Stock, locale: str, notes: Notes | None = None) -> Page:
    """The page of one language; `notes` stand with the messages that they are about: without any, what lint finds.

    Raises `AuthoringError` with all that is wrong in a catalog that has errors.
    """
    return _Making(stock, locale, notes).page()


def name_of(locale: str) -> str:
    """What a language calls itself, by CLDR; nothing for a pseudo-locale or a language without data.

    >>> name_of("ko"), name_of("ar-XB")
    ('한국어', '')
    """
    if locale in locales.PSEUDO:
        return ""
    try:
        return str(Locale.parse(locale, sep="-").get_display_name() or "")
    except (UnknownLocaleError, ValueError):
        return ""


class _Making:
    """The making of one page."""

    def __init__(self, stock: Stock, locale: str, notes: Notes | None) -> None:
        self.stock = stock
        self.locale = locale
        self.localizer = Localizer(locale, packs=stock.layers)
        self.writers: dict[str, Localizer] = {}
        self.standing: Standing = standing(stock.packs, locale)
        self.notes = notes_on(self.standing.catalogs, stock.terms, self.localizer) if notes is None else notes
        self.marker = Marker(stock.terms, locale)
        self.told: set[tuple[str, str]] = set()
        self.say = Words(self.localizer)

    def page(self) -> Page:
        """All of it."""
        rulesets = tuple(map(self._ruleset, self.stock.rulesets))
        dialog = next((each.subject for each in self.stock.rulesets if each.subject.ruleset.id == DIALOG_RULES), None)
        return Page(
            locale=self.locale,
            name=name_of(self.locale),
            words=words_of(self.localizer),
            standings=tuple(self._standings()),
            rulesets=rulesets,
            dialog=tuple(scenes(dialog.whole(), self.localizer)) if dialog is not None else (),
            groups=tuple(self._groups()),
            alike=tuple(self._alike()),
        )

    def _standings(self) -> Iterator[Text]:
        """How far the catalogs of the language are."""
        known = dict(self.standing.catalogs)
        for pack, entries in self.stock.entries:
            if self.locale not in (pack.language, *locales.PSEUDO):
                catalog = known.get(pack, Catalog(locale=self.locale))
                yield self.say(
                    "{locale}: {translated} of {total} translated, {missing} missing (of these {fuzzy} proposed), "
                    "{needs_review} to be reviewed, {obsolete} obsolete",
                    context=CLI,
                    **upkeep.status_of(catalog, entries)._asdict(),
                )

    def _alike(self) -> Iterator[tuple[Text, Text]]:
        for each in alike(self.stock.rulesets, self.localizer):
            yield self.say("{names} read the same.", names=list(each.names)), each.said

    # ---- rules ----

    def _ruleset(self, found: Sampled) -> RulesetCard:
        ruleset, rules = found.subject.ruleset, found.subject.whole()
        samples: dict[str, list[Sample]] = {}
        for each in found.samples:
            samples.setdefault(each.rule, []).append(each)
        return RulesetCard(
            ruleset.id,
            ruleset.id,
            tuple(self._rule(found.subject, forms, rules) for forms in samples.values()),
            tuple(self._setting(each) for each in rules.declared.values() if each.doc),
        )

    def _rule(self, subject: Subject, samples: list[Sample], rules: Rules) -> RuleCard:
        info, formats = samples[0].info, self.localizer.formats()
        more = further(subject, samples, formats.plural, formats.categories)
        return RuleCard(
            info.id,
            f"{subject.ruleset.id}.{info.id}",
            info.severity,
            info.source,
            tuple(map(self._wording, (*samples, *more))),
            tuple(self._remedy(rules.remedies[name]) for name in info.remedies),
        )

    def _wording(self, sample: Sample) -> Wording:
        message, partial = sample.info.message, sample.form.partial
        context = f"{message.context}/partial" if partial else message.context
        forms = message.partial if partial else message.forms
        writer = self._writer(message.language)
        if sample.violation is not None:
            texts = self.localizer.violation(sample.violation), writer.violation(sample.violation)
        else:
            count = 1 if sample.form.category == "one" else 2
            texts = template(message, partial, count, self.localizer)[0], template(message, partial, count, writer)[0]
        msgid = forms.get("one", forms["other"])
        plural = forms["other"] if "one" in forms else None
        made = self._message(Entry(context=context, msgid=msgid, msgid_plural=plural), [(*texts, "")])
        case = self.say("From the case “{name}”", name=sample.case) if sample.case else None
        found = count_of(sample.violation)
        heard = self.localizer.formats().plural(found) if found is not None else sample.form.category
        return Wording(sample.form.category, heard, partial, made, _json(sample.record), case)

    def _writer(self, language: str) -> Localizer:
        if language not in self.writers:
            self.writers[language] = Localizer(language, packs=self.stock.layers)
        return self.writers[language]

    def _remedy(self, remedy: RemedyInfo) -> Message:
        return self._plain(remedy.context, remedy.label, remedy.language)

    def _setting(self, setting: SettingInfo) -> Message:
        return self._plain(setting.context, setting.doc, setting.language)

    # ---- messages ----

    def _plain(self, context: str, msgid: str, language: str) -> Message:
        said = self.localizer.text(msgid, context=context, language=language)
        return self._message(Entry(context=context, msgid=msgid), [(said, Text(msgid, language), "")])

    def _message(self, entry: Entry, texts: Sequence[Spoken]) -> Message:
        context = entry.context or ""
        self.told.add((context, entry.msgid))
        terms = self.marker.terms(f"{entry.msgid}\n{entry.msgid_plural or ''}")
        said = dict.fromkeys((text, form) for text, _, form in texts)
        source = dict.fromkeys(text for _, text, _ in texts)
        states = [self.standing.state(context, entry.msgid, text.locale) for text, _ in said]
        return Message(
            context,
            tuple(Line(self.marker.said(each.text, terms, each.locale), each.locale, form) for each, form in said),
            tuple(
                Line(self.marker.source(each.text, terms), each.locale)
                for each in source
                if not any(each == text for text, _ in said)
            ),
            max(states, key=["translated", "needs-review", "missing"].index),
            tuple(notes_of(terms, self.locale)),
            self.notes.get(id_of(entry), ()),
        )

    def _groups(self) -> Iterator[Group]:
        """The messages that stand nowhere else on the page."""
        groups: dict[str, list[Message]] = {}
        for pack, entries in self.stock.entries:
            for entry in entries:
                if (entry.context or "", entry.msgid) not in self.told:
                    groups.setdefault(_begin(entry.context or ""), []).append(self._entry(entry, pack.language))
        yield from (Group(name, tuple(groups[name])) for name in sorted(groups))

    def _entry(self, entry: Entry, language: str) -> Message:
        if entry.msgid_plural is None:
            return self._plain(entry.context or "", entry.msgid, language)
        texts = []
        for form, count in sorted(_counts(self.localizer).items(), key=lambda each: each[1]):
            said = self.localizer.text(
                entry.msgid, context=entry.context or "", plural=entry.msgid_plural, count=count, language=language
            )
            texts.append((said, Text(entry.msgid if count == 1 else entry.msgid_plural, language), form))
        return self._message(entry, texts)


def _counts(localizer: Localizer) -> dict[str, int]:
    """The smallest number that takes each plural form of a language."""
    formats = localizer.formats()
    return {formats.plural(number): number for number in range(_MOST, -1, -1)}


def _json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2) if record else ""


def _begin(context: str) -> str:
    """What the contexts of a group begin with.

    >>> _begin("oppi18n/error/not-found"), _begin("oppi18n/model/opportunity/close/label"), _begin("oppi18n/dialog")
    ('oppi18n/error', 'oppi18n/model/opportunity', 'oppi18n/dialog')
    """
    parts = context.split("/")
    return "/".join(parts[:3] if parts[1:2] == ["model"] or context == "oppi18n/cli/help" else parts[:2])


def words_of(localizer: Localizer) -> dict[str, Text]:
    """The texts of pages themselves, in one language, by name.

    >>> words_of(Localizer("en"))["title"].text
    'Gallery of messages'
    """
    return dict(_words(Words(localizer)))


def _words(say: Words) -> Iterator[tuple[str, Text]]:
    """The page's own texts."""
    yield "title", say("Gallery of messages")
    yield "languages", say("Languages")
    yield "contents", say("Contents")
    yield "ids", say("Show message ids")
    yield "look", say("Worth a look")
    yield "review", say("Needs review")
    yield "missing", say("Not translated")
    yield "loose", say("No record makes the rule say this.")
    yield "record", say("The smallest record that makes the rule say this")
    yield "found", say("Findings")
    yield "terms", say("Terms")
    yield "others", say("Other texts")
    yield "partial", say("partly loaded", context=CLI)
    yield "remedies", say("What would help:", context=CLI)
    yield "settings", say("Settings:", context=CLI)
    yield "error", say("An error: as long as the rule fails, the answer is no.", context=CLI)
    yield "warning", say("A warning: the rule forbids nothing.", context=CLI)
    yield "info", say("A note: the rule forbids nothing.", context=CLI)
    yield "missing-data", say("What is missing:", context=DIALOG)
    yield "required", say("Required.", context=DIALOG)
